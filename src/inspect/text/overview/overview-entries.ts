import { classWords, PURPOSES } from '../../../document/class-words.js'
import { isBridge } from '../../../document/function-text.js'
import { isStated } from '../../../document/stated.js'
import type { PciAddress } from '../../../host/pci-address.js'
import { groupBy } from '../../../text/lists.js'
import type { DeviceReport } from '../../document.js'
import type { ReportIndex } from '../../report-index.js'
import { type Standing, standingOf } from '../../standing.js'
import type { UnitReport } from '../../unit-report.js'
import { shownFunctions } from './shown-functions.js'

/** One line of the overview: a function, or several alike. */
export interface Entry {
  readonly devices: readonly [DeviceReport, ...DeviceReport[]]
  /** PF of folded VFs; null: folded because they are the same model, or not folded at all. */
  readonly pf: PciAddress | null
}

/** The functions of one unit. */
export interface Block {
  readonly unit: UnitReport
  readonly entries: readonly Entry[]
  /** Functions of the unit that are not shown. */
  readonly hidden: readonly DeviceReport[]
  /** Units of the very same make that are not shown. */
  readonly more: readonly Block[]
}

/** The functions of a host, sorted into what an operator looks for and what is only counted. */
export interface OverviewEntries {
  /** Functions that are a unit of their own. */
  readonly single: readonly Entry[]
  /** Those of them that others can reach without passing the IOMMU. */
  readonly sideways: readonly Entry[]
  /** Those of them of which the copy does not tell whether others go with them. */
  readonly partial: readonly Entry[]
  /** Those of them whose IOMMU group is unknown although an IOMMU is in use. */
  readonly unsettled: readonly Entry[]
  /** Those of them that the host's IOMMU leaves out: they have no group, so VFIO does not take them. */
  readonly ungrouped: readonly Entry[]
  readonly coupled: readonly Block[]
  readonly bridges: readonly DeviceReport[]
  /** Functions that are shown nowhere. */
  readonly hiddenCount: number
}

export interface EntryOptions {
  /** Show all functions, and every function on a line of its own. */
  readonly all: boolean
  /** What two functions must have in common to share a line, beside model and driver. */
  readonly likeness: (device: DeviceReport) => string
}

/** From here on, functions of one model share a line, and units of one make are shown once. */
const FOLD_FROM = 17

export function overviewEntries(index: ReportIndex, options: EntryOptions): OverviewEntries {
  const alone: Record<Standing, DeviceReport[]> = {
    single: [],
    sideways: [],
    partial: [],
    unsettled: [],
    ungrouped: [],
  }
  const blocks: Block[] = []
  let hiddenCount = 0
  const isShown = shownFunctions(index.report)
  for (const unit of index.report.units) {
    const members = unit.devices.flatMap((address) => index.devices.get(address) ?? [])
    const shown = options.all ? members : members.filter(isShown)
    const hidden = options.all ? [] : members.filter((device) => !isShown(device))
    hiddenCount += hidden.length
    if (shown.length === 0) continue
    const standing = standingOf(members, index.report.host)
    if (standing === null) blocks.push({ unit, entries: fold(shown, options), hidden, more: [] })
    else alone[standing].push(...shown)
  }
  return {
    single: fold(inOrder(alone.single), options),
    sideways: fold(inOrder(alone.sideways), options),
    partial: fold(inOrder(alone.partial), options),
    unsettled: fold(inOrder(alone.unsettled), options),
    ungrouped: fold(inOrder(alone.ungrouped), options),
    coupled: foldBlocks(blocks.sort(byFirst), options),
    bridges: index.report.devices.filter(isBridge),
    hiddenCount,
  }
}

/** The order in which an operator looks: by purpose, then by address, which the report already has. */
function inOrder(devices: readonly DeviceReport[]): DeviceReport[] {
  return [...devices].sort((a, b) => rankOf(a) - rankOf(b))
}

function rankOf({ classCode, parent }: DeviceReport): number {
  return PURPOSES.indexOf(classWords(classCode, parent === null).purpose)
}

function byFirst(a: Block, b: Block): number {
  return blockRank(a) - blockRank(b)
}

function blockRank({ entries }: Block): number {
  return Math.min(...entries.map(({ devices: [first] }) => rankOf(first)))
}

/** VFs of one PF share a line where they are alike; so do many functions of one model. */
function fold(devices: readonly DeviceReport[], { all, likeness }: EntryOptions): Entry[] {
  if (all) return devices.map((device) => ({ devices: [device], pf: null }))
  const alike = groupBy(devices, (device) =>
    [pfOf(device), modelKey(device), likeness(device)].join(' '),
  )
  const entries: Entry[] = []
  for (const group of alike.values()) {
    const pf = pfOf(group[0])
    if (pf !== null || group.length >= FOLD_FROM) entries.push({ devices: group, pf })
    else entries.push(...group.map((device): Entry => ({ devices: [device], pf: null })))
  }
  const places = new Map(devices.map((device, place) => [device, place]))
  const placeOf = ({ devices: [first] }: Entry): number => places.get(first) ?? 0
  return entries.sort((a, b) => placeOf(a) - placeOf(b))
}

function foldBlocks(blocks: readonly Block[], { all, likeness }: EntryOptions): Block[] {
  const alike = groupBy(blocks, ({ entries, hidden }) => {
    const make = entries.map(({ devices, pf }) =>
      [devices.length, pf !== null, modelKey(devices[0]), likeness(devices[0])].join(' '),
    )
    return [...make, hidden.length].join('\n')
  })
  const folded = new Set<Block>()
  const leaders = new Map<Block, readonly Block[]>()
  for (const [first, ...rest] of alike.values()) {
    if (all || rest.length + 1 < FOLD_FROM) continue
    leaders.set(first, rest)
    for (const block of rest) folded.add(block)
  }
  return blocks
    .filter((block) => !folded.has(block))
    .map((block) => ({ ...block, more: leaders.get(block) ?? [] }))
}

function pfOf({ sriov }: DeviceReport): PciAddress | null {
  return isStated(sriov) && sriov?.role === 'vf' ? sriov.pf : null
}

function modelKey(device: DeviceReport): string {
  return JSON.stringify([device.vendorId, device.deviceId, device.classCode, device.driver])
}
