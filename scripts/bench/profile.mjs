import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { CLEAN_ENVIRONMENT } from './run-process.mjs'

/**
 * Where the time goes: runs the tool once under V8's sampling profiler and adds up self time by source file. The bundle
 * names the file of each stretch of lines in a comment. Threads have profiles of their own; the longest is the main one.
 */
export function profileByFile(argv, { bundle, scratch }) {
  const dir = `${scratch}/profile-${process.hrtime.bigint()}`
  mkdirSync(dir)
  const [node, ...rest] = argv
  const options = ['--cpu-prof', `--cpu-prof-dir=${dir}`, '--cpu-prof-interval=200']
  const { status } = spawnSync(node, [...options, ...rest], {
    env: CLEAN_ENVIRONMENT,
    stdio: 'ignore',
  })
  if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status}`)
  const profiles = readdirSync(dir).map((name) =>
    JSON.parse(readFileSync(`${dir}/${name}`, 'utf8')),
  )
  profiles.sort((a, b) => duration(b) - duration(a))
  return selfTimes(profiles[0], sourceOfLine(readFileSync(bundle, 'utf8')), bundle)
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
