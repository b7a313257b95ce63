// Makes V8's code cache of each command that runs often (docs/adr/0005-a-code-cache-of-the-package.md). Called by the build.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { planHost } from './bench/shapes.mjs'
import { domainWith } from './bench/start.mjs'
import { writeHost } from './bench/write-host.mjs'

const { FIRST, writeCache } = createRequire(import.meta.url)('../bin/load.js')

const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** A function of the demo. */
const GPU = '0a:00.0'

/** What each of them is asked, of the demo and of a tree of files: what it runs for that is in its cache, and nothing else. */
const QUESTIONS = {
  inspect: ({ host }) => [
    ['inspect', '--demo'],
    ['inspect', '--demo', GPU],
    ['inspect', '--demo', '--json'],
    ['inspect', '--root', host],
    ['inspect', '--root', host, '--json'],
  ],
  preflight: ({ host, given }) => [
    ['preflight', '--demo', GPU],
    ['preflight', '--demo', GPU, '--json'],
    ['preflight', '--root', host, given],
  ],
  explain: () => [
    ['explain', '--demo', `vfio-pci 0000:${GPU}: not ready 1023ms after bus reset; waiting`],
  ],
  policies: () => [['policies'], ['policies', '--json']],
  hook: ({ host }) => [
    ['hook', 'systemd', '--capture', `${ROOT}share/demo.tar.gz`, '--', GPU],
    ['hook', 'libvirt', '--root', host, '--', 'vm', 'prepare', 'begin', '-'],
  ],
}

/** What comes before all of them, up to where the work begins, of each kind. */
const FIRST_QUESTIONS = ({ host }) => [
  ['--version'],
  ['hook', 'libvirt', '--', 'vm', 'release', 'end', '-'],
  ['inspect', '--root', host],
  ['hook', 'libvirt', '--root', host, '--', 'vm', 'prepare', 'begin', '-'],
]

/** Commands that the first process does where it can (docs/adr/0008-alone-where-nothing-hangs.md). */
const ALONE = new Set(['inspect', 'preflight', 'hook', 'explain'])

/** What a process is started with that somebody waits for (`src/supervisor/attempt.ts`). */
const WATCHED = ['--max-old-space-size=2048']
const V8 = Number.parseInt(process.versions.v8, 10)
if (V8 < 12) WATCHED.push('--interrupt-budget=1500000')
if (V8 < 14) WATCHED.push('--max-semi-space-size=8', '--heap-growing-percent=150')

const [, , command, scratch, given] = process.argv
if (command === undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'vfio-reset-caches-'))
  try {
    makeAll(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
} else {
  const host = join(scratch, 'host')
  if (command === FIRST) await writeCache(FIRST, (bundle) => beginAll(bundle, { host }))
  else {
    const questions = QUESTIONS[command]({ host, given })
    await writeCache(command, (bundle) => askAll(bundle, questions))
  }
}

function makeAll(folder) {
  const plan = planHost({ shape: 'mixed', count: 64, seed: 1 })
  const { address } = plan.functions.find(({ driver }) => driver === 'vfio-pci')
  writeHost(join(folder, 'host'), plan)
  makeIn([], FIRST, folder)
  for (const each of Object.keys(QUESTIONS)) {
    makeIn([], each, folder, address)
    makeIn(WATCHED, each, folder, address)
  }
}

/** In a process of its own, whose output nobody wants. */
function makeIn(flags, ...words) {
  const argv = [...flags, fileURLToPath(import.meta.url), ...words]
  const { status, stderr } = spawnSync(process.execPath, argv, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`no code cache for ${words[0]}: ${stderr}`)
}

/** Begins each command line; nobody does the work. */
async function beginAll({ begin }, where) {
  const loadMain = () => ({ start: async () => undefined, startAlone: () => undefined })
  const broken = (error) => {
    throw error
  }
  for (const argv of FIRST_QUESTIONS(where)) {
    process.argv.splice(2, process.argv.length, ...argv)
    begin({ root: ROOT, loadMain, broken })
  }
  // What is written may be written later.
  await new Promise(setImmediate)
}

/** Asks each question as a process of this kind is asked it; one that somebody waits for can be asked in full but once. */
async function askAll(bundle, questions) {
  const kept = [{ path: '-', base64: Buffer.from(domainWith(given)).toString('base64') }]
  const isWatched = process.execArgv.includes(WATCHED[0])
  for (const [index, question] of questions.entries()) {
    process.argv.splice(2, process.argv.length, ...question)
    if (!isWatched && ALONE.has(command)) await startAlone(bundle, kept)
    else if (!isWatched || index < questions.length - 1) await bundle.main(question, ROOT)
    else await startWatched(bundle, JSON.stringify(kept))
  }
  // What was answered does not matter here.
  process.exitCode = 0
}

/** Not while promises are being resolved: those of the work would have to wait for them. */
async function startAlone(bundle, kept) {
  await new Promise(setImmediate)
  setImmediate(() => bundle.startAlone(ROOT, kept, () => undefined))
  await new Promise(setImmediate)
}

async function startWatched(bundle, kept) {
  const channel = join(scratch, 'channel')
  writeFileSync(channel, kept)
  const wish = { careful: false, silent: [], byName: false, keptLength: kept.length }
  await bundle.startWatched(ROOT, JSON.stringify(wish), openSync(channel, 'r+'))
}
