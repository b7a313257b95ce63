import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Plugin } from '@oclif/core'
import { build } from 'esbuild'
import { lateBuiltins } from './late-builtins.mjs'
import { lateTable } from './late-table.mjs'
import { makeSchemas } from './make-schema.mjs'
import { onlyCommands } from './only-commands.mjs'
import { slimOclif } from './slim-oclif.mjs'
import { thirdPartyNotices } from './third-party-notices.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const DIST = join(ROOT, 'dist')
const { FREQUENT } = createRequire(import.meta.url)('../bin/load.js')
const BUNDLE = join(DIST, 'main.cjs')
const PAGE = join(DIST, 'page.js')
const TARGET = 'node18.19'
const COMMON = {
  absWorkingDir: ROOT,
  outdir: 'dist',
  entryNames: '[name]',
  bundle: true,
  platform: 'node',
  target: TARGET,
  legalComments: 'none',
  // koffi is native code. oclif looks for the others in source trees with a TypeScript of their own.
  external: ['koffi', 'typescript', 'ts-node', 'tsx'],
  logLevel: 'warning',
}
const MANIFEST = join(ROOT, 'oclif.manifest.json')

/** Everything that goes into the build; a folder stands for all files in it. */
const SOURCES = ['src', 'scripts', 'package.json', 'package-lock.json']

/** oclif's reader of commands, given the classes instead of a place where to find them. */
class BundledPlugin extends Plugin {
  constructor(classes, options) {
    super(options)
    this.classes = classes
  }

  loadCommandsFromTarget() {
    return this.classes
  }
}

// With --if-stale, nothing is done when the last build is newer than all that goes into it, and the schemas, which are
// committed and take ten times as long, stay as they are.
const ifStale = process.argv.includes('--if-stale')
if (!ifStale || isStale()) {
  const bundled = bundle().then(bundlePage)
  // Meanwhile: esbuild is a process of its own.
  if (!ifStale) makeSchemas(ROOT)
  await bundled
  makeCodeCaches()
  // Last, because its time says that the whole build was done.
  await writeManifest()
}

function isStale() {
  const built = modified(MANIFEST)
  const isMissing = modified(BUNDLE) === 0 || modified(PAGE) === 0
  return isMissing || SOURCES.some((source) => newestIn(join(ROOT, source)) > built)
}

function newestIn(path) {
  if (!statSync(path).isDirectory()) return modified(path)
  const names = readdirSync(path)
  return Math.max(modified(path), ...names.map((name) => newestIn(join(path, name))))
}

function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

/**
 * CommonJS, because it starts faster than ESM; in one file, because each further one costs a quarter of a millisecond, and what a
 * command does not need is not run; not minified, so that a stack in a bug report can be read.
 */
async function bundle() {
  rmSync(DIST, { recursive: true, force: true })
  const made = await Promise.all([
    bundleOf('main', 'src/main.ts', [slimOclif(), lateTable, lateBuiltins]),
    ...[...FREQUENT].map((name) =>
      bundleOf(name, 'src/main.ts', [
        slimOclif(),
        lateTable,
        lateBuiltins,
        onlyCommands(new Set([name])),
      ]),
    ),
    bundleOf('supervisor', 'src/supervisor/main.ts', [lateBuiltins]),
  ])
  const inputs = made.flatMap(({ metafile }) => Object.keys(metafile.inputs))
  writeFileSync(join(DIST, 'THIRD-PARTY-NOTICES.txt'), thirdPartyNotices(ROOT, inputs))
}

function bundleOf(name, entry, plugins) {
  return build({
    ...COMMON,
    entryPoints: { [name]: entry },
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    supported: { 'dynamic-import': false },
    plugins,
    metafile: true,
  })
}

/**
 * The script of the page that `report --html` writes: the model, compiled for browsers. A file of its own, so that no
 * other command loads it; minified, since it stands in every page.
 */
async function bundlePage() {
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['src/page/main.ts'],
    outfile: PAGE,
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    charset: 'ascii',
    minify: true,
    legalComments: 'none',
    alias: { 'string-width': './src/page/width-stub.ts' },
    logLevel: 'warning',
  })
}

/** By the Node that runs this, in processes of their own: what one has compiled stays in its cache. */
function makeCodeCaches() {
  const { status } = spawnSync(process.execPath, [join(ROOT, 'scripts/make-code-caches.mjs')], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (status !== 0) throw new Error('no code caches could be made')
}

/** What the help shows of each command, so that showing it loads none of them. */
async function writeManifest() {
  const { COMMANDS } = createRequire(import.meta.url)(BUNDLE)
  const classes = await Promise.all(
    Object.entries(COMMANDS).map(async ([id, load]) => [id, (await load()).default]),
  )
  const pjson = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const plugin = new BundledPlugin(Object.fromEntries(classes), {
    root: ROOT,
    isRoot: true,
    ignoreManifest: true,
    errorOnManifestCreate: true,
    pjson: {
      ...pjson,
      oclif: { ...pjson.oclif, commands: { strategy: 'explicit', target: BUNDLE } },
    },
  })
  await plugin.load()
  writeFileSync(MANIFEST, `${JSON.stringify(plugin.manifest, null, 2)}\n`)
}
