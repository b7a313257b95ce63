import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { finish } from '../../src/text/layout.js'
import {
  printableDocument,
  printableJson,
  printableLines,
  printableSentences,
  printableWords,
} from '../../src/text/printable.js'
import { paint, type Tone } from '../../src/text/style.js'

const SRC = fileURLToPath(new URL('../../src', import.meta.url))

const ACTS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what acts on a terminal is looked for.
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: our own colours are taken away first.
const COLOR = /\u001b\[\d+m/g

const foreign = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '\u001b]0;x\u0007',
    '\u009b31m',
    '\u001b[2J',
    'a\nb',
    '\u001b[31m\u001b[5m',
    '\u001bc',
  ),
)

describe('no foreign string acts on a terminal', () => {
  it.each([
    ['lines', (text: string) => printableLines([text], { color: false })],
    ['sentences', (text: string) => printableSentences(text, text)],
    ['a document', printableDocument],
    ['words', printableWords],
    ['JSON', (text: string) => printableJson(JSON.stringify({ text }))],
    ['an answer', (text: string) => finish([text], { color: false, unicode: true, width: 80 })],
    [
      'an answer in ASCII',
      (text: string) => finish([text], { color: false, unicode: false, width: 80 }),
    ],
  ] as const)('as %s', (_, make) => {
    fc.assert(
      fc.property(foreign, (text) => {
        expect(make(text)).not.toMatch(ACTS)
      }),
    )
  })

  it('nor in colour, where only the colours themselves are left', () => {
    const tones: readonly Tone[] = ['good', 'bad', 'unsure', 'strong', 'faint']
    const style = { color: true, unicode: true, width: 80 }
    fc.assert(
      fc.property(foreign, fc.constantFrom(...tones), (text, tone) => {
        const shown = printableLines([paint(`x${text}`, tone, style)], style)
        expect(shown.replaceAll(COLOR, '')).not.toMatch(ACTS)
        expect(shown.split('\n')).toHaveLength(2)
      }),
    )
    for (const tone of tones) {
      expect(printableLines([paint('x', tone, style)], style)).toBe(`${paint('x', tone, style)}\n`)
    }
  })
})

it('streams are written to in these places only, all of which take nothing else', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  )
  const named = files.filter((name) =>
    /process\.std(?:out|err)\b|\bstd(?:out|err): |\bstandard(?:Output|Error)\b/.test(
      readFileSync(join(SRC, name), 'utf8'),
    ),
  )
  expect(named.sort()).toEqual([
    'cli/answers/capture-commands.ts',
    'cli/answers/save-capture.ts',
    // What is told in place of an answer that does not come; the supervisor writes it.
    'cli/answers/still-allowed.ts',
    'cli/base-command.ts',
    'cli/input/triggers.ts',
    'cli/output/own-output.ts',
    'cli/output/permission.ts',
    'cli/output/progress.ts',
    'cli/output/report-error.ts',
    'commands/hook.ts',
    'host/watch/messages.ts',
    'main.ts',
    // Where nothing else works, as bin/run.js.
    'one-file/main.ts',
    // Hands on what the working process wrote, which is printable already.
    'supervisor/attempt.ts',
    'supervisor/main.ts',
    'supervisor/supervise.ts',
  ])
})
