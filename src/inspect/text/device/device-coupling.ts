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
    return [...title, ...paragraph(aloneText(view), style, { by: 2 }), ...absentLines(view)]
  }
  const peers = new Set(ownGroup(view))
  const affected = affectedWith(device, unit)
  const wipers = new Set(
    unit.why.flatMap(({ kind, from, to, absent }) =>
      kind === 'reset' && absent === null && to === device.address ? [from] : [],
    ),
  )
  const kinds = groupBy(others, (address) =>
    couplingKind({
      dma: peers.has(address),
      reset: affected.has(address),
      wiped: wipers.has(address),
    }),
  )
  return [
    ...title,
    ...paragraph(
      unit.kind === 'reset'
        ? `Not for hot resets: ${counted(others.length, 'other function')} ${others.length === 1 ? 'is' : 'are'} coupled with it by them. Each has its own IOMMU group, so they can go to different users; then none can be hot-reset.`
        : `No: it belongs to one user together with ${counted(others.length, 'other function')}.`,
      style,
      { by: 2 },
    ),
    ...COUPLING_KINDS.flatMap((kind) =>
      reasonLine(COUPLING_WORDS[kind], kinds.get(kind) ?? [], view),
    ),
    ...absentLines(view),
    ...costLine(view),
  ]
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

/** A function that shares no reset is independent only where an IOMMU keeps its DMA apart from all others. */
function aloneText({ device: { iommuGroup, isolation }, index }: DeviceView): string {
  const { present } = index.report.host.iommu
  if (!isStated(iommuGroup)) {
    return `A reset does not couple it with another function. Whether DMA does is not known: ${unknownGroupText(iommuGroup)}.`
  }
  if (isFakeGroup(isolation)) {
    return 'No: a reset does not couple it with another function, but nothing limits its DMA (unsafe no-IOMMU mode).'
  }
  if (iommuGroup !== null) {
    const leak = isolation.findings.find(({ kind }) => kind === 'strict-sibling-leak')
    return leak === undefined
      ? 'Yes: it shares neither an IOMMU group nor a possible hot reset with another function.'
      : 'Yes, as far as the kernel goes: it shares neither an IOMMU group nor a possible hot reset with another function. But functions below the same switch can reach it without the IOMMU.'
  }
  return present === false
    ? 'No IOMMU is active: no function of this host can be given away safely.'
    : 'It has no IOMMU group, so VFIO does not take it, and nothing limits its DMA.'
}

const COUPLING_KINDS = ['both', 'dma', 'reset', 'wiped', 'far'] as const

type CouplingKind = (typeof COUPLING_KINDS)[number]

const COUPLING_WORDS = {
  both: 'same IOMMU group, and reset together',
  dma: 'same IOMMU group, though not reset together',
  reset: 'not the same IOMMU group, but reset together',
  wiped: 'not the same IOMMU group, but its hot reset resets this function too',
  far: 'only through one of the others',
} as const satisfies Record<CouplingKind, string>

function couplingKind(by: {
  readonly dma: boolean
  readonly reset: boolean
  readonly wiped: boolean
}): CouplingKind {
  if (by.dma) return by.reset ? 'both' : 'dma'
  if (by.reset) return 'reset'
  return by.wiped ? 'wiped' : 'far'
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
  const own = (unit?.why ?? []).filter(
    ({ absent, from, to }) => absent !== null && (from === device.address || to === device.address),
  )
  const causes = new Map<keyof typeof ABSENT, Set<PciAddress>>()
  for (const { absent, from, to } of own) {
    if (absent === null) continue
    const other = from === device.address ? to : from
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
