import { isStated, stated, statedHex } from '../document/stated.js'
import type { DeviceName, Stated } from '../document/values.js'
import type { PciAddress } from '../host/pci-address.js'
import type { RawHolder } from '../host/raw-host.js'
import { acsBitNames } from '../iommu/acs.js'
import type { AcsQuirkId } from '../iommu/acs-quirk-table.js'
import type { IsolationModel } from '../iommu/analyse-isolation.js'
import { groupNumber } from '../iommu/groups.js'
import type { PciDevice } from '../pci/device.js'
import { predictFunctionResets } from '../pci/function-reset.js'
import { dmaPeers } from '../vfio/dma-groups.js'
import { holdersOf } from '../vfio/holding.js'
import { ownReset } from '../vfio/own-reset.js'
import type { VfioHost } from '../vfio/vfio-host.js'
import type {
  AcsReport,
  CoupledReport,
  DeviceReport,
  HolderReport,
  HotResetReport,
  RelatedFunction,
  SriovReport,
} from './document.js'
import { hotResetReport, type ResetQuery, type SharedAnswers } from './hot-reset-report.js'
import { isHostNeed, isTrouble } from './report-index.js'
import {
  deviceSummary,
  type SummaryFacts,
  type UnsummedDevice,
} from './text/device/device-summary.js'
import type { Warning } from './warning.js'
import { tellWarning } from './warning-words.js'

/** What every device report is made from. */
export interface DeviceReporting extends SharedAnswers {
  readonly host: VfioHost
  readonly isolation: IsolationModel
  readonly query: ResetQuery
  readonly nameOf: (device: PciDevice) => DeviceName | null
  readonly warningsOf: (address: PciAddress) => readonly Warning[]
}

/**
 * One function as `inspect --json` states it. Written out field by field: there can be thousands of these, and objects
 * that are spread take far longer to make.
 */
export function deviceReport(device: PciDevice, context: DeviceReporting): DeviceReport {
  const { host, query } = context
  const { raw } = device
  const related = relatedFunction(device, context)
  const hotReset = hotResetReport(host, device, query, context)
  const report: UnsummedDevice = {
    address: related.address,
    vendorId: related.vendorId,
    deviceId: related.deviceId,
    subsystemVendorId: statedHex(raw.subsystemVendorId, 4),
    subsystemDeviceId: statedHex(raw.subsystemDeviceId, 4),
    classCode: related.classCode,
    revision: statedHex(raw.revision, 2),
    name: related.name,
    header: related.header,
    portType: related.portType,
    parent: related.parent,
    bus: device.bus,
    driver: related.driver,
    vfio: related.vfio,
    iommuGroup: related.iommuGroup,
    numaNode: stated(raw.numaNode),
    sriov: related.sriov,
    resetMethods: stated(raw.resetMethods),
    functionResets: stated(predictFunctionResets(device, host)),
    ownReset: stated(ownReset(host, device)),
    acs: related.acs,
    isolation: related.isolation,
    state: related.state,
    hotReset,
    coupled: coupledReport(device, context, hotReset),
  }
  return Object.assign(report, { summary: deviceSummary(report, summaryFacts(report, context)) })
}

function summaryFacts(
  { address, hotReset: { via } }: UnsummedDevice,
  { query, warningsOf }: DeviceReporting,
): SummaryFacts {
  const isMasked =
    isStated(via) && via !== null && warningsOf(via).some(({ kind }) => kind === 'sbr-masked')
  return {
    needs: warningsOf(address).filter(isHostNeed),
    troubles: warningsOf(address)
      .filter(isTrouble)
      .map((warning) => tellWarning(warning).sentence),
    maskedBy: isMasked ? via : null,
    owned: query.owning.size - (query.owning.has(address) ? 1 : 0),
  }
}

/** The facts about one function that do not depend on what was asked. */
export function relatedFunction(
  device: PciDevice,
  { host, isolation, nameOf }: DeviceReporting,
): RelatedFunction {
  const { raw } = device
  const found = isolation.of(device.address)
  return {
    address: device.address,
    vendorId: statedHex(raw.vendorId, 4),
    deviceId: statedHex(raw.deviceId, 4),
    classCode: statedHex(raw.classCode, 6),
    name: nameOf(device),
    header: stated(device.header),
    portType: stated(device.portType),
    parent: parentReport(device, host),
    driver: stated(raw.driver),
    vfio: stated(host.isVfioBound(device)),
    iommuGroup: stated(raw.iommuGroup),
    sriov: sriovReport(device, host),
    acs: acsReport(device, isolation.quirkOf(device.address)),
    isolation: { isolated: stated(found.isolated), findings: found.findings },
    state: {
      power: stated(raw.power),
      enabled: stated(raw.enabled),
      dead: stated(device.dead),
      holders: holdersOf(host.holding, device).map(holder),
    },
  }
}

/** A bridge that is not part of the copy is none that is not there. */
function parentReport(
  { parent, bus }: PciDevice,
  { topology }: VfioHost,
): Stated<PciAddress | null> {
  return topology.byBus.get(bus)?.kind === 'unseen' ? { unknown: 'not-captured' } : parent
}

function sriovReport(device: PciDevice, host: VfioHost): Stated<SriovReport | null> {
  const { physfn, virtfns, sriovTotal } = device.raw
  if (!physfn.known) return stated(physfn)
  if (physfn.value !== null) {
    const siblings = host.topology.byAddress.get(physfn.value)?.raw.virtfns ?? []
    const index = siblings.indexOf(device.address)
    return { role: 'vf', pf: physfn.value, index: index < 0 ? { unknown: 'not-captured' } : index }
  }
  const total = stated(sriovTotal)
  if (isStated(total) && total === null && virtfns.length === 0) return null
  if (!isStated(total) && virtfns.length === 0) return total
  return { role: 'pf', vfs: virtfns, total }
}

function acsReport({ acs }: PciDevice, quirk: AcsQuirkId | null): AcsReport {
  if (!acs.known) return { present: stated(acs), capabilities: [], enabled: [], quirk }
  if (acs.value === null) return { present: false, capabilities: [], enabled: [], quirk }
  // Some Intel ports lay the registers out as dwords, which the kernel reads (`pci_quirk_intel_spt_pch_acs`), and so do we.
  const registers = quirk === 'intel-spt-pch' ? (acs.value.wide ?? acs.value) : acs.value
  return {
    present: true,
    capabilities: acsBitNames(registers.capability),
    enabled: acsBitNames(registers.control),
    quirk,
  }
}

function coupledReport(
  device: PciDevice,
  { host, addresses }: DeviceReporting,
  { affected }: HotResetReport,
): CoupledReport {
  const [world] = host.scopes.worldsOf(device).worlds
  const scope = isStated(affected) ? host.scopes.answer(device, world).scope : null
  const walked = scope?.affected ?? NOTHING
  const group = groupNumber(device)
  return {
    direct:
      group === null
        ? together(walked, [device], host)
        : addresses.ofBoth(walked, group, () => together(walked, dmaPeers(host, device), host)),
    claimCost: addresses.of(host.claimCostOf(walked)),
  }
}

const NOTHING: readonly PciDevice[] = []

function together(
  walked: readonly PciDevice[],
  peers: readonly PciDevice[],
  { topology: { rank } }: VfioHost,
): readonly PciAddress[] {
  const all = [...new Set([...walked, ...peers])].sort((a, b) => rank(a) - rank(b))
  return all.map(({ address }) => address)
}

export function holder({ pid, command, target }: RawHolder): HolderReport {
  return { pid, command, what: target }
}
