import { expect, it } from 'vitest'
import { nearest } from '../../src/cli/nearest.js'

const COMMANDS = ['inspect', 'policies']

it.each([
  ['inspct', 'inspect'],
  ['ispnect', 'inspect'],
  ['polices', 'policies'],
  ['inspect', 'inspect'],
])('%s is near %s', (word, meant) => {
  expect(nearest(word, COMMANDS)).toBe(meant)
})

it.each(['', 'reset', 'xyzzy'])('"%s" is near nothing', (word) => {
  expect(nearest(word, COMMANDS)).toBeUndefined()
})

it('counts swapped neighbours as one change', () => {
  expect(nearest('ab', ['ba', 'cd'])).toBe('ba')
})

it('prefers the nearer one', () => {
  expect(nearest('--capturs', ['--capturex', '--captures'])).toBe('--captures')
})
