import type { Envelope } from '../document/envelope.js'
import type { DeviceName, Hex8, Hex16, Hex24, Stated } from '../document/values.js'
import type { BusId, PciAddress, PciAddresses } from '../host/pci-address.js'
import type { BoundDriver, Count, GroupNumber, GroupNumbers, ProcessId } from '../host/scalars.js'
import type { AcsBit } from '../iommu/acs.js'
import type { AcsQuirkId } from '../iommu/acs-quirk-table.js'
import type { IsolationFinding } from '../iommu/findings.js'
import type { GroupCheck } from '../iommu/group-check.js'
import type { HeaderKind } from '../pci/device.js'
import type { FunctionResetMethod } from '../pci/function-reset.js'
import type { PortType } from '../pci/port-type.js'
import type { Blocker } from '../policy/reason.js'
import type { OutcomesByPolicy, Verdict } from '../policy/verdict.js'
import type { DevSetKey } from '../vfio/dev-set.js'
import type { OwnReset } from '../vfio/own-reset.js'
import type { UnitReport } from './unit-report.js'
import type { Warning } from './warning.js'

/** What a host has, what a hot reset of each function affects, and who may issue it. */
export interface InspectReport extends Envelope<'inspect'> {
  readonly host: HostReport
  /** The functions named on the command line, in that order; without any all of them, sorted by address. */
  readonly devices: readonly DeviceReport[]
  /**
   * Functions that are reset along with `devices`, share a group with them, or are bridges above, as far as `devices` does
   * not describe them. Empty where no function was named.
   */
  readonly related: readonly RelatedFunction[]
  /** IOMMU groups, sorted by number; where functions were named, those that have one of them or of what is reset along. */
  readonly groups: readonly GroupReport[]
  readonly groupCheck: GroupCheck
  /** The dev_sets that exist now, of functions that are bound to a vfio driver; limited as `groups`. */
  readonly devSets: readonly DevSetReport[]
  /** Functions that cannot be used independently; limited as `groups`. */
  readonly units: readonly UnitReport[]
  /** What an operator should know that is no verdict. */
  readonly warnings: readonly Warning[]
}

/** The host as a whole. */
export interface HostReport {
  /** What `uname -r` says there. The rules that answer are those of `source.kernelRelease`. */
  readonly kernelRelease: Stated<string>
  /** Machine, as `uname -m` says: `x86_64`. */
  readonly arch: Stated<string>
  readonly iommu: IommuReport
  readonly vfio: VfioReport
}

/** The IOMMU of the host. */
export interface IommuReport {
  /** Whether an IOMMU is in use: there is an instance, or a group that unsafe no-IOMMU mode did not make up. */
  readonly present: Stated<boolean>
  /** Names under `/sys/class/iommu`: `dmar0`, `ivhd0`. */
  readonly instances: Stated<readonly string[]>
}

/** Which interfaces of VFIO the host has. */
export interface VfioReport {
  /** Whether there are group files, `/dev/vfio/12`. */
  readonly groupApi: Stated<boolean>
  /** Whether there are device files, `/dev/vfio/devices/vfio3` (Linux 6.6 and later, `CONFIG_VFIO_DEVICE_CDEV`). */
  readonly cdev: Stated<boolean>
  /** Whether unsafe no-IOMMU mode is on (`enable_unsafe_noiommu_mode`). */
  readonly noiommu: Stated<boolean>
}

/** One PCI function. */
export interface DeviceReport {
  readonly address: PciAddress
  /** The answer for people, true alone: whether a hot reset of it is permitted, and whether a refusal does harm. */
  readonly summary: string
  /** Vendor ID. */
  readonly vendorId: Stated<Hex16>
  /** Device ID. */
  readonly deviceId: Stated<Hex16>
  /** Subsystem vendor ID. */
  readonly subsystemVendorId: Stated<Hex16>
  /** Subsystem ID. */
  readonly subsystemDeviceId: Stated<Hex16>
  /** Class, subclass and programming interface. */
  readonly classCode: Stated<Hex24>
  /** Revision. */
  readonly revision: Stated<Hex8>
  /** Its names; null: no list of names was used. */
  readonly name: DeviceName | null
  /** Layout of its configuration header. */
  readonly header: Stated<HeaderKind>
  /** PCIe device/port type, as the kernel corrects it. */
  readonly portType: Stated<PortType>
  /** The bridge right above; null: the function is on a root bus. */
  readonly parent: Stated<PciAddress | null>
  /** The bus that it is on. */
  readonly bus: BusId
  /** Driver that is bound to it; null: none. */
  readonly driver: Stated<BoundDriver>
  /** Whether that is a driver of VFIO: vfio-pci, or a variant of it. */
  readonly vfio: Stated<boolean>
  /** Its IOMMU group; null: it has none. */
  readonly iommuGroup: Stated<GroupNumber | null>
  /** NUMA node; null: the host states none. */
  readonly numaNode: Stated<Count | null>
  /** Its part in SR-IOV; null: none. */
  readonly sriov: Stated<SriovReport | null>
  /**
   * Words of its `reset_method` in sysfs, in the order in which the kernel tries them; empty: all are switched off; null: it
   * has no such file, while others have.
   */
  readonly resetMethods: Stated<readonly string[] | null>
  /**
   * Resets of the function alone that its capabilities and the kernel's tables allow, in the kernel's order. `resetMethods` is
   * the authority where it was read.
   */
  readonly functionResets: Stated<readonly FunctionResetMethod[]>
  /** What resets this function alone when it is opened, as a VM start does; null: nothing that works. */
  readonly ownReset: Stated<OwnReset | null>
  readonly acs: AcsReport
  readonly isolation: IsolationReport
  readonly state: StateReport
  readonly hotReset: HotResetReport
  readonly coupled: CoupledReport
}

/** What a reader needs to know of a function that is reset along, shares a group, or is a bridge above. */
export type RelatedFunction = Pick<
  DeviceReport,
  | 'address'
  | 'vendorId'
  | 'deviceId'
  | 'classCode'
  | 'name'
  | 'header'
  | 'portType'
  | 'parent'
  | 'driver'
  | 'vfio'
  | 'iommuGroup'
  | 'sriov'
  | 'acs'
  | 'isolation'
  | 'state'
>

/** The part of a function in SR-IOV. */
export type SriovReport = PhysicalFunction | VirtualFunction

/** A function that can have virtual functions. */
export interface PhysicalFunction {
  /** That it is a physical function. */
  readonly role: 'pf'
  /** Its virtual functions that are switched on; empty: none is. */
  readonly vfs: PciAddresses
  /** How many it can have; null: it does not say. */
  readonly total: Stated<Count | null>
}

/** A virtual function. */
export interface VirtualFunction {
  /** That it is a virtual function. */
  readonly role: 'vf'
  /** Its physical function. */
  readonly pf: PciAddress
  /** Its place among the virtual functions of `pf`, from 0. */
  readonly index: Stated<Count>
}

/** Access Control Services of a function. */
export interface AcsReport {
  /** Whether it has the capability. */
  readonly present: Stated<boolean>
  /** Bits that the capability has; empty also where it was not read. */
  readonly capabilities: readonly AcsBit[]
  /** Bits that the control register has set; empty also where it was not read. */
  readonly enabled: readonly AcsBit[]
  /** Row of the kernel's quirk table that decides for the function, whatever its registers say; null: none. */
  readonly quirk: AcsQuirkId | null
}

/** Whether the function is isolated from all others. */
export interface IsolationReport {
  /** Whether the group that its registers predict holds this function alone. */
  readonly isolated: Stated<boolean>
  /** Why the function is isolated, or why it is not. */
  readonly findings: readonly IsolationFinding[]
}

/** What the function does at the moment. */
export interface StateReport {
  /** `power_state` in sysfs: `D0`, `D3hot`, `D3cold`, `unknown`; null: this kernel has no such file. */
  readonly power: Stated<string | null>
  /** How often it is enabled (`enable` in sysfs): of a function bound to vfio-pci, how often it is open; null: no such file. */
  readonly enabled: Stated<Count | null>
  /** Whether its configuration space reads as all ones, as that of a function that is dead or gone. */
  readonly dead: Stated<boolean>
  /** Processes that have it, its device file or the file of its group open, as far as they could be seen. */
  readonly holders: readonly HolderReport[]
}

/** A process that has a function open. */
export interface HolderReport {
  readonly pid: ProcessId
  /** Its name (`/proc/PID/comm`). */
  readonly command: string
  /** The file that it has open: `/dev/vfio/12`, `/dev/vfio/devices/vfio3`, `anon_inode:[vfio-device]`. */
  readonly what: string
}

/**
 * The hot reset of a function, as if the function itself were bound to vfio-pci and everything else stayed as it is. Of a
 * bridge `devSet`, `blockers` and `verdicts` are empty.
 */
export interface HotResetReport {
  /** Whether the kernel resets a hot-plug slot or a bus; null: there is no such reset. */
  readonly scope: Stated<'slot' | 'bus' | null>
  /** The bridge that it resets through; null: there is no such reset. */
  readonly via: Stated<PciAddress | null>
  /** Functions that the kernel resets and lists (VFIO_DEVICE_GET_PCI_HOT_RESET_INFO), this one among them. */
  readonly affected: Stated<PciAddresses>
  /** Functions that are reset too, although the kernel neither lists nor locks them. */
  readonly unaccounted: Stated<PciAddresses>
  /** Groups of `affected`, sorted. */
  readonly groups: Stated<GroupNumbers>
  /** Functions that VFIO keeps together with this one because they are reset together: its dev_set. */
  readonly devSet: Stated<PciAddresses>
  /** What the answers suppose. `target-bound`: that this function were bound to vfio-pci, which it is not. */
  readonly assumed: readonly 'target-bound'[]
  /** What stands in the way whoever asks; empty: nothing. */
  readonly blockers: readonly Blocker[]
  /** Who may issue it: one for each policy asked about. */
  readonly verdicts: readonly Verdict[]
  /** The outcomes of `verdicts`, by policy. */
  readonly byPolicy: OutcomesByPolicy
  /**
   * Whether a refusal does no harm, since the function has a reset of its own that a VM start uses; null: not known, or a bridge.
   */
  readonly harmless: boolean | null
}

/** Functions that cannot be used independently of this one, in one direction: the other's view may differ. */
export interface CoupledReport {
  /** Those in its IOMMU group and those that its hot reset affects. */
  readonly direct: PciAddresses
  /** Every function of every group that its hot reset affects. */
  readonly claimCost: PciAddresses
}

/** One IOMMU group. */
export interface GroupReport {
  readonly id: GroupNumber
  /** Its `type` in sysfs: `DMA`, `DMA-FQ`, `identity`; null: this kernel has no such file. */
  readonly type: Stated<string | null>
  /** Its members that are PCI functions. */
  readonly devices: PciAddresses
  /** Names of its members that are no PCI functions. */
  readonly others: readonly string[]
  /** Whether a member that is bound to vfio-pci could be opened now: none is bound to a driver that keeps the group closed. */
  readonly viable: Stated<boolean>
  /** Why its members share the group. */
  readonly findings: readonly IsolationFinding[]
}

/** Functions that VFIO resets together, as they are bound now. */
export interface DevSetReport {
  readonly key: DevSetKey
  readonly members: PciAddresses
}
