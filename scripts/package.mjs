import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { completionsOf } from './package/completions.mjs'
import { DEBIAN_NAMES, makeDeb } from './package/deb.mjs'
import { manPages } from './package/man-pages.mjs'
import { makeNpm } from './package/npm.mjs'
import { makeOneFile, oneFileLicences } from './package/one-file.mjs'
import { makeSbom } from './package/sbom.mjs'

/**
 * `npm run package`: every package of the tool, in `packages/`, the same bytes for the same sources.
 * `--only npm,deb,one-file,sbom` makes some of them, `--arch x64` those for one processor.
 */
const ROOT = fileURLToPath(new URL('..', import.meta.url))
const KINDS = ['npm', 'deb', 'one-file', 'sbom']

const text = { type: 'string' }
const { values } = parseArgs({ options: { only: text, output: text, arch: text } })
const wanted = values.only?.split(',') ?? KINDS
for (const each of wanted) {
  if (!KINDS.includes(each)) throw new Error(`--only knows ${KINDS.join(', ')}, not "${each}".`)
}

const architectures = values.arch?.split(',') ?? Object.keys(DEBIAN_NAMES)

const pkg = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
const output = resolve(values.output ?? join(ROOT, 'packages'))
const scratch = mkdtempSync(join(tmpdir(), 'vfio-reset-package-'))
try {
  await import('./build.mjs')
  rmSync(output, { recursive: true, force: true })
  mkdirSync(output, { recursive: true })
  const date = releaseDate()
  const pages = pagesOf(date)
  if (wanted.includes('npm')) makeNpm({ root: ROOT, output, scratch, pages })
  if (wanted.includes('deb')) makeDebs({ pages, date })
  if (wanted.includes('one-file')) await makeOneFiles()
  if (wanted.includes('sbom')) {
    writeFileSync(
      join(output, `${pkg.name}-${pkg.version}.cdx.json`),
      await makeSbom({ root: ROOT, scratch }),
    )
  }
  writeSums()
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

/** Of the sources, not of the build: SOURCE_DATE_EPOCH (reproducible-builds.org), else that of the release. */
function releaseDate() {
  const epoch = process.env.SOURCE_DATE_EPOCH
  return epoch === undefined
    ? new Date(pkg.releaseDate ?? '2026-11-30')
    : new Date(Number(epoch) * 1000)
}

function pagesOf(date) {
  const { EXIT_WORDS } = createRequire(import.meta.url)(join(ROOT, 'dist/main.cjs'))
  return manPages({
    manifest: JSON.parse(readFileSync(join(ROOT, 'oclif.manifest.json'), 'utf8')),
    tool: pkg.name,
    summary: pkg.description,
    exitWords: EXIT_WORDS,
    date: date.toLocaleDateString('en-US', {
      year: 'numeric',
      month: 'long',
      day: 'numeric',
      timeZone: 'UTC',
    }),
  })
}

function makeDebs({ pages, date }) {
  const completions = completionsOf(ROOT)
  const changelog = readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8')
  for (const arch of architectures) {
    const file = join(output, `${pkg.name}_${pkg.version}_${DEBIAN_NAMES[arch]}.deb`)
    makeDeb({ root: ROOT, pkg, arch, pages, completions, changelog, date, output: file, scratch })
  }
}

async function makeOneFiles() {
  const named = join(output, `${pkg.name}-${pkg.version}-linux`)
  for (const arch of architectures) {
    await makeOneFile({ root: ROOT, arch, output: `${named}-${arch}`, scratch })
  }
  writeFileSync(`${named}.licences.txt`, oneFileLicences({ root: ROOT, scratch }))
}

function writeSums() {
  const lines = readdirSync(output)
    .sort()
    .map((name) => {
      const sum = createHash('sha256')
        .update(readFileSync(join(output, name)))
        .digest('hex')
      return `${sum}  ${name}\n`
    })
  writeFileSync(join(output, 'SHA256SUMS'), lines.join(''))
  process.stdout.write(lines.join(''))
}
