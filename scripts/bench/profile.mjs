import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { slimOclif } from '../slim-oclif.mjs'
import { CLEAN_ENVIRONMENT } from './run-process.mjs'

/**
 * Where the time goes: runs the tool once under V8's sampling profiler and adds up self time by source file. `args` follow
 * `vfio-reset` on the command line. The run is of a build in one file, in which comments name the source of each stretch of
 * lines. Threads have profiles of their own; the longest is the main one.
 */
export async function profileByFile(args, { root, scratch }) {
  const dir = join(scratch, `profile-${process.hrtime.bigint()}`)
  const bundle = join(dir, 'tool.cjs')
  await bundleWhole(root, bundle)
  const start = join(dir, 'start.cjs')
  writeFileSync(start, `require('./tool.cjs').start(${JSON.stringify(root)})`)
  const options = ['--cpu-prof', `--cpu-prof-dir=${dir}`, '--cpu-prof-interval=200']
  const { status } = spawnSync(process.execPath, [...options, start, ...args], {
    env: CLEAN_ENVIRONMENT,
    stdio: 'ignore',
  })
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`)
  const profiles = readdirSync(dir)
    .filter((name) => name.endsWith('.cpuprofile'))
    .map((name) => JSON.parse(readFileSync(join(dir, name), 'utf8')))
  profiles.sort((a, b) => duration(b) - duration(a))
  return selfTimes(profiles[0], sourceOfLine(readFileSync(bundle, 'utf8')), bundle)
}

async function bundleWhole(root, outfile) {
  await build({
    absWorkingDir: root,
    entryPoints: ['src/main.ts'],
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    external: ['koffi', 'typescript', 'ts-node', 'tsx'],
    plugins: [slimOclif()],
    logLevel: 'warning',
  })
}

function duration({ startTime, endTime }) {
  return endTime - startTime
}

/** Milliseconds by source file, and by function below it, longest first. */
function selfTimes({ nodes, samples, timeDeltas }, sourceAt, bundle) {
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]))
  const files = new Map()
  for (const [index, id] of samples.entries()) {
    const { url, lineNumber, functionName } = byId.get(id)
    const file = url.endsWith(bundle) ? sourceAt(lineNumber) : url === '' ? functionName : url
    const entry = files.get(file) ?? { file, ms: 0, functions: new Map() }
    const ms = timeDeltas[index] / 1000
    entry.ms += ms
    entry.functions.set(functionName, (entry.functions.get(functionName) ?? 0) + ms)
    files.set(file, entry)
  }
  return [...files.values()].sort((a, b) => b.ms - a.ms)
}

function sourceOfLine(text) {
  let current = '(bundle)'
  const sources = text.split('\n').map((line) => {
    const comment = /^\s*\/\/ ((?:src|node_modules)\/\S+)$/.exec(line)
    if (comment !== null) current = comment[1]
    return current
  })
  return (line) => sources[line] ?? '(bundle)'
}
