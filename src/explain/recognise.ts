import { CATALOGUE } from './catalogue.js'
import type { DiagnosisId } from './diagnosis.js'
import { findErrno } from './errno-text.js'
import { findNamed } from './find-addresses.js'
import type { KnownMessage, RecognisedMessage } from './message.js'
import { compileTemplate, type Template } from './template.js'

/** The catalogue with its patterns; texts that only wrap others come last. */
const KNOWN: readonly { readonly known: KnownMessage; readonly template: Template }[] = [
  ...CATALOGUE.filter(({ isWrapper }) => !isWrapper),
  ...CATALOGUE.filter(({ isWrapper }) => isWrapper),
].map((known) => ({ known, template: compileTemplate(known.text) }))

/** Finds the known text in a message that `messagesIn` has cleaned; null: there is none. */
export function recognise(text: string): RecognisedMessage | null {
  const lower = text.toLowerCase()
  for (const { known, template } of KNOWN) {
    if (!lower.includes(template.anchor)) continue
    const match = template.pattern.exec(text)
    if (match === null) continue
    const errno = errnoOf(known, match, text)
    if (known.needsErrno && errno === null) continue
    return recognised(known, match.groups ?? {}, errno, text)
  }
  return null
}

type Captures = Readonly<Record<string, string | undefined>>

function recognised(
  known: KnownMessage,
  captures: Captures,
  errno: string | null,
  text: string,
): RecognisedMessage {
  const named = findNamed(text)
  const subject = findNamed(captures['device'] ?? captures['address'] ?? '').devices[0]
  const devices =
    subject === undefined
      ? named.devices
      : [subject, ...named.devices.filter((device) => device !== subject)]
  const group = captures['group']
  const groups = group === undefined ? [] : [Number(group)]
  return {
    known,
    id: NARROWED[known.id]?.[errno ?? ''] ?? known.id,
    text,
    errno,
    device: devices[0] ?? null,
    devices,
    groups: [...new Set([...groups, ...named.groups])],
    cdevs: named.cdevs,
  }
}

/** The errno stands where the text has a hole for it, or, where it has none, nowhere. */
function errnoOf(known: KnownMessage, match: RegExpExecArray, text: string): string | null {
  const found = match.groups?.['errno']
  if (found === undefined) return known.impliedErrno
  return findErrno(found) ?? findErrno(text.slice(match.index)) ?? known.impliedErrno
}

/** One text with several meanings. */
const NARROWED: Readonly<Partial<Record<DiagnosisId, Readonly<Record<string, DiagnosisId>>>>> = {
  'hot-reset-info-failed': {
    EAGAIN: 'info-changed',
    EPERM: 'no-group',
    ENODEV: 'no-bus-or-slot-reset',
  },
  'hot-reset-or-map': {
    // Answers that a mapping never gets.
    EAGAIN: 'hot-reset-errno',
    EBUSY: 'hot-reset-errno',
    ENODEV: 'hot-reset-errno',
  },
  'reset-info-errno': { EAGAIN: 'info-changed', EPERM: 'no-group', ENODEV: 'no-bus-or-slot-reset' },
}
