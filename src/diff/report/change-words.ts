import { errnoText } from '../../document/errno-text.js'
import { NEED_WORDS } from '../../host/need-words.js'
import type { PciAddress } from '../../host/pci-address.js'
import type { HostNeed } from '../../host/raw-host.js'
import { some } from '../../text/english.js'
import type { ByKind } from '../../text/word-table.js'
import type { Change, ChangeKind, DiffCause, Ending, Incomparable } from '../change.js'

/** Changes and causes by their kind. */
type ChangeByKind = { readonly [K in ChangeKind]: Change & { readonly kind: K } }
type CauseByKind = ByKind<DiffCause>

export interface ChangeWords<C> {
  /** Heading over the changes of this kind. */
  readonly title: string
  /** What was and what is; the functions it is about are named before it. */
  readonly sentence: (change: C) => string
}

/** Words for every kind of change, in the order in which they are shown. */
export const CHANGE_WORDS: { readonly [K in ChangeKind]: ChangeWords<ChangeByKind[K]> } = {
  verdict: {
    title: 'Verdicts that changed',
    sentence: ({ before, after }) => `${endingText(before)}, now ${endingText(after)}`,
  },
  'groups-joined': {
    title: 'IOMMU groups',
    sentence: ({ before, hostNeeds }) =>
      `share one group now; before they were in ${before.length} groups${needsText(hostNeeds)}`,
  },
  'groups-split': {
    title: 'IOMMU groups',
    sentence: ({ after }) =>
      `were in one group, and are in ${after.length} now: ${setsText(after)}`,
  },
  'groups-rearranged': {
    title: 'IOMMU groups',
    sentence: ({ before, after, hostNeeds }) =>
      `are grouped in another way: ${setsText(before)}; now ${setsText(after)}${needsText(hostNeeds)}`,
  },
  'groups-lost': {
    title: 'IOMMU groups',
    sentence: () => 'have no IOMMU group any more',
  },
  'groups-gained': {
    title: 'IOMMU groups',
    sentence: ({ after }) => `have an IOMMU group now, ${after.length} in all`,
  },
  'function-gone': { title: 'Functions', sentence: () => 'gone' },
  'function-added': {
    title: 'Functions',
    sentence: ({ after }) => {
      const driver = after?.driver ?? null
      const group = after?.groupWith ?? []
      const with_ = group.length === 0 ? '' : `, in a group with ${listText(group)}`
      return `new, ${driver === null ? 'without a driver' : `bound to ${driver}`}${with_}`
    },
  },
  'function-moved': { title: 'Functions', sentence: ({ before }) => `was ${before}` },
  driver: {
    title: 'Drivers',
    sentence: ({ before, after }) => `${before ?? 'no driver'}, now ${after ?? 'no driver'}`,
  },
  'reset-scope': {
    title: 'What a hot reset affects',
    sentence: ({ before, after }) => `${scopeText(before)}; now ${scopeText(after)}`,
  },
  'dev-set': {
    title: 'dev_sets of VFIO',
    sentence: ({ before, after }) => `${membersText(before)}; now ${membersText(after)}`,
  },
  'reset-methods': {
    title: 'Resets of single functions',
    sentence: ({ before, after }) => `${methodsText(before)}, now ${methodsText(after)}`,
  },
  acs: {
    title: 'ACS',
    sentence: ({ before, after }) => `${bitsText(before)}, now ${bitsText(after)}`,
  },
  'acs-quirk': {
    title: 'ACS',
    sentence: ({ before, after }) => `quirk ${before ?? 'none'}, now ${after ?? 'none'}`,
  },
  'kernel-release': {
    title: 'Host',
    sentence: ({ before, after }) => `kernel ${before}, now ${after}`,
  },
  'command-line': {
    title: 'Host',
    sentence: ({ before, after }) => `kernel command line: ${wordsText(before, after)}`,
  },
  'host-needs': {
    title: 'What the host itself needs',
    sentence: ({ before, after }) => needsChange(before, after),
  },
}

/** Sentence for a change of any kind. */
export function changeSentence(change: Change): string {
  return sentenceOf(change.kind, change)
}

function sentenceOf<K extends ChangeKind>(kind: K, change: ChangeByKind[K]): string {
  return CHANGE_WORDS[kind].sentence(change)
}

export function changeTitle({ kind }: Change): string {
  return CHANGE_WORDS[kind].title
}

type CauseWords = { readonly [K in keyof CauseByKind]: (cause: CauseByKind[K]) => string }

const CAUSE_WORDS: CauseWords = {
  'acs-changed': ({ at, before, after }) =>
    `ACS at ${at} changed: ${bitsText(before)}, now ${bitsText(after)}`,
  'quirk-changed': ({ at, before, after }) =>
    `another quirk applies to ${at}: ${before ?? 'none'}, now ${after ?? 'none'}`,
  'parameter-changed': ({ before, after }) =>
    `the kernel command line changed: ${wordsText(before, after)}`,
  'kernel-changed': ({ before, after }) => `the kernel is another one: ${before}, now ${after}`,
  'driver-changed': ({ at, before, after }) =>
    `the driver of ${at} changed: ${before ?? 'none'}, now ${after ?? 'none'}`,
  'group-changed': ({ at, joined, left }) => {
    const come = joined.length === 0 ? [] : [`${listText(joined)} joined`]
    const gone = left.length === 0 ? [] : [`${listText(left)} left`]
    return `the group of ${at} changed: ${[...come, ...gone].join(', ')}`
  },
  'scope-changed': ({ at }) => `what a hot reset of ${at} affects changed`,
  'function-changed': ({ at, how }) => `${at} ${how === 'moved' ? 'has moved' : `is ${how}`}`,
  'holder-changed': () => 'other processes hold what is needed',
  unread: ({ side, path }) =>
    `${path ?? 'a fact that decides'} was not read ${side === 'before' ? 'then' : 'now'}`,
}

/** Goes on after "because". */
export function causeText(cause: DiffCause): string {
  return causeOf(cause.kind, cause)
}

function causeOf<K extends keyof CauseByKind>(kind: K, cause: CauseByKind[K]): string {
  return CAUSE_WORDS[kind](cause)
}

/** What could not be compared. */
export const INCOMPARABLE_WORDS = {
  driver: 'drivers',
  group: 'IOMMU groups',
  acs: 'ACS registers',
  'reset-scope': 'what a hot reset affects',
  'reset-methods': 'resets of single functions',
  'command-line': 'kernel command lines',
} as const satisfies Record<Incomparable['what'], string>

export function endingText(ending: Ending): string {
  const { outcome } = ending
  const errno = errnoText(ending)
  if (outcome === 'undetermined') return 'cannot tell'
  if (outcome === 'refused' && errno === null) return 'refused (there is nothing to call)'
  return errno === null ? outcome : `${outcome} (${errno})`
}

/** At most this many addresses are listed. */
const LISTED = 6

export function listText(addresses: readonly PciAddress[]): string {
  return some(addresses, LISTED)
}

function needsText(needs: readonly HostNeed[]): string {
  const byAddress = new Map<string, Set<string>>()
  for (const { address, kind } of needs) {
    byAddress.set(address, (byAddress.get(address) ?? new Set()).add(NEED_WORDS[kind].noun))
  }
  const texts = [...byAddress].map(
    ([address, kinds]) => `${address} is the host's ${[...kinds].join(' and ')}`,
  )
  return texts.length === 0 ? '' : `. ATTENTION: ${texts.join('; ')}`
}

function needsChange(before: readonly HostNeed[], after: readonly HostNeed[]): string {
  const text = (needs: readonly HostNeed[]) =>
    needs.map(({ kind, address }) => `${NEED_WORDS[kind].noun} on ${address}`).join(', ')
  const parts = [
    ...(before.length === 0 ? [] : [`no longer ${text(before)}`]),
    ...(after.length === 0 ? [] : [`now ${text(after)}`]),
  ]
  return parts.join('; ')
}

function setsText(sets: readonly (readonly PciAddress[])[]): string {
  const shown = sets.slice(0, LISTED).map((set) => `{${listText(set)}}`)
  return sets.length > LISTED
    ? `${shown.join(' ')} and ${sets.length - LISTED} more`
    : shown.join(' ')
}

function membersText(members: readonly PciAddress[]): string {
  return members.length === 0 ? 'none' : `{${listText(members)}}`
}

function scopeText({ scope, affected }: ChangeByKind['reset-scope']['before']): string {
  if (scope === null) return 'no hot reset'
  return `a ${scope} reset of ${membersText(affected)}`
}

function methodsText(methods: readonly string[] | null): string {
  return methods === null || methods.length === 0 ? 'none' : methods.join(' ')
}

function bitsText(bits: readonly string[] | null): string {
  if (bits === null) return 'no ACS'
  return bits.length === 0 ? 'ACS off' : `ACS ${bits.join(' ')}`
}

function wordsText(before: readonly string[], after: readonly string[]): string {
  const parts = [
    ...(before.length === 0 ? [] : [`no longer ${before.join(' ')}`]),
    ...(after.length === 0 ? [] : [`now ${after.join(' ')}`]),
  ]
  return parts.join('; ')
}
