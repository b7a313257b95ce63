import { isStated, stated, statedHex } from '../document/stated.js'
import type { DeviceName, Stated } from '../document/values.js'
import type { Observed } from '../host/gap.js'
import type { PciAddress } from '../host/pci-address.js'
import type { RawHolder } from '../host/raw-host.js'
import type { DeviceIsolation, IsolationModel } from '../iommu/analyse-isolation.js'
import type { PciDevice } from '../pci/device.js'
import { predictFunctionResets } from '../pci/function-reset.js'
import { holdersOf } from '../vfio/holding.js'
import { type OwnReset, ownReset } from '../vfio/own-reset.js'
import type { VfioHost } from '../vfio/vfio-host.js'
import type { AcsReader } from './acs-report.js'
import { coupledReport } from './coupled-report.js'
import type {
  DeviceReport,
  HolderReport,
  HotResetReport,
  IsolationReport,
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
  readonly acsOf: AcsReader
  readonly nameOf: (device: PciDevice) => DeviceName | null
  readonly warningsOf: (address: PciAddress) => readonly Warning[]
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

export function holder({ pid, command, target }: RawHolder): HolderReport {
  return { pid, command, what: target }
}
