import { comparePciAddress, type PciAddress } from '../host/pci-address.js'
import { remembered } from '../text/lists.js'
import type { Reason } from './reason.js'

/** What is told of several functions to each other: a function gets all of it but what is told of itself. */
export interface ListOfOthers<E extends Reason> {
  readonly entries: readonly E[]
  /** The same object for all lists with these entries. */
  readonly whole: readonly Reason[]
  readonly ofFunction: ReadonlyMap<PciAddress, Stretch>
}

interface Stretch {
  readonly start: number
  readonly end: number
}

/** The list that one function got. */
export interface Told<E extends Reason> {
  readonly self: PciAddress
  readonly list: readonly E[]
}

/** The list behind what two functions were told, in the order of addresses; null: they were told different things about others. */
export function listOfOthers<E extends Reason>(
  one: Told<E>,
  other: Told<E>,
): ListOfOthers<E> | null {
  const [first, second] = comparePciAddress(one.self, other.self) < 0 ? [one, other] : [other, one]
  const entries: E[] = []
  let place = 0
  for (const entry of first.list) {
    // Of the first the second alone was told.
    for (let each = second.list[place]; isAbout(each, first.self); each = second.list[place]) {
      entries.push(each)
      place += 1
    }
    entries.push(entry)
    if (isAbout(entry, second.self)) continue
    if (entry !== second.list[place]) return null
    place += 1
  }
  const rest = second.list.slice(place)
  if (!rest.every((each) => isAbout(each, first.self))) return null
  entries.push(...rest)
  const ofFunction = stretches(entries)
  return ofFunction === null ? null : { entries, whole: oneFor(entries), ofFunction }
}

/** What a function is told. */
export function withoutOwn<E extends Reason>(
  { entries, whole, ofFunction }: ListOfOthers<E>,
  self: PciAddress,
): readonly E[] {
  const own = ofFunction.get(self)
  const list =
    own === undefined ? entries : entries.slice(0, own.start).concat(entries.slice(own.end))
  if (list.length >= MANY) WHOLES.set(list, whole)
  return list
}

/**
 * What this list was made of, by leaving out what is told of one function, if there is any: the same object where it was the same.
 * undefined: the list is short, or was not made so.
 */
export function wholeOf(list: readonly unknown[]): readonly Reason[] | undefined {
  return list.length < MANY ? undefined : WHOLES.get(list)
}

/** Shorter ones are looked through as soon. */
const MANY = 64

const WHOLES = new WeakMap<readonly unknown[], readonly Reason[]>()

function isAbout<E extends Reason>(entry: E | undefined, address: PciAddress): entry is E {
  return entry !== undefined && addressOf(entry) === address
}

/** null: what is told of one function does not stand together. */
function stretches(entries: readonly Reason[]): Map<PciAddress, Stretch> | null {
  const found = new Map<PciAddress, Stretch>()
  for (const [place, entry] of entries.entries()) {
    const address = addressOf(entry)
    if (address === null) continue
    const before = found.get(address)
    if (before !== undefined && before.end !== place) return null
    found.set(address, { start: before?.start ?? place, end: place + 1 })
  }
  return found
}

function addressOf(entry: Reason): PciAddress | null {
  return 'address' in entry ? entry.address : null
}

/** Policies and situations have many lists in common. */
function oneFor(entries: readonly Reason[]): readonly Reason[] {
  const [head] = entries
  if (head === undefined) return entries
  const alike = remembered(BY_HEAD, head, () => [])
  const same = alike.find((each) => isSameList(each, entries))
  if (same === undefined) alike.push(entries)
  return same ?? entries
}

const BY_HEAD = new WeakMap<Reason, (readonly Reason[])[]>()

function isSameList(one: readonly Reason[], other: readonly Reason[]): boolean {
  return one.length === other.length && one.every((entry, place) => entry === other[place])
}
