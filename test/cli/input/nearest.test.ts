import { expect, it } from 'vitest'
import { nearest } from '../../../src/cli/input/nearest.js'

const COMMANDS = ['inspect', 'policies', 'preflight', 'explain', 'reset', 'diff']

it.each([
  ['inspct', 'inspect'],
  ['ispnect', 'inspect'],
  ['isnpect', 'inspect'],
  ['polices', 'policies'],
  ['preflght', 'preflight'],
  ['exlpain', 'explain'],
  ['rset', 'reset'],
  ['rseet', 'reset'],
  ['dif', 'diff'],
  ['inspect', 'inspect'],
])('%s is near %s', (word, meant) => {
  expect(nearest(word, COMMANDS)).toBe(meant)
})

it.each(['', 'xyzzy', 'nothing'])('"%s" is near nothing', (word) => {
  expect(nearest(word, COMMANDS)).toBeUndefined()
})

it('prefers the nearer one', () => {
  expect(nearest('--capturs', ['--capturex', '--captures'])).toBe('--captures')
})
