import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isJsonWanted, jsonText } from '../../../src/cli/output/json-text.js'

const written = (document: object) => [...jsonText(document)].join('')

it('reads back as the document, whatever it holds', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 2 })),
      (document) => {
        expect(JSON.parse(written(document))).toEqual(JSON.parse(JSON.stringify(document)))
      },
    ),
  )
})

it('gives each field, and each element of an array, a line of its own', () => {
  expect(written({ kind: 'x', list: [1, { a: 2 }], none: [] })).toBe(
    '{\n"kind": "x",\n"list": [\n  1,\n  {"a":2}\n],\n"none": []\n}\n',
  )
})

it('leaves out what is undefined, as JSON does', () => {
  expect(written({ a: undefined })).toBe('{}\n')
})

it('holds nothing that acts on a terminal, and still the same text', () => {
  const name = 'a\u001b[2J\u009b\u202e\u007f\nb'
  const text = written({ name })
  expect(text).toBe('{\n"name": "a\\u001b[2J\\u009b\\u202e\\u007f\\nb"\n}\n')
  expect(JSON.parse(text)).toEqual({ name })
})

it.each<[readonly string[], boolean]>([
  [['inspect', '--json'], true],
  [['inspect', '--json', '--', 'x'], true],
  [['inspect', '--', '--json'], false],
  [['inspect', '--jsonx'], false],
  [[], false],
])('%j: %s', (argv, wanted) => {
  expect(isJsonWanted(argv)).toBe(wanted)
})
