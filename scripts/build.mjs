import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Plugin } from '@oclif/core'
import { build, transform } from 'esbuild'
import { makeSchemas } from './make-schema.mjs'
import { slimOclif } from './slim-oclif.mjs'
import { thirdPartyNotices } from './third-party-notices.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const DIST = join(ROOT, 'dist')
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
 * CommonJS, because it starts faster than ESM; in chunks, because each command line needs a part and Node compiles all that
 * it loads; not minified, so that a stack in a bug report can be read. esbuild splits ESM only, so chunks are made as such.
 */
async function bundle() {
  const { metafile, outputFiles } = await build({
    ...COMMON,
    entryPoints: ['src/main.ts'],
    format: 'esm',
    splitting: true,
    chunkNames: 'chunk-[hash]',
    plugins: [slimOclif],
    metafile: true,
    write: false,
  })
  rmSync(DIST, { recursive: true, force: true })
  mkdirSync(DIST)
  for (const { path, text } of outputFiles) {
    const linked = text.replaceAll(
      /"\.\/((?:chunk-\w+|main|[\w-]+-[A-Z0-9]{8}))\.js"/g,
      '"./$1.cjs"',
    )
    const { code } = await transform(linked, {
      format: 'cjs',
      platform: 'node',
      target: TARGET,
      supported: { 'dynamic-import': false },
    })
    writeFileSync(join(DIST, basename(path).replace(/\.js$/, '.cjs')), code)
  }
  const supervisor = await build({
    ...COMMON,
    entryPoints: { supervisor: 'src/supervisor/main.ts' },
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    metafile: true,
  })
  const inputs = [metafile, supervisor.metafile].flatMap((each) => Object.keys(each.inputs))
  writeFileSync(join(DIST, 'THIRD-PARTY-NOTICES.txt'), thirdPartyNotices(ROOT, inputs))
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
