import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redactOutput } from '../../../src/capture/redact/redact-output.js'
import { createRedactor } from '../../../src/capture/redact/redaction.js'
import { madeUpPseudonyms } from '../../../src/cli/answers/report-redaction.js'
import { formed, LISTED, secret } from './marks.js'

// What the commands of `capture --for vm-problem` print, with marked secrets in every field of every line.

const FIXTURES = fileURLToPath(new URL('../../../fixtures/', import.meta.url))

function fixture(name: string): string {
  const bytes = readFileSync(`${FIXTURES}${name}`)
  return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
}

/** Without the hexadecimal dump below it, which `-nnvv` does not print. */
const LISTING = fixture('dumps/nnvvvxxxx-12900k.txt.gz')
  .split('\n')
  .filter((line) => !/^[0-9a-f]{2,3}: /.test(line))
  .join('\n')

const OUTPUTS: readonly (readonly [file: string, text: string])[] = [
  ['lspci.txt', `${LISTING}\n${fixture('redaction/lspci.txt')}`],
  ['kernel-log.txt', fixture('redaction/kernel-log.txt')],
  ['kernel-log.txt', fixture('logs/boot-framebuffer.txt')],
  [
    'uname.txt',
    'Linux 6.12.95-1-pve #1 SMP PREEMPT_DYNAMIC Debian 6.12.95-1 (2026-11-05) x86_64\n',
  ],
  [
    'qemu-version.txt',
    'QEMU emulator version 10.0.2 (Debian 1:10.0.2+ds-2)\nCopyright (c) 2003-2025 Fabrice Bellard and the QEMU Project developers\n',
  ],
  ['libvirt-version.txt', 'libvirtd (libvirt) 11.3.0\n'],
]

/** Names of drivers stay wherever they stand: after these words, and before the function that a line of the log is about. */
const OF_DRIVERS = /Kernel (?:driver in use|modules):/
const BEFORE_FUNCTION = /^\s*(?:\[[\s\d.]+\]\s*)?$/
/** A number of so many digits is an address of memory there. */
const OF_ADDRESSES = /Memory|I\/O|ROM|Region|Address|BAR|base|Vec/i

const clean = (file: string, text: string) =>
  redactOutput(file, text, createRedactor(file, madeUpPseudonyms(), []), {
    hostNames: [],
    listed: LISTED,
  })

const RUNS = Number(process.env['FUZZ_COUNT'] ?? 3_000)
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_130)

describe('what a command printed', () => {
  const lines = OUTPUTS.flatMap(([file, text]) =>
    [...new Set(text.split('\n'))].map((line) => ({ file, line })),
  )

  it('holds no secret after it was redacted, whatever field it stood in', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...lines),
        fc.oneof(secret, formed),
        fc.nat(),
        fc.constantFrom('instead', 'after', 'before', 'glued'),
        ({ file, line }, { text, mark }, place, how) => {
          const words = line.split(/(\s+|[=,;()[\]]|: )/)
          const at = 2 * (place % Math.ceil(words.length / 2))
          const word = words[at] ?? ''
          const put = { instead: text, after: `${word} ${text}`, before: `${text} ${word}` }
          const changed = words.with(at, how === 'glued' ? `${word}:${text}` : put[how]).join('')
          fc.pre(!OF_DRIVERS.test(line))
          fc.pre(!BEFORE_FUNCTION.test(words.slice(0, at).join('')))
          fc.pre(!(OF_ADDRESSES.test(line) && /^(?:0x)?[0-9a-f]+$/.test(text)))
          expect(clean(file, changed)).not.toMatch(mark)
        },
      ),
      { numRuns: RUNS, seed: SEED },
    )
  }, 120_000)

  it('is as it was where nothing is secret', () => {
    const before = LISTING.split('\n')
    const after = clean('lspci.txt', LISTING).split('\n')
    expect(after.filter((line, at) => line !== before[at])).toEqual([])
  })

  it.each(OUTPUTS)('stays as it is when it is redacted again: %s', (file, text) => {
    const once = clean(file, text)
    expect(clean(file, once)).toBe(once)
  })
})
