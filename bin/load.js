// Loads the bundle of the commands, through V8's code cache where there is one (docs/adr/0005-a-code-cache-of-the-package.md).
'use strict'

const fs = require('node:fs')
const path = require('node:path')
const v8 = require('node:v8')
const vm = require('node:vm')
const zlib = require('node:zlib')

const DIST = path.join(__dirname, '..', 'dist')

/** Commands that run often have a bundle of their own, of a third of the size. All else is in the other, they too. */
const FREQUENT = new Set(['inspect', 'preflight', 'hook'])
exports.FREQUENT = FREQUENT

/** Two checksums, of the bundle that the cache was made of and of the cache itself, stand before it. */
const HEADER_BYTES = 8

/** Has most of what the commands of the other bundle need that have no cache. */
const COMMON = 'explain'

/**
 * How much byte code a function runs before V8 optimizes it. Ours run once over a few thousand functions: with V8's own 132 KiB
 * the compiler, beside us, takes longer than it saves (docs/bench.md). From V8 12 (Node 22) on calls count instead, and a flag
 * that V8 does not know is told on stderr.
 */
const OPTIMIZE_AFTER_BYTES = 1_500_000

/** `argv`: the words after the tool's name, which say what will be used of it. */
exports.loadMain = (argv) => {
  setFlags()
  const bundle = bundleFor(argv)
  const cached = readCache(argv[0]) ?? readCache(COMMON)
  if (cached === null) return require(bundle)
  const source = fs.readFileSync(bundle)
  const data = dataFor(source, cached)
  return data === null ? require(bundle) : evaluate(bundle, compile(bundle, source, data))
}

/** Makes the cache of a command after `use`, which resolves when all that it needs has been run once. */
exports.writeCache = async (command, use) => {
  const file = cacheFile(command)
  if (file === null) return
  setFlags()
  const bundle = bundleFor([command])
  const source = fs.readFileSync(bundle)
  const script = compile(bundle, source, undefined)
  await use(evaluate(bundle, script))
  const data = script.createCachedData()
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt32LE(zlib.crc32(source), 0)
  header.writeUInt32LE(zlib.crc32(data), 4)
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, Buffer.concat([header, data]))
}

/** Before anything is compiled: a cache is of the flags with which it was made. */
function setFlags() {
  if (Number.parseInt(process.versions.v8, 10) >= 12) return
  v8.setFlagsFromString(`--interrupt-budget=${OPTIMIZE_AFTER_BYTES}`)
}

function bundleFor(argv) {
  const isHelp = argv.includes('--help') || argv.includes('-h')
  return path.join(DIST, FREQUENT.has(argv[0]) && !isHelp ? 'frequent.cjs' : 'main.cjs')
}

/**
 * null: this Node has no checksum for it, or the word is no command. V8 looks at its own version and flags: of each command there
 * is one for every set of flags that we start it with.
 */
function cacheFile(command) {
  if (typeof zlib.crc32 !== 'function' || !/^[a-z]{1,20}$/.test(command ?? '')) return null
  const name = [command, ...process.execArgv].join('')
  return path.join(DIST, 'cache', `${process.version}-${process.arch}`, name)
}

function readCache(command) {
  const file = cacheFile(command)
  try {
    return file === null ? null : fs.readFileSync(file)
  } catch {
    return null
  }
}

/** null: it is of another bundle, or damaged. V8 itself would take it for the length of the source alone. */
function dataFor(source, cached) {
  if (cached.length < HEADER_BYTES) return null
  const data = cached.subarray(HEADER_BYTES)
  const isWhole =
    zlib.crc32(source) === cached.readUInt32LE(0) && zlib.crc32(data) === cached.readUInt32LE(4)
  return isWhole ? data : null
}

/** As Node compiles CommonJS. The bundle is ASCII. */
function compile(bundle, source, cachedData) {
  const code = `(function (exports, require, module, __filename, __dirname) {${source.latin1Slice()}\n})`
  return new vm.Script(code, { filename: bundle, cachedData })
}

function evaluate(bundle, script) {
  const module = { exports: {} }
  const run = script.runInThisContext()
  run.call(module.exports, module.exports, require, module, bundle, DIST)
  return module.exports
}
