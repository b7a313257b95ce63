import { comparePciAddress, type PciAddress } from '../host/pci-address.js'

/** What is told of several functions to each other: a function gets all of it but what is told of itself. */
export interface ListOfOthers<E> {
  readonly entries: readonly E[]
  readonly ofFunction: ReadonlyMap<PciAddress, Stretch>
}

interface Stretch {
  readonly start: number
  readonly end: number
}

/** The list that one function got. */
export interface Told<E> {
  readonly self: PciAddress
  readonly list: readonly E[]
}

/** The list behind what two functions were told, in the order of addresses; null: they were told different things about others. */
export function listOfOthers<E extends object>(
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
  return ofFunction === null ? null : { entries, ofFunction }
}

function isAbout<E extends object>(entry: E | undefined, address: PciAddress): entry is E {
  return entry !== undefined && addressOf(entry) === address
}

/** What a function is told. */
export function withoutOwn<E>(
  { entries, ofFunction }: ListOfOthers<E>,
  self: PciAddress,
): readonly E[] {
  const own = ofFunction.get(self)
  if (own === undefined) return entries
  return entries.slice(0, own.start).concat(entries.slice(own.end))
}

/** null: what is told of one function does not stand together. */
function stretches(entries: readonly object[]): Map<PciAddress, Stretch> | null {
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

function addressOf(entry: object): PciAddress | null {
  return 'address' in entry ? (entry as { readonly address: PciAddress | null }).address : null
}
