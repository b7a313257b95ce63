import { describe, expect, it } from 'vitest'
import { displayWidth } from '../../src/text/layout.js'
import { type Column, type Row, renderTable } from '../../src/text/table.js'
import { PIPE, terminal } from '../support/report-of.js'

const COLUMNS: readonly Column[] = [
  { title: ['FUNCTION'] },
  { title: ['WHAT'], least: 8 },
  { title: ['OWN', 'GROUP'], align: 'right' },
  { title: ['NOTE'], drop: 1 },
]

function row(...texts: readonly string[]): Row {
  return { cells: texts.map((text) => ({ text })) }
}

const GPU = row('0000:65:00.0', 'VGA: NVIDIA GA102', '14', 'asked about')

describe('renderTable', () => {
  it('aligns the cells below their titles', () => {
    expect(renderTable({ columns: COLUMNS, rows: [GPU], style: PIPE, indent: 2 })).toEqual([
      '                                     OWN',
      '  FUNCTION      WHAT               GROUP  NOTE',
      '  0000:65:00.0  VGA: NVIDIA GA102     14  asked about',
    ])
  })

  it('wraps before it leaves a column out', () => {
    expect(renderTable({ columns: COLUMNS, rows: [GPU], style: terminal(44) })).toEqual([
      '                            OWN',
      'FUNCTION      WHAT        GROUP  NOTE',
      '0000:65:00.0  VGA:           14  asked about',
      '              NVIDIA',
      '              GA102',
    ])
    expect(renderTable({ columns: COLUMNS, rows: [GPU], style: terminal(32) })).toEqual([
      '                             OWN',
      'FUNCTION      WHAT         GROUP',
      '0000:65:00.0  VGA: NVIDIA     14',
      '              GA102',
    ])
  })

  it('leaves an optional column out when it says nothing', () => {
    const columns: readonly Column[] = [{ title: ['A'] }, { title: ['B'], optional: true }]
    expect(renderTable({ columns, rows: [row('a', '')], style: PIPE })).toEqual(['A', 'a'])
    expect(renderTable({ columns, rows: [row('a', 'b')], style: PIPE })).toEqual(['A  B', 'a  b'])
  })

  it('puts lines below their row', () => {
    const rows = [{ ...row('a', 'b'), below: ['why'] }, row('c', 'd')]
    const columns: readonly Column[] = [{ title: ['A'] }, { title: ['B'] }]
    expect(renderTable({ columns, rows, style: PIPE })).toEqual(['A  B', 'a  b', 'why', 'c  d'])
  })

  it('draws long tables as the library draws short ones', () => {
    const some = Array.from({ length: 256 }, (_, number) => ({
      cells: [
        { text: `0000:${number}`, tone: 'bad' as const },
        { text: 'several words in a cell' },
        { text: String(number) },
        { text: '' },
      ],
    }))
    const style = { color: true, unicode: true, width: 30 }
    const short = renderTable({ columns: COLUMNS, rows: some, style })
    const long = renderTable({
      columns: COLUMNS,
      rows: [...some, row('0000:0', '', '', '')],
      style,
    })
    expect(long.slice(0, short.length)).toEqual(short)
    expect(long).toHaveLength(short.length + 1)
  })

  it('shows escape sequences of the host instead of sending them', () => {
    const [, line] = renderTable({
      columns: [{ title: ['DRIVER'] }],
      rows: [row('\u001b[31mevil\n')],
      style: PIPE,
    })
    expect(line).toBe('\\x1b[31mevil\\x0a')
  })

  it('keeps within the width and leaves no space at line ends', () => {
    for (const width of [32, 40, 60]) {
      for (const line of renderTable({ columns: COLUMNS, rows: [GPU], style: terminal(width) })) {
        expect(displayWidth(line)).toBeLessThanOrEqual(width)
        expect(line).toBe(line.trimEnd())
      }
    }
  })
})
