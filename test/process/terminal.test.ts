import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { onTerminal } from '../support/pseudo-terminal.js'

const DEMO = fileURLToPath(new URL('../../share/demo.tar.gz', import.meta.url))
const CAPTURE = readFileSync(DEMO)
const LINE = Buffer.from('vfio-pci 0000:01:00.0: not ready 1023ms after bus reset; waiting\n')

/** Long enough for the spinner to appear. */
const DELAY_MS = 700

/** Commands that wait for their standard input, and what comes there. */
const WAITING = [
  { argv: ['inspect', '--capture', '-'], input: CAPTURE },
  { argv: ['inspect', '--tree', '--capture', '-'], input: CAPTURE },
  { argv: ['preflight', '--capture', '-', '0000:01:00.0'], input: CAPTURE },
  { argv: ['report', '--capture', '-'], input: CAPTURE },
  { argv: ['diff', '-', DEMO], input: CAPTURE },
  { argv: ['explain', '--demo'], input: LINE },
  { argv: ['policies'], input: CAPTURE },
] as const

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vfio-reset-terminal-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('whatever a terminal says of its size, the answer comes out', () => {
  it.each(WAITING)('$argv', async ({ argv, input }) => {
    for (const columns of [0, 1, 65_535]) {
      const { screen, exitCode } = await onTerminal(argv, { columns, input, delayMs: DELAY_MS })
      expect(exitCode).not.toBeNull()
      expect(exitCode).toBeLessThan(2)
      expect(screen.length).toBeGreaterThan(100)
      expect(screen.length).toBeLessThan(2_000_000)
    }
  })

  it.each([[['--help']], [['inspect', '--help']], [['help', 'preflight']]])(
    'help: %j',
    async (argv) => {
      const { screen, exitCode } = await onTerminal(argv, {
        columns: 80,
        input: Buffer.alloc(0),
        delayMs: 0,
      })
      expect(exitCode).toBe(0)
      expect(screen).toContain('USAGE')
      expect(screen).toContain('EXIT CODES')
    },
  )

  it('with a spinner where there is room for one, and none where there is not', async () => {
    const [wide, none] = await Promise.all(
      [80, 0].map((columns) =>
        onTerminal(['inspect', '--capture', '-'], {
          columns,
          input: CAPTURE,
          delayMs: 8 * DELAY_MS,
        }),
      ),
    )
    expect(wide?.screen).toContain('reading the host')
    expect(none?.screen).not.toContain('reading the host')
  })

  it('also when it loses its width meanwhile, or has no rows', async () => {
    const wish = { columns: 80, rows: 0, input: CAPTURE, delayMs: 4 * DELAY_MS, columnsLater: 0 }
    const { exitCode } = await onTerminal(['diff', '-', DEMO], wish)
    expect(exitCode).toBe(0)
  })

  it.each([{ TERM: 'dumb' }, { TERM: '' }, { COLUMNS: '0' }, { COLUMNS: '99999999999' }])(
    'with %j',
    async (env) => {
      const wish = { columns: 0, input: CAPTURE, delayMs: DELAY_MS, env }
      const { exitCode, screen } = await onTerminal(['inspect', '--capture', '-'], wish)
      expect(exitCode).toBe(0)
      expect(screen.length).toBeLessThan(2_000_000)
    },
  )
})

describe('a file that a stranger named', () => {
  const title = '\u001b]0;PWNED\u0007'

  it.each([
    ['diff', '-'],
    ['inspect', '--why', '--capture'],
    ['inspect', '--root'],
    ['preflight', '--demo', '--libvirt'],
    ['simulate', '--demo'],
    ['explain', '--demo'],
    ['report', '--demo', '--html'],
    ['capture', '--demo', '-o'],
  ])('%s %s: its name does not reach the terminal as it is', async (...argv) => {
    const file = join(folder, `a${title}\u009b2J\u202e.tgz`)
    copyFileSync(DEMO, file)
    const wish = { columns: 80, input: CAPTURE, delayMs: DELAY_MS }
    const { screen } = await onTerminal([...argv, file], wish)
    expect(screen).toContain('PWNED')
    expect(screen).not.toContain('\u001b]0;')
    expect(Buffer.from(screen, 'latin1').toString()).not.toMatch(/\u009b|\u202e/)
  })
})
