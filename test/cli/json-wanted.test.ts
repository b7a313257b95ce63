import { expect, it } from 'vitest'
import { isJsonWanted } from '../../src/cli/json-wanted.js'

it.each<[readonly string[], boolean]>([
  [['inspect', '--json'], true],
  [['inspect', '--json', '--', 'x'], true],
  [['inspect', '--', '--json'], false],
  [['inspect', '--jsonx'], false],
  [[], false],
])('%j: %s', (argv, wanted) => {
  expect(isJsonWanted(argv)).toBe(wanted)
})
