import { isBridge } from '../../../document/function-text.js'
import { isStated } from '../../../document/stated.js'
import type { PciAddress } from '../../../host/pci-address.js'
import { counted, some } from '../../../text/english.js'
import { bullet, heading, paragraph } from '../../../text/layout.js'
import { groupBy } from '../../../text/lists.js'
import type { Unit } from '../../../vfio/units.js'
import type { DeviceReport } from '../../document.js'
import {
  affectedFunctions,
  type DeviceView,
  isFakeGroup,
  ownGroup,
  unknownGroupText,
} from './device-view.js'

/** With whom the function cannot be used independently, and by what. */
export function couplingLines(view: DeviceView): string[] {
  const { device, index, style } = view
  const unit = index.unitOf.get(device.address)
  if (unit === undefined || isBridge(device)) return []
  const others = unit.devices.filter((address) => address !== device.address)
  const title = heading('Can it be used independently?', style)
  if (others.length === 0) {
    return [
      ...title,
      ...paragraph(aloneText(view), style, { by: 2 }),
      ...absentLines(view),
      ...goneLine(view),
    ]
  }
  const affected = affectedWith(device, unit)
  const wipers = new Set(
    unit.why.flatMap(({ kind, from, to, absent }) =>
      kind === 'reset' && absent === null && to === device.address ? [from] : [],
    ),
  )
  const kinds = groupBy(others, (address) =>
    couplingKind({
      group: groupWith(view, address),
      reset: affected.has(address),
      wiped: wipers.has(address),
    }),
  )
  return [
    ...title,
    ...paragraph(togetherText(view, others), style, { by: 2 }),
    ...COUPLING_KINDS.flatMap((kind) =>
      reasonLine(COUPLING_WORDS[kind], kinds.get(kind) ?? [], view),
    ),
    ...absentLines(view),
    ...costLine(view),
    ...goneLine(view),
  ]
}

/** VFs are there only as long as the PF keeps the driver that made them. */
function goneLine({ device: { driver, sriov, hotReset }, style }: DeviceView): string[] {
  const isLeaving = isStated(driver) && driver !== null && hotReset.assumed.length > 0
  if (!isLeaving || !isStated(sriov) || sriov?.role !== 'pf' || sriov.vfs.length === 0) return []
  const [first] = sriov.vfs
  const [vfs, one] = [counted(sriov.vfs.length, 'VF'), `one of them, such as ${first},`]
  return bullet(
    `Its ${vfs} ${sriov.vfs.length === 1 ? 'goes' : 'go'} once it leaves ${driver}, and whoever uses ${sriov.vfs.length === 1 ? 'it' : 'them'}: ${some(sriov.vfs, LISTED_INSIDE)}. A VM that is to have a part of it gets ${one} instead.`,
    style,
  )
}

/** What its reset affects; where not all of that is known, what its reset affects for certain if there is one. */
function affectedWith(device: DeviceReport, { why }: Unit): ReadonlySet<PciAddress> {
  if (isStated(device.hotReset.affected)) return new Set(affectedFunctions(device))
  const edges = why.filter(({ kind, absent }) => kind === 'reset' && absent === null)
  const hubs = new Set(
    edges.flatMap(({ from, to }) => ([from, to].includes(device.address) ? [from] : [])),
  )
  return new Set(edges.flatMap(({ from, to }) => (hubs.has(from) ? [from, to] : [])))
}

/** Only the members of one group have to go together; what a reset alone couples can be split. */
function togetherText(view: DeviceView, others: readonly PciAddress[]): string {
  const { device, index } = view
  const peers = others.filter((address) => groupWith(view, address) === 'same')
  const more = others.length - peers.length
  if (peers.length > 0) {
    const belongs = `No: it belongs to one user together with ${counted(peers.length, 'other function')}`
    return more === 0
      ? `${belongs}.`
      : `${belongs} of its IOMMU group, and hot resets couple these with ${more} more.`
  }
  const coupled = `${counted(more, 'other function')} ${more === 1 ? 'is' : 'are'} coupled with it by them`
  if (
    isStated(device.iommuGroup) &&
    (device.iommuGroup === null || isFakeGroup(device.isolation))
  ) {
    return `${lackText(view)} Hot resets: ${coupled}.`
  }
  if ([device.address, ...others].some((address) => !isGroupRead(view, address))) {
    return `Not for hot resets: ${coupled}. Whether they can go to different users is unknown: not all of their IOMMU groups were read.`
  }
  const apart =
    index.unitOf.get(device.address)?.kind === 'reset'
      ? 'Each has its own IOMMU group, so they can go to different users'
      : 'Its IOMMU group holds it alone, so it can go to a user of its own'
  return `Not for hot resets: ${coupled}. ${apart}; then none can be hot-reset.`
}

function isGroupRead({ device, index }: DeviceView, address: PciAddress): boolean {
  const each = address === device.address ? device : index.functions.get(address)
  return each !== undefined && isStated(each.iommuGroup)
}

/** Whether the function shares its group with another one; `unread`: a group of the two was not read. */
function groupWith(view: DeviceView, other: PciAddress): SharedGroup {
  const { device } = view
  if (ownGroup(view).includes(other)) return 'same'
  if (!isGroupRead(view, device.address) || !isGroupRead(view, other)) return 'unread'
  return device.iommuGroup === null ? 'none' : 'apart'
}

type SharedGroup = 'same' | 'apart' | 'unread' | 'none'

/** A function that shares no reset is independent only where an IOMMU keeps its DMA apart from all others. */
function aloneText(view: DeviceView): string {
  const { iommuGroup, isolation } = view.device
  if (!isStated(iommuGroup)) {
    return isStated(view.device.parent)
      ? `A reset does not couple it with another function. Whether DMA does is not known: ${unknownGroupText(iommuGroup)}.`
      : `Unknown: ${unknownGroupText(iommuGroup)}, nor was the bridge above it.`
  }
  if (isFakeGroup(isolation)) {
    return 'No: a reset does not couple it with another function, but nothing limits its DMA (unsafe no-IOMMU mode).'
  }
  return iommuGroup === null ? lackText(view) : groupedText(view)
}

/** The only one of its unit, in a group. */
function groupedText(view: DeviceView): string {
  const { isolation, parent } = view.device
  if (!isStated(isolation.isolated)) {
    return 'Unknown: whether others share its IOMMU group was not read, since the copy holds a part of the host only.'
  }
  if (!isStated(parent)) {
    return 'Yes, by its IOMMU group, which holds it alone. Whether a hot reset couples it with another function is unknown: the bridge above it was not read.'
  }
  if (isolation.isolated === false) {
    const strangers = strangersOf(view)
    if (strangers.length > 0) {
      return `No: its IOMMU group also holds ${some(strangers, LISTED_INSIDE)}, and goes to one user as a whole.`
    }
    return 'Yes: its IOMMU group holds nothing else that can be given away, bridges stay with the host, and it shares a possible hot reset with no other function.'
  }
  const leak = isolation.findings.find(({ kind }) => kind === 'strict-sibling-leak')
  return leak === undefined
    ? 'Yes: it shares neither an IOMMU group nor a possible hot reset with another function.'
    : 'Yes, as far as the kernel goes: it shares neither an IOMMU group nor a possible hot reset with another function. But functions below the same switch can reach it without the IOMMU.'
}

/** Members of its group that are no functions of the copy. */
function strangersOf(view: DeviceView): readonly string[] {
  const { device, index } = view
  const group = isStated(device.iommuGroup) ? index.groups.get(device.iommuGroup ?? -1) : undefined
  const unseen = ownGroup(view).filter((address) => !index.functions.has(address))
  return [...unseen, ...(group?.others ?? [])]
}

/** What a function without a group is. */
function lackText({ index, device: { iommuGroup } }: DeviceView): string {
  if (iommuGroup !== null) return 'No: nothing limits its DMA (unsafe no-IOMMU mode).'
  return index.report.host.iommu.present === false
    ? 'No IOMMU is active: no function of this host can be given away safely.'
    : 'It has no IOMMU group, so VFIO does not take it, and nothing limits its DMA.'
}

const COUPLING_KINDS = ['both', 'dma', 'reset', 'wiped', 'unread', 'bare', 'far'] as const

type CouplingKind = (typeof COUPLING_KINDS)[number]

const COUPLING_WORDS = {
  both: 'same IOMMU group, and reset together',
  dma: 'same IOMMU group, though not reset together',
  reset: 'not the same IOMMU group, but reset together',
  wiped: 'not the same IOMMU group, but its hot reset resets this function too',
  unread: 'reset together; whether they share an IOMMU group is unknown',
  bare: 'reset together',
  far: 'only through one of the others',
} as const satisfies Record<CouplingKind, string>

function couplingKind({
  group,
  reset,
  wiped,
}: {
  readonly group: SharedGroup
  readonly reset: boolean
  readonly wiped: boolean
}): CouplingKind {
  if (group === 'same') return reset ? 'both' : 'dma'
  if (!reset && !wiped) return 'far'
  if (group === 'unread') return 'unread'
  if (group === 'none') return 'bare'
  return reset ? 'reset' : 'wiped'
}

/** Beyond this many, functions are counted. */
const LISTED = 24

function reasonLine(
  title: string,
  functions: readonly PciAddress[],
  { style }: DeviceView,
): string[] {
  return functions.length === 0 ? [] : bullet(`${title}: ${some(functions, LISTED)}`, style)
}

const ABSENT = {
  'bridge-inside': 'a bridge is affected too, so VFIO never permits that reset',
  'vf-split':
    'this kernel keeps PF and VFs in dev_sets of their own, so VFIO never permits that reset',
  'no-bus-reset': 'the kernel exempts the bus from resets',
} as const

/** Edges that would couple if the reset could ever be permitted. */
function absentLines({ device, index, style }: DeviceView): string[] {
  const unit = index.unitOf.get(device.address)
  const own = (unit?.why ?? []).flatMap(({ kind, absent, from, to }) => {
    const isOwn = kind === 'reset' && (from === device.address || to === device.address)
    return isOwn ? [{ absent, other: from === device.address ? to : from }] : []
  })
  // What was not read can leave it open whether the reset exists.
  const coupled = new Set(own.flatMap(({ absent, other }) => (absent === null ? [other] : [])))
  const causes = new Map<keyof typeof ABSENT, Set<PciAddress>>()
  for (const { absent, other } of own) {
    if (absent === null || coupled.has(other)) continue
    causes.set(absent, (causes.get(absent) ?? new Set()).add(other))
  }
  return [...causes].flatMap(([absent, others]) =>
    bullet(
      `A shared reset does not couple it with ${some([...others], LISTED_INSIDE)}: ${ABSENT[absent]}.`,
      style,
    ),
  )
}

/** The same inside a sentence. */
const LISTED_INSIDE = 4

/** What nobody else could use once somebody had claimed all that the reset affects, group by group. */
function costLine({ device, style }: DeviceView): string[] {
  const { claimCost } = device.coupled
  const affected = new Set(affectedFunctions(device))
  const beyond = claimCost.filter((address) => !affected.has(address))
  if (beyond.length === 0) return []
  return bullet(
    `Owning the groups of all that the reset affects also takes ${counted(beyond.length, 'function')} that it does not affect: ${some(beyond, LISTED_INSIDE)}.`,
    style,
  )
}
