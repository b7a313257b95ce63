import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvLine } from '../../../src/text/records/csv.js'

describe('a line of CSV', () => {
  it('never breaks, never begins a formula, and is read back as what was escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const line = csvLine({ a: text, b: 1 }, ['a', 'b'])
        expect(line.match(/\n/g)).toHaveLength(1)
        expect(line.endsWith(',1\n')).toBe(true)
        const cell = line.slice(0, -3)
        const plain = /^"(.*)"$/.exec(cell)?.[1]?.replaceAll('""', '"') ?? cell
        expect(plain).not.toMatch(/^[=+\-@]/)
        expect(cell.startsWith('"') || !/[",]/.test(cell)).toBe(true)
      }),
    )
  })

  it('joins lists, and keeps what is none empty', () => {
    expect(csvLine({ a: ['x;y', 'z', 3], b: null, c: false, d: [] }, ['a', 'b', 'c', 'd'])).toBe(
      'x\\x3by;z;3,,false,\n',
    )
  })
})
