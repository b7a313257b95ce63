import type { PciAddress } from '../host/pci-address.js'
import type { PciDevice } from '../pci/device.js'
import type { Policy } from '../policy/policy.js'
import type { DevSetKey } from '../vfio/dev-set.js'
import type { VfioInterfaces } from '../vfio/interfaces.js'
import type { Denial } from '../vfio/reset-scope.js'
import type { VfioHost } from '../vfio/vfio-host.js'
import type { World } from '../vfio/world.js'
import type { Facts } from './facts.js'
import type { ReleaseRules } from './release-rules.js'
import type { MachineState } from './state.js'

/** VFIO on one host, under one kernel and one policy: what no step changes. */
export interface Machine {
  /** The host with the scenario's bind state. */
  readonly host: VfioHost
  /** VFIO's interfaces as the tree shows them, before the scenario bound anything. */
  readonly interfaces: VfioInterfaces
  readonly rules: ReleaseRules
  /** Decides for callers of its interface; null, and for all others: the kernel's own rule. */
  readonly policy: Policy | null
  readonly infoForm: InfoForm
  /** No PF has a VF token that somebody set before the first step. */
  readonly tokensAreRandom: boolean
}

/**
 * How VFIO_DEVICE_GET_PCI_HOT_RESET_INFO answers: as the kernel does, or as that version of the series of 2023 would have
 * ("Introduce new methods for verifying ownership in vfio PCI hot reset").
 */
export type InfoForm = 'kernel' | 'v1' | 'v2' | 'v3' | 'v4' | 'v5'

/** What one step is answered from. */
export interface Turn {
  readonly machine: Machine
  readonly state: MachineState
  readonly facts: Facts
}

/** What a hot reset of a function is about, in the run at hand. */
export interface ResetTarget {
  readonly device: PciDevice
  readonly world: World
  /** Why there is no slot or bus reset; empty: there is one. */
  readonly denials: readonly Denial[]
  /** A(D), in address order. */
  readonly affected: readonly PciDevice[]
  /** Also reset, although the kernel does not list them. */
  readonly unaccounted: readonly PciDevice[]
  readonly key: DevSetKey
  /** S(D), in address order. */
  readonly members: readonly PciDevice[]
}

/** A hot reset that was asked for, with the files that were passed as proof. */
export interface ResetCall extends ResetTarget {
  readonly turn: Turn
  /** The context that the caller's device is bound to; null: none. */
  readonly context: number | null
  /** Numbers of the groups whose files were passed. */
  readonly groups: ReadonlySet<number>
  /** Functions whose device fds were passed. */
  readonly deviceFds: ReadonlySet<PciAddress>
}
