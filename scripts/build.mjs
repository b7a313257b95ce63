import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Plugin } from '@oclif/core'
import { build } from 'esbuild'
import { makeSchemas } from './make-schema.mjs'
import { slimOclif } from './slim-oclif.mjs'
import { thirdPartyNotices } from './third-party-notices.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const BUNDLE = join(ROOT, 'dist/main.cjs')
const PAGE = join(ROOT, 'dist/page.js')
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

// With --if-stale, nothing is done when the last build is newer than all that goes into it.
if (!process.argv.includes('--if-stale') || isStale()) {
  await bundle()
  await bundlePage()
  await makeSchemas(ROOT)
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

/** CommonJS, because it starts faster than ESM; not minified, so that a stack in a bug report can be read. */
async function bundle() {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['src/main.ts', 'src/host/config-worker.ts'],
    outdir: 'dist',
    entryNames: '[name]',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20.12',
    legalComments: 'none',
    metafile: true,
    // koffi is native code. oclif looks for the others in source trees with a TypeScript of their own.
    external: ['koffi', 'typescript', 'ts-node', 'tsx'],
    plugins: [slimOclif],
    logLevel: 'warning',
  })
  const notices = thirdPartyNotices(ROOT, Object.keys(metafile.inputs))
  writeFileSync(join(ROOT, 'dist/THIRD-PARTY-NOTICES.txt'), notices)
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
    alias: { 'node:util': './src/page/terminal-stub.ts' },
    logLevel: 'warning',
  })
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
