import type { Gap } from '../host/gap.js'
import type { PciAddress, PciAddresses } from '../host/pci-address.js'
import type { HostNeedKind } from '../host/raw-host.js'
import type { BoundDriver, Count, GroupNumber, ProcessId, TreeFile } from '../host/scalars.js'
import type { VmInterface } from '../host/vm-facts.js'
import type { HeaderKind } from '../pci/device.js'
import type { Reason } from '../policy/reason.js'
import type { ConflictReason } from './conflict-reason.js'
import type { GroupReason } from './group-reason.js'
import type { VmmId } from './vmm.js'

/** One fact behind the outcome of a check: what the policies say already, or what only a start of a VM meets. */
export type PreflightReason = Reason | StartReason

/** A fact that only a start of a VM meets. */
export type StartReason =
  | ExistenceReason
  | DriverReason
  | GroupReason
  | HostReason
  | ResetReason
  | ConflictReason

/** The function itself: whether it is there and answers. */
export type ExistenceReason =
  /** The function is not on this host. */
  | { readonly kind: 'no-such-function'; readonly address: PciAddress }
  /** Its configuration space reads as all ones. */
  | { readonly kind: 'dead'; readonly address: PciAddress }
  | Asleep
  | D3cold
  | LinkDown
  /** vfio-pci has the function on its denylist, and its parameter `disable_denylist` is N. */
  | DeniedDevice
  /** The function is a bridge, and vfio-pci does not bind to bridges. */
  | { readonly kind: 'not-an-endpoint'; readonly address: PciAddress; readonly header: HeaderKind }

/** A function on the denylist of vfio-pci. */
export interface DeniedDevice {
  readonly kind: 'denied'
  readonly address: PciAddress
  /** Which devices the row of the denylist names. */
  readonly what: string
}

/** The function was not asked, since that would wake it. */
export interface Asleep {
  readonly kind: 'asleep'
  readonly address: PciAddress
  /** Its `power_state` in sysfs; null: not read either. */
  readonly power: string | null
}

/** The function is in D3cold: its power is off. */
export interface D3cold {
  readonly kind: 'd3cold'
  readonly address: PciAddress
  /** Whether `d3cold_allowed` is 0, so that the kernel itself would not have put it there; null: not known. */
  readonly stays: boolean | null
}

/** The link below the port is down. */
export interface LinkDown {
  readonly kind: 'link-down'
  readonly address: PciAddress
  readonly port: PciAddress
  /** Whether the port has cut it after an error (downstream port containment). */
  readonly cut: boolean
}

/** The driver that is bound to the function. */
export type DriverReason =
  /** The function is bound to a vfio driver. */
  | { readonly kind: 'bound'; readonly address: PciAddress; readonly driver: BoundDriver }
  /** Whoever starts the VM binds the function to vfio-pci, and takes it from `driver`. */
  | { readonly kind: 'bound-at-start'; readonly address: PciAddress; readonly driver: BoundDriver }
  /** The function is not bound to a vfio driver, and a command line of libvirt or Proxmox does not say whether they bind it. */
  | { readonly kind: 'binding-unseen'; readonly address: PciAddress; readonly driver: BoundDriver }
  /** The function is not bound to a vfio driver, and nobody binds it. */
  | { readonly kind: 'not-on-vfio'; readonly address: PciAddress; readonly driver: BoundDriver }
  /** Leaving its driver switches these VFs off. */
  | { readonly kind: 'vfs-lost'; readonly address: PciAddress; readonly vfs: PciAddresses }

/** The host: its interfaces, and who and what else uses the function. */
export type HostReason =
  /** Unsafe no-IOMMU mode is on; the function has a real group and is not affected by it. */
  | { readonly kind: 'unsafe-noiommu' }
  /** This kernel has no group files under `/dev/vfio`. */
  | { readonly kind: 'no-group-api' }
  /** VFIO is not loaded yet, so it is unknown which files it will bring. */
  | { readonly kind: 'vfio-not-loaded' }
  | InterruptsNotIsolated
  /** `allow_unsafe_interrupts` is on: the VM starts, and its functions can forge interrupts of the host. */
  | { readonly kind: 'unsafe-interrupts-allowed' }
  | Held
  /** Its `enable` in sysfs counts `count` opens, and no process was seen that has it open. */
  | { readonly kind: 'open-unseen'; readonly address: PciAddress; readonly count: Count }
  /** The function is a VF of `pf`, which is bound to vfio-pci: it opens only with the token that the user of `pf` has set. */
  | { readonly kind: 'token-missing'; readonly address: PciAddress; readonly pf: PciAddress }
  /** The function opens if its token is the one that the user of `pf` has set, which cannot be seen. */
  | { readonly kind: 'token-given'; readonly address: PciAddress; readonly pf: PciAddress }
  /** The function is given a VF token, and its PF is not bound to vfio-pci: the open is refused. */
  | { readonly kind: 'token-superfluous'; readonly address: PciAddress }
  | HostNeeds

/** Interrupt remapping is off: the kernel gives no function to a VM that could forge interrupts. */
export interface InterruptsNotIsolated {
  readonly kind: 'interrupts-not-isolated'
  /** Parameter of the kernel that switched it off; null: it is off for a cause that was not seen. */
  readonly parameter: string | null
}

/** A process has a file open that the function needs. */
export interface Held {
  readonly kind: 'held'
  readonly address: PciAddress
  readonly pid: ProcessId
  /** Its name (`/proc/PID/comm`). */
  readonly command: string
  /** The file: `/dev/vfio/12`. */
  readonly file: string
}

/** The host itself needs the function. */
export interface HostNeeds {
  readonly kind: 'host-needs'
  readonly address: PciAddress
  readonly need: HostNeedKind
  /** What was traced to it: a mount point, a disk, an interface. */
  readonly detail: string
  /** Whether the VM is to get the function; else it is only reset along, or shares a group. */
  readonly wanted: boolean
}

/** How the function is reset. */
export type ResetReason =
  /** The function is a VF of `pf`: a hot reset would need that and all its VFs. */
  | { readonly kind: 'is-vf'; readonly address: PciAddress; readonly pf: PciAddress }
  | OwnResetAtStart
  | OwnResetLikely
  | HotResetAtStart
  | ResetAfterUse
  /** Nothing resets the function: the VM gets whatever state its last user left. */
  | { readonly kind: 'nothing-resets'; readonly address: PciAddress }
  /** The CXL port above masks bus resets, so that a hot reset is permitted and has no effect. */
  | { readonly kind: 'reset-masked'; readonly address: PciAddress; readonly port: PciAddress }
  | ResetBeyond
  | NoFlr
  /** The only reset is that of the bus, and pciehp at `port` may take the lost link for an unplug. */
  | { readonly kind: 'hotplug-port'; readonly address: PciAddress; readonly port: PciAddress }
  | KnownBadReset
  | KernelTrouble
  | OutsideGroup

/** What the kernel does to the function alone when it is opened. */
export interface OwnResetAtStart {
  readonly kind: 'own-reset'
  readonly address: PciAddress
  /** The method, as in `reset_method`. */
  readonly method: string
  /** Whether it may leave old state behind, as PM does. */
  readonly weak: boolean
}

/** By registers and tables the function has a reset of its own; whether that is switched off in `reset_method` was not read. */
export interface OwnResetLikely {
  readonly kind: 'own-reset-likely'
  readonly address: PciAddress
  /** The method, as in `reset_method`. */
  readonly method: string
  /** The hot reset that happens if it is switched off; null: none, or unknown. */
  readonly otherwise: 'slot' | 'bus' | null
}

/** What runs the VM hot-resets the function when the VM starts. */
export interface HotResetAtStart {
  readonly kind: 'hot-reset'
  readonly address: PciAddress
  /** Whether the kernel resets a hot-plug slot or a bus. */
  readonly scope: 'slot' | 'bus'
  /** What runs the VM. */
  readonly vmm: VmmId
}

/**
 * What runs the VM asks for no hot reset, which is the only one of the function. The kernel makes it by itself after the last user of all that it
 * affects (`vfio_pci_dev_set_try_reset`).
 */
export interface ResetAfterUse {
  readonly kind: 'reset-after-use'
  readonly address: PciAddress
  /** Whether the kernel resets a hot-plug slot or a bus. */
  readonly scope: 'slot' | 'bus'
  /** What runs the VM. */
  readonly vmm: VmmId
}

/** The hot reset also resets functions that the kernel neither lists nor locks. */
export interface ResetBeyond {
  readonly kind: 'reset-beyond'
  readonly address: PciAddress
  /** Functions that are reset although the kernel does not list them. */
  readonly others: PciAddresses
}

/** The function has no FLR: its capability bit is clear. */
export interface NoFlr {
  readonly kind: 'no-flr'
  readonly address: PciAddress
  readonly path: TreeFile
}

/** The function is known not to come back from its reset. */
export interface KnownBadReset {
  readonly kind: 'known-bad-reset'
  readonly address: PciAddress
  /** What happens, for people. */
  readonly what: string
  /** What brings it back, after "until"; null: nothing of which that is certain. */
  readonly until: string | null
  /** Where that was reported. */
  readonly source: string
}

/** The kernel may be one of those that are known for trouble with resets. */
export interface KernelTrouble {
  readonly kind: 'kernel-trouble'
  /** Its release. */
  readonly release: string
  /** What happens, for people. */
  readonly what: string
  /** Where that was reported. */
  readonly source: string
}

/** The reset also affects the function `address`, which is outside the group, and `--within-group` was given. */
export interface OutsideGroup {
  readonly kind: 'outside-group'
  readonly address: PciAddress
  /** Its group; null: it has none. */
  readonly group: GroupNumber | null
}

export function otherInterface(via: VmInterface): VmInterface {
  return via === 'group' ? 'iommufd' : 'group'
}

/** A fact that was wanted and not had. */
export function unreadReason(
  address: PciAddress | null,
  { path, why, detail }: Gap,
): PreflightReason {
  return { kind: 'unread', address, path, why, detail }
}
