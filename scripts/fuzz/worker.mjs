// Runs the cases that the parent names, one after the other, and tells of each what is wrong with it.
import { spawn, spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { judge } from './judge.mjs'
import { KINDS } from './kinds.mjs'
import { loadMaterials } from './materials.mjs'
import { PROCESS_KINDS } from './process-kinds.mjs'
import { createRandom } from './random.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BIN = join(ROOT, 'bin/run.js')
const PROCESS_DEADLINE_MS = 60_000

const { main } = createRequire(import.meta.url)(join(ROOT, 'dist/main.cjs'))
const materials = loadMaterials(ROOT)
const schemaErrors = createSchemaCheck()
const write = process.stdout.write.bind(process.stdout)

process.on('message', async ({ kind, index, seed }) => {
  const random = createRandom(seed, kind, index)
  const folder = mkdtempSync(join(tmpdir(), 'vfio-reset-fuzz-'))
  try {
    const made = (KINDS[kind] ?? PROCESS_KINDS[kind])(random, materials)
    layOut(made, folder)
    const argv = made.argv.map((word) =>
      word.startsWith('@') ? join(folder, word.slice(1)) : word,
    )
    const given = { ...made, argv, binary: argv[0] === 'capture' && argv.includes('-') }
    const run =
      KINDS[kind] === undefined ? await runProcess(given, folder) : await runHere(given, folder)
    const problems = judge(given, run, folder, schemaErrors)
    const again = problems.length === 0 && run.exitCode === 0 ? await readBack(given, folder) : []
    process.send({ index, cpuMs: run.cpuMs, problems: [...problems, ...again], argv: given.argv })
  } catch (error) {
    process.send({ index, cpuMs: 0, problems: [`the harness: ${error.stack}`], argv: [] })
  } finally {
    process.chdir(ROOT)
    rmSync(folder, { recursive: true, force: true })
  }
})

function layOut({ files, tree = [] }, folder) {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  const root = join(folder, 'tree')
  for (const entry of tree) {
    const place = join(root, entry.path.replaceAll('\0', ''))
    // A changed name may lead out: the case is about what is read, not about what we write.
    if (place.startsWith(root) && place.length <= 1000) putEntry(place, entry)
  }
}

function putEntry(place, { type, body, link }) {
  try {
    mkdirSync(type === '5' ? place : dirname(place), { recursive: true })
    if (type === '2') symlinkSync(link || '.', place)
    else if (type !== '5') writeFileSync(place, body)
  } catch {
    // Two entries that exclude each other.
  }
}

/** In this process: streams are put aside, and so is standard input. */
async function runHere({ argv, stdin = Buffer.alloc(0) }, folder) {
  process.chdir(folder)
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr']) {
    process[name].write = (chunk, ...rest) => {
      texts[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('latin1')
      rest.findLast((each) => typeof each === 'function')?.()
      return true
    }
  }
  Object.defineProperty(process, 'stdin', {
    configurable: true,
    value: Readable.from(stdin.length > 0 ? [stdin] : [], { objectMode: false }),
  })
  const before = process.cpuUsage()
  try {
    const { exitCode } = await main(argv, ROOT)
    const { user, system } = process.cpuUsage(before)
    return { ...texts, exitCode, cpuMs: (user + system) / 1000, bytes: process.memoryUsage.rss() }
  } finally {
    process.stdout.write = write
  }
}

async function readBack({ readsBack }, folder) {
  const file = readsBack === undefined ? undefined : join(folder, readsBack)
  if (file === undefined || statSync(file, { throwIfNoEntry: false }) === undefined) return []
  const { exitCode, stderr } = await runHere({ argv: ['inspect', '--capture', file] }, folder)
  return exitCode === 2 || exitCode === 70 ? [`what was written is not read: ${stderr}`] : []
}

function runProcess({ argv, env = {}, signal, after, streams, limits = '' }, folder) {
  const options = {
    cwd: folder,
    env: { PATH: process.env.PATH, ...env },
    timeout: PROCESS_DEADLINE_MS,
    encoding: 'latin1',
  }
  if (signal !== undefined) return interrupted(argv, options, signal, after)
  const quoted = [process.execPath, BIN, ...argv].map((word) => `'${word}'`).join(' ')
  const ended =
    streams === undefined
      ? spawnSync(process.execPath, [BIN, ...argv], options)
      : spawnSync('bash', ['-c', `${limits}set -o pipefail; ${quoted} ${streams}`], options)
  // A signal, that of our own deadline too, is no exit code.
  const exitCode = ended.status === 141 ? 0 : (ended.status ?? ended.error?.code ?? ended.signal)
  return { exitCode, stdout: utf8(ended.stdout), stderr: utf8(ended.stderr), cpuMs: 0, bytes: 0 }
}

function utf8(latin1) {
  return Buffer.from(latin1 ?? '', 'latin1').toString('utf8')
}

function interrupted(argv, options, signal, after) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [BIN, ...argv], { ...options, stdio: 'ignore' })
    setTimeout(() => child.kill(signal), after)
    child.on('exit', (exitCode) =>
      resolve({ exitCode, stdout: '', stderr: '', cpuMs: 0, bytes: 0 }),
    )
  })
}

function createSchemaCheck() {
  const ajv = new Ajv2020({ strict: false, allErrors: false })
  const checks = new Map()
  return (document) => {
    const { kind } = document
    if (!/^[a-z]{1,20}$/.test(kind)) return `kind ${kind}`
    if (!checks.has(kind))
      checks.set(
        kind,
        ajv.compile(
          JSON.parse(readFileSync(join(ROOT, 'share/schema', `${kind}.schema.json`), 'utf8')),
        ),
      )
    const check = checks.get(kind)
    return check(document) ? null : ajv.errorsText(check.errors)
  }
}
