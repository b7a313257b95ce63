import { isStated } from '../document/stated.js'
import type { PciAddress } from '../host/pci-address.js'
import type { HostNeed } from '../host/raw-host.js'
import { isVital, possibleNeed, type UnreadNeed, unreadNeeds } from '../plan/host-use.js'
import type { Loss, NeedLoss, PlannedStep } from '../plan/step.js'
import type { Verdict } from '../policy/verdict.js'
import type { DeviceReport, RelatedFunction } from './document.js'
import { isAboutNeed, isHostNeed, type ReportIndex } from './report-index.js'

/** What would have to be done to the host so that verdicts become `permitted`: what a plan of `preflight` would do, as far as a document tells. */
export interface Remedy {
  /** Functions to be bound to vfio-pci; PFs are freed of their VFs first. */
  readonly bind: readonly PlannedStep[]
  /** Members of the group that the reset does not touch: they must leave their drivers. */
  readonly release: readonly PlannedStep[]
  /** Functions that the host cannot do without, so that no step takes them from it. */
  readonly kept: readonly PciAddress[]
  /** Functions that vfio-pci refuses by its denylist. */
  readonly denied: readonly PciAddress[]
  /** VFs that go with their PF's driver. */
  readonly lost: readonly PciAddress[]
}

export function remedyOf(
  device: DeviceReport,
  verdicts: readonly Verdict[],
  index: ReportIndex,
): Remedy {
  const wanted = new Set(verdicts.flatMap(({ requires }) => requires?.bind ?? []))
  const left = new Set(verdicts.flatMap(({ requires }) => requires?.release ?? []))
  const lost = new Set([...wanted].flatMap((address) => virtualFunctionsOf(address, index)))
  const bound = [...wanted].filter((address) => !lost.has(address))
  const released = [...left].filter((address) => !wanted.has(address))
  const isFree = (address: PciAddress): boolean =>
    !isUnsure(address, index) &&
    !(index.warningsOf.get(address) ?? []).some(
      (warning) => isAboutNeed(warning) && !(isHostNeed(warning) && !isVital(warning.kind)),
    )
  const denied = verdicts.flatMap(({ requires }) => requires?.denied ?? [])
  const isDenied = (address: PciAddress): boolean => denied.includes(address)
  return {
    denied: bound.filter(isDenied),
    bind: bound
      .filter((address) => isFree(address) && !isDenied(address))
      .flatMap((address) => bindSteps(address, index)),
    release: [
      ...released.filter(isFree).flatMap((address) => unbindSteps(address, index)),
      ...strangers(device),
    ],
    kept: [...bound, ...released].filter((address) => !isFree(address)),
    lost: [...lost],
  }
}

/** Whether something may rest on a function by lists that were not read. What no driver has carries nothing. */
function isUnsure(address: PciAddress, index: ReportIndex): boolean {
  return unreadOf(address, index).length > 0
}

/** Lists that were not read, and would tell whether the host needs the function. */
export function unreadListsOf(address: PciAddress, index: ReportIndex): readonly string[] {
  return unreadOf(address, index).map(({ path }) => path)
}

function unreadOf(address: PciAddress, index: ReportIndex): readonly UnreadNeed[] {
  const found = index.functions.get(address)
  if (found === undefined || found.vfio === true || found.driver === null) return []
  const { classCode } = found
  const base = isStated(classCode) ? Number.parseInt(classCode.slice(0, 2), 16) : null
  return unreadNeeds(base, index.report.gaps)
}

/** Switches the VFs of a PF off. */
export function disableVfs(pf: PciAddress, index: ReportIndex): PlannedStep {
  const vfs = virtualFunctionsOf(pf, index)
  const losses: readonly Loss[] = [{ kind: 'vfs', vfs }, ...lossesOf(pf, index)]
  return { step: { do: 'disable-vfs', device: pf, vfs }, losses }
}

/** A PF with VFs cannot be bound: they go first. */
function bindSteps(device: PciAddress, index: ReportIndex): readonly PlannedStep[] {
  const found = index.functions.get(device)
  const [from, ids] = found === undefined ? [null, null] : [driverOf(found), idsOf(found)]
  const losses = lossesOf(device, index)
  const bind: PlannedStep = { step: { do: 'bind', device, from, ids }, losses }
  return virtualFunctionsOf(device, index).length === 0 ? [bind] : [disableVfs(device, index), bind]
}

function unbindSteps(device: PciAddress, index: ReportIndex): readonly PlannedStep[] {
  const found = index.functions.get(device)
  const from = found === undefined ? null : driverOf(found)
  if (from === null) return []
  return [{ step: { do: 'unbind', device, from }, losses: lossesOf(device, index) }]
}

/** Members of the group that are no PCI functions. */
function strangers({ hotReset }: DeviceReport): readonly PlannedStep[] {
  const found = new Map<string, PlannedStep>()
  for (const { reasons } of hotReset.verdicts) {
    for (const reason of reasons) {
      if (reason.kind !== 'group-not-viable' || reason.address !== null) continue
      const { member: name, driver: from, group } = reason
      const step = { do: 'unbind-other', device: null, group, name, from } as const
      found.set(name, { step, losses: [{ kind: 'driver', driver: from, names: [name] }] })
    }
  }
  return [...found.values()]
}

function lossesOf(address: PciAddress, index: ReportIndex): readonly Loss[] {
  const needs = needsOf(address, index).map(
    ({ kind: need, detail }): NeedLoss => ({ kind: 'host-need', need, detail }),
  )
  return [...needs, ...unreadOf(address, index).map(possibleNeed)]
}

function needsOf(address: PciAddress, { warningsOf }: ReportIndex): readonly HostNeed[] {
  return (warningsOf.get(address) ?? []).filter(isHostNeed)
}

function virtualFunctionsOf(address: PciAddress, { functions }: ReportIndex) {
  const sriov = functions.get(address)?.sriov
  return sriov !== undefined && isStated(sriov) && sriov?.role === 'pf' ? sriov.vfs : []
}

function driverOf({ driver }: RelatedFunction): string | null {
  return isStated(driver) ? driver : null
}

function idsOf({ vendorId, deviceId }: RelatedFunction): string | null {
  return isStated(vendorId) && isStated(deviceId) ? `${vendorId}:${deviceId}` : null
}
