import { readFile } from 'node:fs/promises'

/** `const x_1 = require("…")`, with or without an import helper, at top level: an import as TypeScript compiles it. */
const TOP_LEVEL_REQUIRE =
  /^(?:const|var) (\w+_\d+) = ((?:__importDefault|__importStar)?\(?require\("[^"]+"\)\)?);$/gm

const COLLATION = /(\w+(?:\.\w+)*)\.localeCompare\((\w+(?:\.\w+)*)\)/g

/** Every command listens for errors of standard output: it would open the stream, and ours tell of them where they write. */
const LISTENER = /^process\.stdout\.on\('error', \(err\) => \{\n(?: {4}.*\n)*\}\);$/m

/** What oclif uses to find plugins, commands and settings on the disk, and to log. We have none of it at run time. */
const UNUSED = /^(debug|lilconfig|minimatch|tinyglobby|wsl-utils)$/

/** What oclif's own spinner draws with; ours is ora's, which has them too. */
const SPINNER = /^(ansi-escapes|cli-spinners)$/

/** oclif asks the user database for the shell and the home folder, which can mean a socket. Nothing of ours needs either. */
const PLATFORM = `
exports.getHomeDir = () => '/'
exports.getPlatform = async () => process.platform
exports.getShell = async () => 'unknown'
`

/**
 * oclif loads all of itself at start, of which one command line needs a third, and sorts command names by a collator that
 * takes as long to set up as a command to run. So here each import is made at its first use, and names compare by code unit.
 * A release of oclif that no longer fits stops the build; the tests in test/bin.test.ts run on the result.
 */
export const slimOclif = () => ({
  name: 'slim-oclif',
  setup(build) {
    const changed = { requires: 0, collations: 0, listeners: 0, platform: 0 }
    build.onResolve({ filter: UNUSED }, ({ path }) => ({ path, namespace: 'unused' }))
    build.onResolve({ filter: SPINNER }, ({ path, importer }) =>
      importer.includes('/@oclif/') ? { path, namespace: 'unused' } : undefined,
    )
    build.onLoad({ filter: /.*/, namespace: 'unused' }, ({ path }) => ({
      contents: `throw new Error('${path} is not part of the bundle')`,
    }))
    build.onLoad({ filter: /@oclif\/core\/package\.json$/ }, async ({ path }) => {
      const { name, version } = JSON.parse(await readFile(path, 'utf8'))
      return { contents: JSON.stringify({ name, version }), loader: 'json' }
    })
    build.onLoad({ filter: /@oclif\/core\/lib\/.*\.js$/ }, async ({ path }) => {
      if (path.endsWith('/util/os.js')) {
        changed.platform++
        return { contents: PLATFORM }
      }
      const source = await readFile(path, 'utf8')
      const { contents, requires } = withLazyRequires(source)
      changed.requires += requires
      changed.collations += contents.match(COLLATION)?.length ?? 0
      changed.listeners += LISTENER.test(contents) ? 1 : 0
      const compared = contents.replace(COLLATION, '($1 < $2 ? -1 : +($1 > $2))')
      return { contents: compared.replace(LISTENER, '') }
    })
    build.onEnd(() => {
      const { requires, ...others } = changed
      if (requires > 100 && Object.values(others).every((count) => count > 0)) return undefined
      return { errors: [{ text: `oclif is not as expected: ${JSON.stringify(changed)}` }] }
    })
  },
})

function withLazyRequires(source) {
  const names = []
  const declared = source.replace(TOP_LEVEL_REQUIRE, (_, name, load) => {
    names.push(name)
    return `let $${name}; const use_${name} = () => ($${name} ??= ${load});`
  })
  const contents = names.reduce(
    (text, name) =>
      text.replaceAll(new RegExp(`(?<![\\w$.])${name}(?=[.,)\\];])`, 'g'), `(use_${name}())`),
    declared,
  )
  return { contents, requires: names.length }
}
