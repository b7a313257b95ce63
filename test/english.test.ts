import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Tables of words, what makes text of documents, help of commands, pages; the messages of other programs are not ours. */
const FILES = [
  ...filesBelow('src').filter((file) =>
    /^src\/(?:commands|cli|page|bug-report)\/|\/(?:report|text|words|checks|policies)\/|-words\.ts$/.test(
      file,
    ),
  ),
  ...filesBelow('docs').filter((file) => file.endsWith('.md')),
  ...['README.md', 'CONTRIBUTING.md'],
]

/** What a thing was called besides its name, and the name. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/\bon the driver\b/, 'bound to'],
  [/\bon driver \$?\{?\w/, 'bound to'],
  [/\b(?:is|are|be|was|were) (?:not )?on vfio-pci\b(?![’'])/, 'bound to vfio-pci'],
  [/\bon a native driver\b/, 'bound to a native driver'],
  [/\bhits?\b/, 'affects, resets'],
  [/\bHITS\b/, 'RESET SET'],
  [/\bforetold\b|\bFORETOLD\b/, 'predicted'],
  [/\bcannot be told\b/, 'unknown; of an answer: cannot tell'],
  [/\btakes? (?:no bridge|none of them)\b/, 'does not bind to bridges'],
  [/(?<!wrong-)\bdoors?\b/, 'interface'],
]

test('one thing has one word in all that people read', () => {
  const found = FILES.flatMap((file) =>
    readFileSync(join(ROOT, file), 'utf8')
      .split('\n')
      .flatMap((line, index) => faults(line).map((fault) => `${file}:${index + 1}: ${fault}`)),
  )
  expect(found).toEqual([])
})

test('a word of the past is found, and what it is called now', () => {
  expect(faults('its member is on the driver nvidia')).toEqual(['"on the driver": bound to'])
  expect(faults('The device is on vfio-pci’s denylist; the id is wrong-door.')).toEqual([])
})

function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    return entry.isDirectory() ? filesBelow(path) : [path]
  })
}

function faults(line: string): readonly string[] {
  return WORDS.flatMap(([word, better]) => {
    const [found] = word.exec(line) ?? []
    return found === undefined ? [] : [`"${found}": ${better}`]
  })
}
