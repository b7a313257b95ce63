// Loads what is built, through V8's code cache where there is one (docs/adr/0005-a-code-cache-of-the-package.md).
'use strict'

const fs = require('node:fs')
const path = require('node:path')
const vm = require('node:vm')

const DIST = path.join(__dirname, '..', 'dist')

/** Commands that run often have bundles of their own, of half the size. All else is in the big one, they too. */
const FREQUENT = new Set(['inspect', 'preflight', 'hook'])
exports.FREQUENT = FREQUENT

/** Two lengths, of the bundle that the cache was made of and of the cache itself, stand before it. */
const HEADER_BYTES = 8

/** Has most of what the commands of the big bundle need that have no cache. */
const COMMON = 'explain'

/** The bundle of what comes first, and the name of its cache: a word that is no command. */
const FIRST = path.join(DIST, 'supervisor.cjs')
const FIRST_CACHE = 'run.js'
exports.FIRST = FIRST_CACHE

/** What decides which process does the work. */
exports.loadFirst = () => load(FIRST, [FIRST_CACHE])

/** `argv`: the words after the tool's name, which say what will be used of it. */
exports.loadMain = (argv) => load(bundleFor(argv), [argv[0] ?? '', COMMON].filter(isCommand))

function load(bundle, caches) {
  let cached = null
  for (const name of caches) cached ??= readCache(name, bundle)
  if (cached === null) return require(bundle)
  const source = fs.readFileSync(bundle)
  const data = dataFor(source, cached)
  return data === null ? require(bundle) : evaluate(bundle, compile(bundle, source, data))
}

/** Makes the cache of a command, or of {@link FIRST}, after `use`, which resolves when all that it needs has been run once. */
exports.writeCache = async (name, use) => {
  const file = cacheFile(name)
  const bundle = name === FIRST_CACHE ? FIRST : bundleFor([name])
  const source = fs.readFileSync(bundle)
  const script = compile(bundle, source, undefined)
  await use(evaluate(bundle, script))
  const data = script.createCachedData()
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt32LE(source.length, 0)
  header.writeUInt32LE(data.length, 4)
  fs.mkdirSync(path.dirname(file), { recursive: true })
  // On the disk before it gets the time that says so.
  fs.writeFileSync(file, Buffer.concat([header, data]), { flush: true })
  const time = timeOf(bundle)
  fs.utimesSync(file, time / 1000, time / 1000)
}

function bundleFor(argv) {
  const isHelp = argv.includes('--help') || argv.includes('-h')
  return path.join(DIST, FREQUENT.has(argv[0]) && !isHelp ? `${argv[0]}.cjs` : 'main.cjs')
}

function isCommand(word) {
  return /^[a-z]{1,20}$/.test(word)
}

/** V8 looks at its own version and flags: of each command there is one for every set of flags that we start it with. */
function cacheFile(name) {
  const folder = path.join(DIST, 'cache', `${process.version}-${process.arch}`)
  return path.join(folder, [name, ...process.execArgv].join(''))
}

/** null: there is none, or it is not of this bundle: whoever changes either of them changes its time too, if nobody sets it back. */
function readCache(name, bundle) {
  const file = cacheFile(name)
  try {
    return timeOf(file) !== timeOf(bundle) ? null : fs.readFileSync(file)
  } catch {
    return null
  }
}

/** When a file was last changed, in milliseconds. */
function timeOf(file) {
  return Math.round(fs.statSync(file).mtimeMs)
}

/** null: one of them is cut. V8 itself looks at the length of the source alone. */
function dataFor(source, cached) {
  if (cached.length < HEADER_BYTES) return null
  const data = cached.subarray(HEADER_BYTES)
  const isWhole = source.length === cached.readUInt32LE(0) && data.length === cached.readUInt32LE(4)
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
