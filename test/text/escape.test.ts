import { describe, expect, it } from 'vitest'
import { escapeTerminal } from '../../src/text/escape.js'

describe('escapeTerminal', () => {
  it.each([
    ['a colour sequence', '\u001b[31mred', '\\x1b[31mred'],
    ['an 8-bit control sequence', '\u009b2J', '\\x9b2J'],
    ['a line break', 'a\nb\r', 'a\\x0ab\\x0d'],
    ['a null byte and delete', '\u0000\u007f', '\\x00\\x7f'],
    ['a bidirectional override', '\u202eabc\u202c', '\\u{202e}abc\\u{202c}'],
    ['an isolate', '\u2066x\u2069', '\\u{2066}x\\u{2069}'],
    ['a zero-width space and a byte order mark', '\u200b\ufeff', '\\u{200b}\\u{feff}'],
    ['a line separator', '\u2028', '\\u{2028}'],
    ['half a surrogate pair', 'x\ud800', 'x\\u{d800}'],
  ])('shows %s', (_what, text, shown) => {
    expect(escapeTerminal(text)).toBe(shown)
  })

  it.each([
    'vfio-pci',
    'NVIDIA GeForce RTX\u2122 3090',
    'gr\u00fc\u00df',
    '\u65e5\u672c',
    '\u{1f600}',
    '\\x1b',
  ])('leaves %s alone', (text) => {
    expect(escapeTerminal(text)).toBe(text)
  })
})
