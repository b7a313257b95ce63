import type { PciAddress } from '../host/pci-address.js'
import type { HostNeedKind } from '../host/raw-host.js'

/** Something an operator should know that is no verdict. */
export interface Warning {
  readonly kind: WarningKind
  /** The function that it is about; left out: the host as a whole. */
  readonly address?: PciAddress
  /** What it rests on, as a phrase for people. */
  readonly detail: string
}

/** What a warning is about. */
export type WarningKind =
  | HostNeedKind
  /** Something that the host uses may rest on the function: it could not be followed to its end. */
  | 'possible-host-need'
  /** The kernel release was not recorded; the newest known one was taken. */
  | 'kernel-assumed'
  /** The kernel release is newer than any that is known here. */
  | 'kernel-newer'
  /** The configuration space of the function reads as all ones. */
  | 'dead-function'
  /** A hot reset also resets functions that the kernel neither lists nor locks. */
  | 'unaccounted-reset'
  /** A hot reset destroys VFs on a bus of their own, which the kernel does not list. */
  | 'vfs-destroyed'
  /** A CXL port that masks bus resets: the call succeeds and resets nothing. */
  | 'sbr-masked'
  /** The link below the port is down. */
  | 'link-inactive'
  /** The order in which the slot below the port and the bindings came is not told: the answers take the slot to have been there first. */
  | 'slot-assumed'
  /** The port has cut the link below it after an error (DPC). */
  | 'dpc-triggered'
  /** Newer kernels exempt the function from bus resets, since it may not come back from one; this one does not, or may not. */
  | 'late-quirk'
  /** The function is reported not to come back from a reset that the kernel offers. */
  | 'known-bad-reset'
  /** vfio-pci does not bind to the function unless its parameter disable_denylist is set. */
  | 'denied-device'
  /** A vfio driver has the function, and the copy of the host has no group for it, which cannot be. */
  | 'group-link-lost'
  /** Another process seems to have the function open, but it could not be seen which. */
  | 'open-elsewhere'
  /** Unsafe no-IOMMU mode is on: VFIO hands out functions whose DMA nothing limits. */
  | 'unsafe-noiommu'
  /** Functions came or went while the host was read. */
  | 'host-changed'
