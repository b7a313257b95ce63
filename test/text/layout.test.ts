import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { bullet, displayWidth, finish, paragraph, wrap } from '../../src/text/layout.js'
import { glyphsOf, paint } from '../../src/text/style.js'
import { renderTable } from '../../src/text/table.js'
import { PIPE, terminal } from '../support/report-of.js'

describe('displayWidth', () => {
  it('is that of the library for ours, which are not asked of it', () => {
    for (const glyph of [...Object.values(glyphsOf({ ...PIPE, unicode: true })), '…'])
      expect(displayWidth(glyph)).toBe(stringWidth(glyph))
  })

  it('counts columns, not characters', () => {
    expect(displayWidth('plain')).toBe(5)
    expect(displayWidth('✓ ü')).toBe(3)
    expect(displayWidth('漢字')).toBe(4)
    expect(displayWidth('e\u0301')).toBe(1)
    expect(displayWidth('')).toBe(0)
    expect(displayWidth(paint('red', 'bad', { ...PIPE, color: true }))).toBe(3)
  })
})

// A measure of our own once took these for 1, 4 or 8 columns, while cli-table3 padded them as 2.
const PICTOGRAPHS = ['⚡', '⌚', '✅', '⭐', '☕', '❤️', '👍🏽', '👨‍👩‍👧‍👦']

describe.each(PICTOGRAPHS)('the pictograph %s', (pictograph) => {
  it('takes two columns', () => {
    expect(displayWidth(pictograph)).toBe(2)
    expect(displayWidth(`vm ${pictograph}!`)).toBe(6)
  })

  it('does not move what stands beside it in a table, by whichever way that is drawn', () => {
    const row = (name: string) => ({ cells: [{ text: name }, { text: 'next' }] })
    const columns = [{ title: [] }, { title: [] }]
    for (const count of [1, 300]) {
      const rows = [row('plain'), ...Array.from({ length: count }, () => row(pictograph))]
      const starts = renderTable({ columns, rows, style: PIPE }).map((line) =>
        displayWidth(line.slice(0, line.indexOf('next'))),
      )
      expect(new Set(starts)).toHaveLength(1)
    }
  })
})

describe('wrap', () => {
  it('breaks between words', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three'])
  })

  it('cuts a word that is longer than the line, after a separator if there is one', () => {
    expect(wrap('snd_hda_intel', 9)).toEqual(['snd_hda_', 'intel'])
    expect(wrap('sys/bus/pci/devices', 12)).toEqual(['sys/bus/pci/', 'devices'])
    expect(wrap('abcdefgh', 3)).toEqual(['abc', 'def', 'gh'])
  })

  it('never gives a line that is too long', () => {
    const text = 'word '.repeat(20) + 'x'.repeat(50)
    for (const width of [1, 5, 17, 40]) {
      expect(Math.max(...wrap(text, width).map(displayWidth))).toBeLessThanOrEqual(width)
    }
  })
})

describe('paragraph', () => {
  it('indents the first line and the others apart', () => {
    expect(paragraph('one two three four', terminal(18), { next: 2 })).toEqual([
      'one two three',
      '  four',
    ])
  })

  it('makes what comes from the host safe', () => {
    expect(paragraph('driver \u001b[2J\u202e', PIPE)).toEqual(['driver \\x1b[2J\\u{202e}'])
    expect(bullet('a\nb', PIPE)).toEqual(['  • a\\x0ab'])
  })
})

describe('finish', () => {
  it('leaves no space at line ends', () => {
    expect(finish(['a  ', '', 'b'], PIPE)).toBe('a\n\nb\n')
  })

  it('keeps to ASCII where nothing else can be shown', () => {
    const ascii = { ...PIPE, unicode: false }
    expect(finish(['caller’s – é'], ascii)).toBe("caller's - \\u{e9}\n")
  })
})
