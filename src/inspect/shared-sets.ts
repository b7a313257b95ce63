import { isStated } from '../document/stated.js'
import type { Stated } from '../document/values.js'
import type { PciAddress } from '../host/pci-address.js'
import { wholeOf } from '../policy/list-of-others.js'
import type { Requirement, Verdict } from '../policy/verdict.js'
import { isSame } from '../text/lists.js'
import type { DeviceReport, HotResetReport } from './document.js'
import type { InspectAnswer } from './inspect-report.js'
import type {
  DeviceDocument,
  HotResetDocument,
  RequirementDocument,
  SetEntry,
  SetReference,
  Sets,
  Shared,
  VerdictDocument,
} from './written-document.js'

/**
 * Longer lists are stated once. Up to it a document is easier to read with the lists in place, and is no longer than that many times
 * the number of functions.
 */
export const LONGEST_IN_PLACE = 64

/** Lists of the functions of one bus or group follow each other: one that is like none of the last few is a new one. */
const RECENT = 12

/** The document of an answer, to be written from its beginning to its end. */
export interface WrittenInspect extends Omit<InspectAnswer, 'devices'> {
  readonly devices: Iterable<DeviceDocument>
  /** To be asked when all functions are written; undefined: no list is long enough. */
  readonly sets: () => Sets | undefined
}

export function inspectDocument(answer: InspectAnswer): WrittenInspect {
  const { share, sets } = createSetSharing()
  return {
    ...answer,
    devices: {
      *[Symbol.iterator]() {
        for (const device of answer.devices) yield share(device)
      },
    },
    sets,
  }
}

/** States long lists once, while the functions of a document are written one after the other. */
interface SetSharing {
  /** The report of a function with references in place of long lists. */
  share(report: DeviceReport): DeviceDocument
  /** The sets that were referred to; undefined: none. To be asked when all functions are written. */
  sets(): Sets | undefined
}

/**
 * Most lists about the functions of one bus differ in nothing but the function itself, which never stands in its own way. So a
 * reference says what its own part is, and what a set holds about the function that came first comes with the second.
 */
function createSetSharing(): SetSharing {
  const found: OpenSet[] = []

  function shared<E extends SetEntry>(list: readonly E[], self: PciAddress): Shared<E> {
    if (list.length <= LONGEST_IN_PLACE) return list
    for (let place = found.length - 1; place >= Math.max(0, found.length - RECENT); place -= 1) {
      const set = found[place]
      const reference = set === undefined ? undefined : refer(set, list, self)
      if (reference !== undefined) return reference
    }
    const id = `${found.length + 1}`
    const others: SetEntry[] = list.filter((entry) => addressOf(entry) !== self)
    found.push({ id, first: self, isWhole: false, entries: others, same: null, whole: null })
    return { set: id, own: list.filter((entry) => addressOf(entry) === self) }
  }

  return {
    share: (report) => {
      if (hasShortLists(report)) return report
      const { address, coupled } = report
      const share = <E extends SetEntry>(list: readonly E[]) => shared(list, address)
      return {
        ...report,
        hotReset: sharedReset(report.hotReset, share),
        coupled: { direct: share(coupled.direct), claimCost: share(coupled.claimCost) },
      }
    },
    sets: () =>
      found.length === 0
        ? undefined
        : Object.fromEntries(found.map(({ id, entries }) => [id, entries])),
  }
}

/** Nearly every function: nothing of it is stated elsewhere. */
function hasShortLists({ hotReset, coupled }: DeviceReport): boolean {
  const { groups, unaccounted, devSet, blockers, verdicts } = hotReset
  return (
    isShort(coupled.direct) &&
    isShort(coupled.claimCost) &&
    isShort(groups) &&
    isShort(unaccounted) &&
    isShort(devSet) &&
    isShort(blockers) &&
    verdicts.every(({ reasons, requires }) => isShort(reasons) && needsFew(requires))
  )
}

function needsFew(requires: Requirement | null): boolean {
  if (requires === null) return true
  const { bind, denied = NONE, release, groups, devices } = requires
  return isShort(bind) && isShort(denied) && isShort(release) && isShort(groups) && isShort(devices)
}

const NONE: Requirement['bind'] = []

function isShort(list: Stated<readonly unknown[]>): boolean {
  return !isStated(list) || list.length <= LONGEST_IN_PLACE
}

type Share = <E extends SetEntry>(list: readonly E[]) => Shared<E>

function sharedReset(reset: HotResetReport, share: Share): HotResetDocument {
  const { groups, unaccounted, devSet, blockers, verdicts } = reset
  return {
    ...reset,
    groups: isStated(groups) ? share(groups) : groups,
    unaccounted: isStated(unaccounted) ? share(unaccounted) : unaccounted,
    devSet: isStated(devSet) ? share(devSet) : devSet,
    blockers: share(blockers),
    verdicts: verdicts.map((verdict) => sharedVerdict(verdict, share)),
  }
}

function sharedVerdict(verdict: Verdict, share: Share): VerdictDocument {
  const { reasons, requires } = verdict
  return {
    ...verdict,
    reasons: share(reasons),
    requires: requires === null ? null : sharedRequirement(requires, share),
  }
}

function sharedRequirement(requires: Requirement, share: Share): RequirementDocument {
  const { denied, ...others } = requires
  return {
    ...others,
    bind: share(requires.bind),
    ...(denied === undefined ? {} : { denied: share(denied) }),
    release: share(requires.release),
    groups: share(requires.groups),
    devices: share(requires.devices),
  }
}

/** A set that is referred to. `isWhole`: nothing is added any more. */
interface OpenSet {
  readonly id: string
  /** The function whose list came first. */
  readonly first: PciAddress
  isWhole: boolean
  entries: SetEntry[]
  /** A list that was found to be the set as it is: functions have such lists in common. */
  same: readonly SetEntry[] | null
  /** The list behind those of its functions, which was found to be the set. */
  whole: readonly unknown[] | null
}

/** The list of `self` by a set; undefined: it is another list. */
function refer<E extends SetEntry>(
  set: OpenSet,
  list: readonly E[],
  self: PciAddress,
): SetReference<E> | undefined {
  if (set.same === list) return { set: set.id }
  const whole = wholeOf(list)
  if (whole !== undefined && set.whole !== null) {
    if (whole !== set.whole) return undefined
    return whole.length === list.length ? { set: set.id } : { set: set.id, own: [] }
  }
  if (Math.abs(set.entries.length - list.length) > MOST_ABOUT_ONE) return undefined
  return set.isWhole ? referToWhole(set, list, self) : referToPart(set, list, self)
}

/** Nothing is added to a whole set, so the two are only walked together. */
function referToWhole<E extends SetEntry>(
  set: OpenSet,
  list: readonly E[],
  self: PciAddress,
): SetReference<E> | undefined {
  const { id, entries } = set
  const own: E[] = []
  const listed: SetEntry[] = []
  let rest = 0
  const passOwn = () => {
    for (let each = entries[rest]; each !== undefined && addressOf(each) === self; ) {
      listed.push(each)
      rest += 1
      each = entries[rest]
    }
  }
  for (const entry of list) {
    passOwn()
    if (addressOf(entry) === self) {
      own.push(entry)
      continue
    }
    if (!isSame(entry, entries[rest])) return undefined
    rest += 1
  }
  passOwn()
  if (rest < entries.length) return undefined
  rememberWhole(set, list)
  if (!isSameList(own, listed)) return { set: id, own }
  if (isSameList(list, entries)) set.same = list
  return { set: id }
}

function rememberWhole(set: OpenSet, list: readonly SetEntry[]): void {
  const whole = wholeOf(list)
  const isSet =
    whole?.length === set.entries.length &&
    whole.every((entry, place) => isSame(entry, set.entries[place]))
  if (whole !== undefined && isSet) set.whole = whole
}

function referToPart<E extends SetEntry>(
  set: OpenSet,
  list: readonly E[],
  self: PciAddress,
): SetReference<E> | undefined {
  const both = merge(set, list, self)
  if (both === undefined) return undefined
  const own = list.filter((entry) => addressOf(entry) === self)
  // What the set has about the function that came first can still change.
  if (self === set.first) return { set: set.id, own }
  const listed = set.entries.filter((entry) => addressOf(entry) === self)
  set.entries = both
  set.isWhole = true
  return isSameList(own, listed) ? { set: set.id } : { set: set.id, own }
}

/**
 * The entries of a set and, in their places, those of a list about the function that came first; undefined: what they say about
 * functions other than `self` differs.
 */
function merge(set: OpenSet, list: readonly SetEntry[], self: PciAddress): SetEntry[] | undefined {
  const isOwn = (entry: SetEntry) => addressOf(entry) === self
  const brings = (entry: SetEntry) => !set.isWhole && addressOf(entry) === set.first
  const entries: SetEntry[] = []
  let rest = 0
  const passOwn = () => {
    for (let own = set.entries[rest]; own !== undefined && isOwn(own); own = set.entries[rest]) {
      entries.push(own)
      rest += 1
    }
  }
  for (const entry of list) {
    if (brings(entry)) entries.push(entry)
    else passOwn()
    if (brings(entry) || isOwn(entry)) continue
    if (!isSame(entry, set.entries[rest])) return undefined
    entries.push(entry)
    rest += 1
  }
  const last = set.entries.slice(rest)
  return last.every(isOwn) ? [...entries, ...last] : undefined
}

function isSameList(a: readonly SetEntry[], b: readonly SetEntry[]): boolean {
  return a.length === b.length && a.every((entry, index) => isSame(entry, b[index]))
}

/** Entries of one list that are about one function. */
const MOST_ABOUT_ONE = 16

/** The function that an entry is about; null: none. */
function addressOf(entry: SetEntry): string | null {
  if (typeof entry === 'string') return entry
  return typeof entry === 'object' && 'address' in entry ? entry.address : null
}
