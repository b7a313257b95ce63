import process from 'node:process'
import { Script } from 'node:vm'
import { INSIDE, packageFile } from '../host/package-file.js'
import { WATCHED } from '../supervisor/attempt.js'
import { begin, type Main as Working } from '../supervisor/main.js'
import { loadKoffi } from './load-koffi.js'

/** Commands that have a bundle of their own; `scripts/package/one-file.mjs` puts them here out of `bin/load.js`. */
declare const FREQUENT: readonly string[]

interface Main extends Working {
  startWatched(root: string, wish: string, channel: number): Promise<void>
}

// What bin/run.js, bin/watched.js and bin/load.js are to a package of files, in one executable.
process.on('beforeExit', () => process.exit())

if (process.argv[2] === WATCHED) {
  const [, wish = '', channel] = process.argv.splice(2, 3)
  void loadMain(process.argv.slice(2)).startWatched(INSIDE, wish, Number(channel))
} else {
  try {
    begin({ root: INSIDE, loadMain, broken })
  } catch (error) {
    broken(error)
  }
}

/** `argv`: the words after the tool's name. Evaluated as Node does with CommonJS; the bundle is ASCII. */
function loadMain(argv: readonly string[]): Main {
  const [command = ''] = argv
  const isHelp = argv.includes('--help') || argv.includes('-h')
  const name = FREQUENT.includes(command) && !isHelp ? `dist/${command}.cjs` : 'dist/main.cjs'
  const source = packageFile(INSIDE, name).toString('latin1')
  const code = `(function (exports, require, module) {${source}\nreturn module.exports\n})`
  const exports = {}
  return new Script(code, { filename: name }).runInThisContext()(exports, load, { exports })
}

function load(name: string): unknown {
  return name === 'koffi' ? loadKoffi() : process.getBuiltinModule(name)
}

function broken(error: unknown): void {
  // Node's own exit code for it is 1, which is what a refusal is.
  const [what] = (error instanceof Error ? error.message : String(error)).split('\n', 1)
  process.stderr.write(`vfio-reset: this file is broken: ${what}\n`)
  process.exitCode = 70
}
