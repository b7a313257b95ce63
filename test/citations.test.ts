import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Texts in which somebody may cite; recordings of hosts and of other programs are not ours. */
const FILES = [
  ...['src', 'test', 'lab', 'scripts', 'bin', 'docs', 'fixtures', 'share/hooks'].flatMap(
    textsBelow,
  ),
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', '.dependency-cruiser.mjs'],
].filter((file) => file !== 'test/citations.test.ts')

const PATHS = new Set(
  ['src', 'test', 'lab', 'scripts', 'docs', 'fixtures', 'share'].flatMap(allBelow),
)

test('whatever is cited can be opened', () => {
  const broken = FILES.flatMap((file) =>
    brokenCitations(file, readFileSync(join(ROOT, file), 'utf8')).map((name) => `${file}: ${name}`),
  )
  expect(broken).toEqual([])
})

test('a document, a section and a path that do not exist are found', () => {
  const text =
    '// See `docs/none.md`, [that](lab.md), `docs/lab.md#none`, `src/none.ts`, `docs/lab.md#what-happens`.'
  expect(brokenCitations('src/x.ts', text)).toEqual([
    'docs/none.md',
    'lab.md',
    'docs/lab.md#none',
    'src/none.ts',
  ])
  expect(brokenCitations('docs/x.md', '[that](lab.md#what-happens) and `iommu/none.ts`')).toEqual([
    'iommu/none.ts',
  ])
})

/** Names in a text that lead nowhere, each as it is written. */
function brokenCitations(file: string, text: string): readonly string[] {
  const documents = citing(file, text).match(/(?<![\w./-])[\w./-]*\w\.md(?:#[\w-]+)?/g) ?? []
  const paths = [...text.matchAll(/`([\w.*/-]+)`/g)].flatMap(([, path]) => path ?? [])
  return [
    ...[...new Set(documents)].filter((name) => !isDocument(file, name)),
    ...paths.filter((path) => isOurs(file, path) && !leadsSomewhere(path)),
  ]
}

/** Of a page all but the labels of links and the files that a command writes; of code the comments, and what stands in our own folder of documents: other names in it are those of other files. */
function citing(file: string, text: string): string {
  if (file.endsWith('.md')) return text.replaceAll(/\[[^\]]*\](?=\()|> \w+\.md/g, '')
  const comments = text.match(/\/\*[\s\S]*?\*\/|\/\/ .*|^\s*#.*/gm) ?? []
  return [...comments, ...(text.match(/docs\/[\w./-]+\.md(?:#[\w-]+)?/g) ?? [])].join('\n')
}

/** By its path from the root of the repository or from the citing file; `NOTES.md` is that of any folder below. */
function isDocument(file: string, name: string): boolean {
  const [path = '', section] = name.split('#')
  const folder = dirname(file)
  if (name === 'NOTES.md' && /^(?:\.|fixtures\/\w+)$/.test(folder)) return true
  return [path, join(folder, path)]
    .map(normalize)
    .some((each) => exists(each) && (section === undefined || sectionsOf(each).includes(section)))
}

/** Headings as GitHub makes names of them. */
function sectionsOf(document: string): readonly string[] {
  return [...readFileSync(join(ROOT, document), 'utf8').matchAll(/^#+ (.*)$/gm)].map(
    ([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, '')
        .replaceAll(' ', '-'),
  )
}

/** A path below one of our folders; in docs also a module named by its folder alone. */
function isOurs(file: string, path: string): boolean {
  if (path.endsWith('.md')) return false
  if (/^(?:src|test|lab|scripts|share|fixtures)\//.test(path)) return true
  return file.startsWith('docs/') && /^[\w-]+\/[\w/-]+\.ts$/.test(path)
}

/** `*` stands for any part of a name, and so does a part in capitals. */
function leadsSomewhere(path: string): boolean {
  const pattern = path
    .replace(/\/$/, '')
    .replaceAll('.', '\\.')
    .replaceAll('*', '[^/]*')
    .replaceAll(/(?<=\/)[A-Z]+(?=\/|\\|$)/g, '[^/]+')
  const whole = new RegExp(`(?:^|/)${pattern}$`)
  return [...PATHS].some((each) => whole.test(each))
}

function exists(path: string): boolean {
  return existsSync(join(ROOT, path))
}

function textsBelow(folder: string): readonly string[] {
  const isText = folder === 'fixtures' ? /\.md$/ : /\.(?:ts|mjs|md|sh|yaml|c)$/
  return allBelow(folder).filter((path) => isText.test(path) && !path.startsWith('test/golden/'))
}

/** A folder, and every file and folder below; in trees of hosts and in builds nothing is cited. */
function allBelow(folder: string): readonly string[] {
  const inside = readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (!entry.isDirectory()) return [path]
    return entry.name === 'tree' && folder.startsWith('fixtures') ? [] : allBelow(path)
  })
  return [folder, ...inside]
}
