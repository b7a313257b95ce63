import { finish, paragraph } from '../../text/layout.js'
import type { Printable } from '../../text/printable.js'
import { glyphsOf, type Style, type Tone } from '../../text/style.js'
import type { DoctorReport, HostCheckReport } from './document.js'

/** `doctor` for people: the answer, then a line a check, with what to do where something is wrong. */
export function renderDoctor({ summary, verdict, checks }: DoctorReport, style: Style): Printable {
  return finish(
    [
      ...paragraph(summary, style, { tone: TONES[verdict] }),
      '',
      ...checks.flatMap((check) => checkLines(check, style)),
    ],
    style,
  )
}

function checkLines({ id, outcome, what, remedy }: HostCheckReport, style: Style): string[] {
  const glyphs = glyphsOf(style)
  const sign = {
    pass: glyphs.yes,
    fail: glyphs.no,
    'cannot-tell': glyphs.unsure,
    warn: glyphs.attention,
  }[outcome]
  const by = sign.length + 1 + ID_WIDTH
  return [
    ...paragraph(`${sign} ${id.padEnd(ID_WIDTH)}${what}`, style, {
      next: by,
      tone: TONES[outcome],
    }),
    ...(remedy === null ? [] : paragraph(`What to do: ${remedy}`, style, { by })),
  ]
}

const ID_WIDTH = 14

const TONES = {
  pass: 'good',
  fail: 'bad',
  'cannot-tell': 'unsure',
  warn: 'unsure',
} as const satisfies Record<HostCheckReport['outcome'], Tone>
