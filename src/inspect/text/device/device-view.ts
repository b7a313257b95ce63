import { describeFunction, modelName, type NamedFacts } from '../../../document/function-text.js'
import { isStated } from '../../../document/stated.js'
import type { Stated, Unread } from '../../../document/values.js'
import type { PciAddress } from '../../../host/pci-address.js'
import type { Reason } from '../../../policy/reason.js'
import type { Verdict } from '../../../policy/verdict.js'
import type { Style } from '../../../text/style.js'
import type { DeviceReport, RelatedFunction } from '../../document.js'
import { isTrouble, type ReportIndex } from '../../report-index.js'
import type { Warning } from '../../warning.js'

/** The port above the function if it masks bus resets, so that a hot reset has no effect; null: it does not. */
export function maskingPort({ device, index }: DeviceView): PciAddress | null {
  const { via } = device.hotReset
  if (!isStated(via) || via === null) return null
  const isMasked = index.warningsOf.get(via)?.some(({ kind }) => kind === 'sbr-masked') === true
  return isMasked ? via : null
}

/** What every section about one function is made from. */
export interface DeviceView {
  readonly index: ReportIndex
  readonly device: DeviceReport
  readonly style: Style
}

/** `0000:65:00.0 (NVIDIA GA102 [GeForce RTX 3090])`, as far as it has a name. */
export function named(device: NamedFacts & Pick<DeviceReport, 'address'>): string {
  const name = modelName(device) ?? describeFunction(device)
  return `${device.address} (${name})`
}

/** Functions that the reset affects, listed by the kernel or not; empty where that is not known. */
export function affectedFunctions({ hotReset }: DeviceReport): readonly PciAddress[] {
  return [...listOf(hotReset.affected), ...listOf(hotReset.unaccounted)]
}

/** Warnings about what may not come back from the function's hot reset: itself, what is reset with it, or the port. */
export function troublesOf({ device, index }: DeviceView): readonly Warning[] {
  const { via } = device.hotReset
  const port = isStated(via) && via !== null ? [via] : []
  const met = new Set([device.address, ...affectedFunctions(device), ...port])
  return [...met].flatMap((address) => (index.warningsOf.get(address) ?? []).filter(isTrouble))
}

export function listOf<T>(value: Stated<readonly T[]>): readonly T[] {
  return isStated(value) ? value : []
}

/** Bridges from the function up to its root bus, as far as the report knows them. */
export function pathUp({ index, device }: DeviceView): readonly RelatedFunction[] {
  const path: RelatedFunction[] = [device]
  const seen = new Set<PciAddress>([device.address])
  for (let { parent } = device as RelatedFunction; isStated(parent) && parent !== null; ) {
    const bridge = seen.has(parent) ? undefined : index.functions.get(parent)
    if (bridge === undefined) break
    seen.add(parent)
    path.push(bridge)
    parent = bridge.parent
  }
  return path
}

/** Members of the function's IOMMU group; the function alone where it has none. */
export function ownGroup({ index, device }: DeviceView): readonly PciAddress[] {
  const { iommuGroup } = device
  if (!isStated(iommuGroup) || iommuGroup === null) return [device.address]
  return index.groups.get(iommuGroup)?.devices ?? [device.address]
}

/** A verdict's reasons with the short form for blockers written out. */
export function reasonsOf(
  { reasons }: Verdict,
  { hotReset }: Pick<DeviceReport, 'hotReset'>,
): readonly Reason[] {
  return reasons.flatMap((reason): readonly Reason[] =>
    reason.kind === 'blocked' ? hotReset.blockers : [reason],
  )
}

/** Reasons that no binding and no owning removes. */
export function isStructural({ kind }: Reason): boolean {
  return STRUCTURAL.has(kind)
}

const STRUCTURAL: ReadonlySet<Reason['kind']> = new Set([
  'no-reset',
  'root-bus',
  'virtual-bus',
  'no-bus-reset',
  'bridge-inside',
  'other-dev-set',
  'slot-moved',
  'vf-split',
])

/** Verdicts that this kernel would really give. */
export function realVerdicts({ hotReset }: Pick<DeviceReport, 'hotReset'>): readonly Verdict[] {
  return hotReset.verdicts.filter(({ implemented }) => implemented)
}

/** Those of them that speak of an interface which this kernel has. */
export function askable(device: Pick<DeviceReport, 'hotReset'>): readonly Verdict[] {
  return realVerdicts(device).filter(({ reasons }) =>
    reasons.every(({ kind }) => kind !== 'no-cdev'),
  )
}

/** The group was made by unsafe no-IOMMU mode. */
export function isFakeGroup({ findings }: RelatedFunction['isolation']): boolean {
  return findings.some(({ kind }) => kind === 'fake-iommu-group')
}

/** Why the group of a function is unknown, as a clause. */
export function unknownGroupText({ unknown }: Unread): string {
  return unknown === 'pending'
    ? 'it gets its IOMMU group when a driver is first bound'
    : 'its IOMMU group was not read'
}
