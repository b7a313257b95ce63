import { CATALOGUE } from '../catalogue/catalogue.js'
import type { DiagnosisId } from '../catalogue/diagnosis.js'
import type { KnownMessage, RecognisedMessage } from '../catalogue/message.js'
import { compileTemplate, type Template } from '../catalogue/template.js'
import { findErrno } from './errno-text.js'
import { findNamed } from './find-addresses.js'

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
  const id = NARROWED[known.id]?.[errno ?? ''] ?? known.id
  return {
    known,
    id,
    text,
    errno,
    // The row of a hot reset whose number is that of a mapping too.
    call: id === 'dma-map-failed' ? null : known.call,
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
    // The first of the two calls may come to it; the text is about the second.
    ENOSPC: 'info-never-fits',
  },
  'hot-reset-or-map': {
    // Too little memory may be locked: all but certainly the mapping.
    ENOMEM: 'dma-map-failed',
    // Answers that a mapping never gets.
    EAGAIN: 'hot-reset-errno',
    EBUSY: 'hot-reset-errno',
    ENODEV: 'hot-reset-errno',
  },
  'p2p-map-failed': {
    // Answers that a BAR, being no memory that is pinned and in nobody's way, does not get.
    ENOMEM: 'memory-or-bar-map',
    EEXIST: 'memory-or-bar-map',
  },
  'memory-or-bar-map': { ENOMEM: 'dma-map-failed', EEXIST: 'dma-map-failed' },
  'reset-info-errno': { EAGAIN: 'info-changed', EPERM: 'no-group', ENODEV: 'no-bus-or-slot-reset' },
}
