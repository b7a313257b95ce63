import type { PciAddress } from '../pci-address.js'
import type { HostNeedKind } from '../raw-host.js'
import type { Trace } from './trace.js'

/** One thing that the host uses, and what stands behind it. */
export interface TracedUse {
  readonly kinds: readonly HostNeedKind[]
  /** A mount point, a disk, an interface. */
  readonly detail: string
  readonly trace: Trace
}

/** The same, with what could stand behind it. */
export interface Use extends TracedUse {
  /** Functions that it could be behind where it cannot be followed to the end. */
  readonly candidates: readonly PciAddress[]
}
