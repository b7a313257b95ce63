import { finish, heading, paragraph } from '../../text/layout.js'
import type { Printable } from '../../text/printable.js'
import type { Style } from '../../text/style.js'
import { renderTable } from '../../text/table.js'
import type { Redaction, Secret } from '../redact/redaction.js'
import type { CaptureOutcome } from './document.js'
import { captureSummary } from './summary-text.js'

export interface CaptureShown {
  /** List every replacement, with what it stands for. */
  readonly redactions: boolean
}

/** What `capture` says to people: what was written, what of it could identify somebody, what is missing. */
export function renderCapture(
  outcome: CaptureOutcome,
  shown: CaptureShown,
  style: Style,
): Printable {
  return finish(
    [
      ...paragraph(captureSummary(outcome), style),
      ...paragraph(privacyText(outcome), style, { tone: outcome.redacted ? 'good' : 'unsure' }),
      ...gapLines(outcome, style),
      ...commandLines(outcome, style),
      ...(shown.redactions ? redactionLines(outcome, style) : []),
    ],
    style,
  )
}

function privacyText({ redacted, redactions }: CaptureOutcome): string {
  if (!redacted) {
    return 'NOT REDACTED: it can hold serial numbers, MAC addresses, the host name, disk and slot names, and secrets on the kernel command line. Make one with --redact for people you do not know.'
  }
  if (redactions.length === 0) return 'REDACTED: nothing was found that had to be replaced.'
  return `REDACTED: ${countText(redactions)}. What matches no pattern can remain: look into it before you publish it.`
}

function countText(redactions: readonly Redaction[]): string {
  const values = new Map<Secret, Set<string>>()
  for (const { what, after } of redactions) {
    const known = values.get(what) ?? new Set()
    values.set(what, known.add(after))
  }
  const counts = [...values].map(
    ([what, { size }]) => `${size} ${SECRET_WORDS[what][size === 1 ? 0 : 1]}`,
  )
  return `replaced ${counts.join(', ')}`
}

function gapLines({ gaps }: CaptureOutcome, style: Style): string[] {
  if (gaps.length === 0) return []
  const denied = gaps.filter(({ why }) => why === 'denied' || why === 'truncated').length
  const root = denied > 0 ? ` ${denied} of them need root.` : ''
  const facts = gaps.length === 1 ? '1 fact is' : `${gaps.length} facts are`
  return paragraph(`${facts} missing in it, as on the host itself.${root}`, style)
}

function commandLines({ commands }: CaptureOutcome, style: Style): string[] {
  if (commands.length === 0) return []
  const rows = commands.map(({ command, file, problem }) => ({
    cells: [
      { text: command },
      { text: problem ?? (file === null ? 'said nothing' : `commands/${file}`) },
    ],
  }))
  return [
    ...heading('Commands', style),
    ...renderTable({ columns: [{ title: [] }, { title: [], least: 20 }], rows, style, indent: 2 }),
  ]
}

function redactionLines({ redacted, redactions }: CaptureOutcome, style: Style): string[] {
  if (redactions.length === 0) return []
  const title = redacted ? 'Replaced' : 'What --redact would replace'
  const rows = redactions.map(({ path, what, before, after }) => ({
    cells: [{ text: SECRET_WORDS[what][0] }, { text: before }, { text: after }, { text: path }],
  }))
  return [
    ...heading(title, style),
    ...renderTable({
      columns: [
        { title: ['what'] },
        { title: ['value'], least: 16 },
        { title: ['is there now'], least: 16 },
        { title: ['in'], least: 20 },
      ],
      rows,
      style,
      indent: 2,
    }),
  ]
}

/** What each kind of replaced value is called, one and many. */
export const SECRET_WORDS = {
  'serial-number': ['serial number', 'serial numbers'],
  'mac-address': ['MAC address', 'MAC addresses'],
  'host-name': ['host name', 'host names'],
  command: ['program name', 'program names'],
  'command-line': ['kernel parameter', 'kernel parameters'],
  uuid: ['UUID', 'UUIDs'],
  'network-address': ['network address', 'network addresses'],
  'slot-label': ['slot label', 'slot labels'],
  'disk-name': ['disk name', 'disk names'],
  name: ['other name', 'other names'],
  release: ['part of a version', 'parts of versions'],
  builder: ['builder of the kernel', 'builders of the kernel'],
} as const satisfies Record<Secret, readonly [one: string, many: string]>
