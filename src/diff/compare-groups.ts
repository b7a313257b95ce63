import { isKnownAs } from '../host/gap.js'
import type { PciAddress } from '../host/pci-address.js'
import type { RawGroup } from '../host/raw-host.js'
import { bridgesAbove } from '../pci/bridges-above.js'
import type { PciDevice } from '../pci/device.js'
import type { DiffCause, GroupChange } from './change.js'
import {
  type Comparison,
  groupOf,
  kernelCause,
  parameterCause,
  registerCause,
} from './comparison.js'
import type { Pair } from './match-functions.js'

/** Groups of both hosts that have functions in common, all of them together. */
interface Overlap {
  readonly before: Set<RawGroup>
  readonly after: Set<RawGroup>
  readonly pairs: Pair[]
}

/** Groups that joined, split, or came and went. Numbers play no part: groups are the same by what is in them. */
export function compareGroups(comparison: Comparison): readonly GroupChange[] {
  const moved = overlaps(comparison).flatMap((overlap) => overlapChange(overlap, comparison))
  return [
    ...moved,
    ...oneSided('groups-lost', comparison),
    ...oneSided('groups-gained', comparison),
  ]
}

/** Functions that have a group on both sides, put together where a group of either side holds both. */
function overlaps({ before, after, matching }: Comparison): readonly Overlap[] {
  const found = new Map<RawGroup, Overlap>()
  for (const pair of matching.pairs) {
    const was = groupOf(before, pair.before)
    const is = groupOf(after, pair.after)
    if (was === null || is === null) continue
    const one = found.get(was)
    const other = found.get(is)
    const into = one ?? other ?? { before: new Set(), after: new Set(), pairs: [] }
    into.before.add(was)
    into.after.add(is)
    into.pairs.push(pair)
    if (one !== undefined && other !== undefined && one !== other) merge(one, other)
    for (const group of [...into.before, ...into.after]) found.set(group, into)
  }
  return [...new Set(found.values())]
}

function merge(into: Overlap, from: Overlap): void {
  for (const group of from.before) into.before.add(group)
  for (const group of from.after) into.after.add(group)
  into.pairs.push(...from.pairs)
}

function overlapChange(overlap: Overlap, comparison: Comparison): readonly GroupChange[] {
  const { before, after, pairs } = overlap
  if (before.size === 1 && after.size === 1) return []
  const kind =
    after.size === 1 ? 'groups-joined' : before.size === 1 ? 'groups-split' : 'groups-rearranged'
  const devices = pairs.map((pair) => pair.after.address).sort()
  return [
    {
      kind,
      devices,
      before: memberLists(before),
      after: memberLists(after),
      hostNeeds: kind === 'groups-split' ? [] : needsOf(after, comparison),
      cause: groupCause(pairs, comparison),
    },
  ]
}

function memberLists(groups: ReadonlySet<RawGroup>): readonly (readonly PciAddress[])[] {
  return [...groups].map(({ devices }) => devices).sort(([a = ''], [b = '']) => (a < b ? -1 : 1))
}

function needsOf(groups: ReadonlySet<RawGroup>, { after }: Comparison): GroupChange['hostNeeds'] {
  const members = new Set([...groups].flatMap((group) => group.devices))
  return after.raw.hostNeeds.filter(({ address }) => members.has(address))
}

/**
 * Nearest cause first: a register or quirk of a function that decides (a member, or a bridge above one), a parameter, a member
 * that came, went or moved. The kernel is named only where all registers were read and are the same.
 */
function groupCause(pairs: readonly Pair[], comparison: Comparison): DiffCause | null {
  const deciding = decidingPairs(pairs, comparison)
  for (const pair of deciding) {
    const cause = registerCause(pair, comparison)
    if (cause !== null) return cause
  }
  const moved = pairs.find(({ before, after }) => before.address !== after.address)
  const parameter = parameterCause(comparison)
  if (parameter !== null) return parameter
  if (moved !== undefined)
    return { kind: 'function-changed', at: moved.after.address, how: 'moved' }
  const isRead = deciding.every(({ before, after }) => isAcsRead(before) && isAcsRead(after))
  return isRead ? kernelCause(comparison) : null
}

/** Of a single endpoint ACS decides nothing, and it is not read. */
function isAcsRead({ acs, header }: PciDevice): boolean {
  return acs.known || isKnownAs(header, 'normal')
}

function decidingPairs(pairs: readonly Pair[], { after, matching }: Comparison): readonly Pair[] {
  const found = new Set<Pair>()
  for (const pair of pairs) {
    for (const bridge of bridgesAbove(pair.after, after.topology)) {
      const same = matching.pairOf(bridge.address)
      if (same !== undefined) found.add(same)
    }
    found.add(pair)
  }
  const { rank } = after.topology
  return [...found].sort((a, b) => rank(a.after) - rank(b.after))
}

/** Functions whose group is gone altogether, or that got one: an IOMMU was switched off or on. */
function oneSided(
  kind: 'groups-lost' | 'groups-gained',
  comparison: Comparison,
): readonly GroupChange[] {
  const isLost = kind === 'groups-lost'
  const pairs = comparison.matching.pairs.filter(({ before, after }) => {
    const [grouped, bare] = isLost ? [before, after] : [after, before]
    const { iommuGroup } = bare.raw
    return hasGroup(grouped) && isKnownAs(iommuGroup, null)
  })
  if (pairs.length === 0) return []
  const side = isLost ? comparison.before : comparison.after
  const groups = new Set(
    pairs.flatMap((pair) => groupOf(side, isLost ? pair.before : pair.after) ?? []),
  )
  return [
    {
      kind,
      devices: pairs.map(({ after }) => after.address),
      before: isLost ? memberLists(groups) : [],
      after: isLost ? [] : memberLists(groups),
      hostNeeds: [],
      cause: parameterCause(comparison) ?? kernelCause(comparison),
    },
  ]
}

function hasGroup({ raw: { iommuGroup } }: PciDevice): boolean {
  return iommuGroup.known && iommuGroup.value !== null
}
