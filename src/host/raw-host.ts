import type { ConfigSpace } from './config/config-space.js'
import type { Gap, Observed } from './gap.js'
import type { BusId, PciAddress } from './pci-address.js'
import type { GroupNumber, ProcessId } from './scalars.js'
import type { TreeOrigin } from './tree/tree.js'
import type { InterruptIsolation, VmInterface } from './vm-facts.js'

/** Everything that was read from one host, typed but not yet interpreted. Plain data: the only input of the analysis. */
export interface RawHost {
  /** Whose rules hold for what is missing (`HostTree`). */
  readonly origin: TreeOrigin
  /** Where the facts come from, as reports name it. */
  readonly source: TreeOrigin
  readonly system: RawSystem
  /** Sorted by domain, bus, device, function. */
  readonly functions: readonly RawFunction[]
  readonly slots: Observed<readonly RawSlot[]>
  /** Ports whose hotplug service is bound to pciehp (`sys/bus/pci_express/drivers/pciehp`); unknown if not captured. */
  readonly pciehpPorts: Observed<ReadonlySet<PciAddress>>
  /** Ports that have a hotplug service, bound or not (`sys/bus/pci_express/devices`); none where that was not read. */
  readonly hotplugPorts: ReadonlySet<PciAddress>
  /**
   * Functions below those ports that a vfio driver has had since before the host was read: when they were bound, as `HostTree.madeAt`
   * tells; null: not told. A function that is bound in a what-if is none of them: it is bound after all that there is.
   */
  readonly boundAt: ReadonlyMap<PciAddress, number | null>
  /** Sorted by number. Made from the functions' own `iommu_group` links where the folder of groups does not have them. */
  readonly groups: readonly RawGroup[]
  /** Unknown when `sys/kernel/iommu_groups` could not be listed or was not captured. An empty list means: no groups. */
  readonly groupsListed: Observed<true>
  readonly holders: readonly RawHolder[]
  /** What the host itself leans on: functions it boots, swaps, routes and speaks through. */
  readonly hostNeeds: readonly HostNeed[]
  /** What it uses and what could not be followed to its end. */
  readonly openNeeds: readonly OpenNeed[]
  /** True when functions came or went while the host was read. */
  readonly changed: boolean
  /** Gaps that belong to no field of a function, or are worth a line although nothing rests on them. */
  readonly gaps: readonly Gap[]
}

export interface RawSystem {
  /** `proc/sys/kernel/osrelease`. */
  readonly osRelease: Observed<string>
  /** `proc/version`: Debian states its true source release there. */
  readonly procVersion: Observed<string>
  /** `proc/version_signature`: Ubuntu states there which stable release its kernel is built from. Others have none. */
  readonly versionSignature: Observed<string | null>
  readonly commandLine: Observed<string>
  /** `proc/sys/kernel/arch` (6.1+), on a live host without it `uname -m`; of a copy without it unknown, not guessed. */
  readonly arch: Observed<string>
  /** Names in `sys/class/iommu`. */
  readonly iommuInstances: Observed<readonly string[]>
  /** Names in `sys/class/vfio`; a missing folder is an empty list. */
  readonly classVfio: Observed<readonly string[]>
  /** `dev/vfio/vfio` there; null: the tree has no `dev` at all. */
  readonly devVfioContainer: boolean | null
  /** `dev/iommu` there; null: the tree has no `dev` at all. */
  readonly devIommu: boolean | null
  /** Names of the cdev nodes in `dev/vfio/devices`. */
  readonly devVfioDevices: Observed<readonly string[]>
  /** `sys/module/vfio/parameters/enable_unsafe_noiommu_mode`: Y is true; false also where vfio is loaded without it. */
  readonly unsafeNoiommu: Observed<boolean>
  /**
   * `sys/module/vfio_pci/parameters/disable_denylist`; where vfio-pci is not loaded, what the kernel's command line gives it.
   * Only hosts with a function on the denylist depend on it.
   */
  readonly disableDenylist: Observed<boolean>
  /** Whether devices can signal only the interrupts that they were given. */
  readonly interrupts: Observed<InterruptIsolation>
  /** `allow_unsafe_interrupts` of vfio_iommu_type1 and of iommufd. */
  readonly unsafeInterrupts: Readonly<Record<VmInterface, Observed<boolean>>>
  /** Modules that hold `vfio_pci_core` (`sys/module/vfio_pci_core/holders`). */
  readonly vfioCoreHolders: readonly string[]
}

/** One PCI function as sysfs shows it. */
export interface RawFunction {
  readonly address: PciAddress
  /** Folder of the function relative to the root: `sys/devices/pci0000:00/0000:00:10.0/0000:01:00.0`. */
  readonly path: string
  readonly vendorId: Observed<number>
  readonly deviceId: Observed<number>
  readonly subsystemVendorId: Observed<number>
  readonly subsystemDeviceId: Observed<number>
  /** 24 bits: class, subclass, programming interface. */
  readonly classCode: Observed<number>
  readonly revision: Observed<number>
  readonly driver: Observed<string | null>
  readonly iommuGroup: Observed<GroupNumber | null>
  /** null: -1, no node stated. */
  readonly numaNode: Observed<number | null>
  /** Words of `reset_method`; `[]` for an empty file; null: the function has no such file while others have. */
  readonly resetMethods: Observed<readonly string[] | null>
  /** PF of a VF; null: not a VF. */
  readonly physfn: Observed<PciAddress | null>
  /** Targets of `virtfnN`, by N. Empty: no VF enabled. */
  readonly virtfns: readonly PciAddress[]
  /** `sriov_totalvfs`; null: no SR-IOV. */
  readonly sriovTotal: Observed<number | null>
  /** Real secondary bus and SR-IOV buses below a bridge, as `pci_bus/` names them. Empty for endpoints. */
  readonly childBuses: readonly BusId[]
  /** `power_state`; null: this kernel has no such file. */
  readonly power: Observed<string | null>
  /**
   * `power/runtime_status`; null: no such file, or not read. Read where it decides whether config space may be read: of
   * bridges, and of functions without `power_state`.
   */
  readonly runtimeStatus: Observed<string | null>
  /** `enable`, a count; null: no such file. */
  readonly enabled: Observed<number | null>
  /** `vfio-dev/vfioN`; null: not registered with vfio (or a kernel before 6.1). */
  readonly vfioDev: Observed<RawVfioDev | null>
  /** `boot_vga` says 1. null: no such file. */
  readonly bootVga: Observed<boolean | null>
  readonly config: Observed<ConfigSpace>
}

export interface RawVfioDev {
  /** `vfio3`, or `noiommu-vfio3`. */
  readonly name: string
  /** `vfio-dev/vfioN/dev` exists: this kernel has a cdev for it. */
  readonly cdev: boolean
}

export interface RawSlot {
  readonly name: string
  readonly bus: BusId
  /** Device number; null: a placeholder slot, which matches no device. */
  readonly device: number | null
  /** Basename of `module`; null: no such link. */
  readonly module: string | null
  /** When a hotplug driver took the slot (`fs_add_slot`), as `HostTree.madeAt` tells; null: not told, or none has. */
  readonly takenAt: number | null
}

export interface RawGroup {
  readonly id: number
  readonly type: Observed<string | null>
  /** `vfio-noiommu` marks a fake group; null: unnamed. */
  readonly name: Observed<string | null>
  readonly devices: readonly PciAddress[]
  /** Members that are no PCI functions: name and driver. */
  readonly others: readonly RawGroupOther[]
  /** Why the group may have members that nobody listed; null: its own folder was read. */
  readonly unlisted: Gap | null
}

export interface RawGroupOther {
  readonly name: string
  readonly driver: Observed<string | null>
}

/** A process that holds something under `/dev/vfio` or `/dev/iommu` open. */
export interface RawHolder {
  readonly pid: ProcessId
  /** Its name (`/proc/PID/comm`). */
  readonly command: string
  /** What it has open: `/dev/vfio/12`, `/dev/vfio/devices/vfio3`, `/dev/iommu`, `anon_inode:[vfio-device]`. */
  readonly target: string
  /** Number of the file in that process. */
  readonly fd: string
  /** Function named by `vfio-device-syspath` in fdinfo (6.18+); null: not stated. */
  readonly device: PciAddress | null
}

/** A function that the host itself needs. */
export interface HostNeed {
  readonly kind: HostNeedKind
  readonly address: PciAddress
  /** What was traced to it: a mount point, a disk, an interface. */
  readonly detail: string
}

/** Something that the host uses, of which it is not known on which functions it rests, or on which others. */
export interface OpenNeed {
  readonly kind: HostNeedKind
  /** A mount point, a pool, an interface. */
  readonly detail: string
  /** Where the trace ends. */
  readonly gap: Gap
  /** Functions that it can rest on. */
  readonly candidates: readonly PciAddress[]
}

/** What the host itself needs a function for. */
export type HostNeedKind =
  /** The function carries the boot disk. */
  | 'boot-disk'
  /** The function carries the root file system. */
  | 'root-filesystem'
  /** The function carries another file system that is mounted. */
  | 'mounted-filesystem'
  /** The function carries disks that the host has put together, of a pool, an array or a volume group, mounted or not. */
  | 'storage-in-use'
  /** The function carries swap space in use. */
  | 'swap'
  /** The host routes its traffic through the function. */
  | 'active-route'
  /** The function shows the console. */
  | 'console'
  /** The host speaks through the function to its management controller. */
  | 'bmc'
  /** A keyboard of the host hangs behind the function. */
  | 'keyboard'
