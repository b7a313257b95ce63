import { isStated, stated, statedHex } from '../document/stated.js'
import type { DeviceName, Stated } from '../document/values.js'
import type { Observed } from '../host/gap.js'
import type { PciAddress } from '../host/pci-address.js'
import type { RawHolder } from '../host/raw-host.js'
import { acsBitNames } from '../iommu/acs.js'
import type { AcsQuirkId } from '../iommu/acs-quirk-table.js'
import type { DeviceIsolation, IsolationModel } from '../iommu/analyse-isolation.js'
import { groupMembers, groupNumber } from '../iommu/groups.js'
import type { PciDevice } from '../pci/device.js'
import { predictFunctionResets } from '../pci/function-reset.js'
import { remembered } from '../text/lists.js'
import { dmaPeers } from '../vfio/dma-groups.js'
import { holdersOf } from '../vfio/holding.js'
import { type OwnReset, ownReset } from '../vfio/own-reset.js'
import type { VfioHost } from '../vfio/vfio-host.js'
import type {
  AcsReport,
  CoupledReport,
  DeviceReport,
  HolderReport,
  HotResetReport,
  IsolationReport,
  RelatedFunction,
  SriovReport,
} from './document.js'
import { hotResetReport, type ResetReporting } from './hot-reset-report.js'
import { isHostNeed, isTrouble } from './report-index.js'
import {
  deviceSummary,
  type SummaryFacts,
  type UnsummedDevice,
} from './text/device/device-summary.js'
import type { Warning } from './warning.js'
import { tellWarning } from './warning-words.js'

/** What every device report is made from. */
export interface DeviceReporting extends ResetReporting {
  readonly isolation: IsolationModel
  readonly acsOf: (device: PciDevice, quirk: AcsQuirkId | null) => AcsReport
  readonly nameOf: (device: PciDevice) => DeviceName | null
  readonly warningsOf: (address: PciAddress) => readonly Warning[]
}

/**
 * One function as `inspect --json` states it. Written out field by field: there can be thousands of these, and objects
 * that are spread take far longer to make.
 */
export function deviceReport(device: PciDevice, context: DeviceReporting): DeviceReport {
  const facts = new LazyDevice(device, context)
  return {
    address: facts.address,
    vendorId: facts.vendorId,
    deviceId: facts.deviceId,
    subsystemVendorId: facts.subsystemVendorId,
    subsystemDeviceId: facts.subsystemDeviceId,
    classCode: facts.classCode,
    revision: facts.revision,
    name: facts.name,
    header: facts.header,
    portType: facts.portType,
    parent: facts.parent,
    bus: facts.bus,
    driver: facts.driver,
    vfio: facts.vfio,
    iommuGroup: facts.iommuGroup,
    numaNode: facts.numaNode,
    sriov: facts.sriov,
    resetMethods: facts.resetMethods,
    functionResets: facts.functionResets,
    ownReset: facts.ownReset,
    acs: facts.acs,
    isolation: facts.isolation,
    state: facts.state,
    hotReset: facts.hotReset,
    coupled: facts.coupled,
    summary: facts.summary,
  }
}

/** The facts about one function that do not depend on what was asked. */
export function relatedFunction(device: PciDevice, context: DeviceReporting): RelatedFunction {
  const facts = new LazyDevice(device, context)
  return {
    address: facts.address,
    vendorId: facts.vendorId,
    deviceId: facts.deviceId,
    classCode: facts.classCode,
    name: facts.name,
    header: facts.header,
    portType: facts.portType,
    parent: facts.parent,
    driver: facts.driver,
    vfio: facts.vfio,
    iommuGroup: facts.iommuGroup,
    sriov: facts.sriov,
    acs: facts.acs,
    isolation: facts.isolation,
    state: facts.state,
  }
}

/**
 * One function of which nothing is worked out before it is asked for: of the thousands that the overview counts it shows few
 * facts.
 */
export class LazyDevice implements DeviceReport {
  readonly address: PciAddress
  private readonly device: PciDevice
  private readonly context: DeviceReporting
  private ownResetFound: Observed<OwnReset | null> | undefined
  private isolationFound: IsolationReport | undefined
  private hotResetFound: HotResetReport | undefined

  constructor(device: PciDevice, context: DeviceReporting) {
    this.device = device
    this.context = context
    this.address = device.address
  }

  get vendorId() {
    return statedHex(this.device.raw.vendorId, 4)
  }
  get deviceId() {
    return statedHex(this.device.raw.deviceId, 4)
  }
  get subsystemVendorId() {
    return statedHex(this.device.raw.subsystemVendorId, 4)
  }
  get subsystemDeviceId() {
    return statedHex(this.device.raw.subsystemDeviceId, 4)
  }
  get classCode() {
    return statedHex(this.device.raw.classCode, 6)
  }
  get revision() {
    return statedHex(this.device.raw.revision, 2)
  }
  get name() {
    return this.context.nameOf(this.device)
  }
  get header() {
    return stated(this.device.header)
  }
  get portType() {
    return stated(this.device.portType)
  }
  get parent() {
    return parentReport(this.device, this.context.host)
  }
  get bus() {
    return this.device.bus
  }
  get driver() {
    return stated(this.device.raw.driver)
  }
  get vfio() {
    return stated(this.context.host.isVfioBound(this.device))
  }
  get iommuGroup() {
    return stated(this.device.raw.iommuGroup)
  }
  get numaNode() {
    return stated(this.device.raw.numaNode)
  }
  get sriov() {
    return sriovReport(this.device, this.context.host)
  }
  get resetMethods() {
    return stated(this.device.raw.resetMethods)
  }
  get functionResets() {
    return stated(predictFunctionResets(this.device, this.context.host))
  }
  get ownReset() {
    return stated(this.observedReset)
  }
  get acs() {
    const { isolation, acsOf } = this.context
    return acsOf(this.device, isolation.quirkOf(this.address))
  }
  get isolation() {
    this.isolationFound ??= isolationReport(this.context.isolation.of(this.address))
    return this.isolationFound
  }
  get state() {
    const { raw, dead } = this.device
    return {
      power: stated(raw.power),
      enabled: stated(raw.enabled),
      dead: stated(dead),
      holders: holdersOf(this.context.host.holding, this.device).map(holder),
    }
  }
  get hotReset() {
    this.hotResetFound ??= hotResetReport(this.device, this.observedReset, this.context)
    return this.hotResetFound
  }
  get coupled() {
    return coupledReport(this.device, this.context, this.hotReset)
  }
  get summary() {
    return deviceSummary(this, summaryFacts(this, this.context))
  }

  private get observedReset() {
    this.ownResetFound ??= ownReset(this.context.host, this.device)
    return this.ownResetFound
  }
}

function isolationReport({ isolated, findings }: DeviceIsolation): IsolationReport {
  return { isolated: stated(isolated), findings }
}

function summaryFacts(
  { address, hotReset: { via } }: UnsummedDevice,
  { query, warningsOf }: DeviceReporting,
): SummaryFacts {
  const isMasked =
    isStated(via) && via !== null && warningsOf(via).some(({ kind }) => kind === 'sbr-masked')
  const warnings = warningsOf(address)
  return {
    needs: warnings.filter(isHostNeed),
    troubles: warnings.filter(isTrouble).map((warning) => tellWarning(warning).sentence),
    maskedBy: isMasked ? via : null,
    owned: query.owning.size - (query.owning.has(address) ? 1 : 0),
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

/** Ports of one make have equal registers: equal reports are one object. */
export function acsReports(): DeviceReporting['acsOf'] {
  const found = new Map<number, AcsReport>()
  return (device, quirk) => {
    const { acs } = device
    if (!acs.known || acs.value === null || quirk !== null) return acsReport(device, quirk)
    const { capability, control } = acs.value
    return remembered(found, capability * 0x10000 + control, () => acsReport(device, null))
  }
}

function acsReport({ acs }: PciDevice, quirk: AcsQuirkId | null): AcsReport {
  if (!acs.known) return { present: stated(acs), capabilities: [], enabled: [], quirk }
  if (acs.value === null) {
    return quirk === null ? NO_ACS : { present: false, capabilities: [], enabled: [], quirk }
  }
  // Some Intel ports lay the registers out as dwords, which the kernel reads (`pci_quirk_intel_spt_pch_acs`), and so do we.
  const registers = quirk === 'intel-spt-pch' ? (acs.value.wide ?? acs.value) : acs.value
  return {
    present: true,
    capabilities: acsBitNames(registers.capability),
    enabled: acsBitNames(registers.control),
    quirk,
  }
}

const NO_ACS: AcsReport = { present: false, capabilities: [], enabled: [], quirk: null }

function coupledReport(
  device: PciDevice,
  { host, addresses }: DeviceReporting,
  { affected }: HotResetReport,
): CoupledReport {
  const [world] = host.scopes.worldsOf(device).worlds
  const scope = isStated(affected) ? host.scopes.answer(device, world).scope : null
  const walked = scope?.affected ?? NOTHING
  const group = groupNumber(device)
  const isResetAlone = walked.length === 0 || (walked.length === 1 && walked[0] === device)
  const isAloneInGroup = groupMembers(host, group).every((each) => each === device.address)
  return {
    direct:
      isResetAlone && isAloneInGroup
        ? [device.address]
        : group === null
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
