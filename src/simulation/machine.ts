import type { VfioInterfaces } from '../vfio/interfaces.js'
import type { VfioHost } from '../vfio/vfio-host.js'
import type { Facts } from './facts.js'
import type { ReleaseRules } from './release-rules.js'
import type { SimulatedPolicy } from './simulated-policy.js'
import type { MachineState } from './state.js'

/** VFIO on one host, under one kernel and one policy: what no step changes. */
export interface Machine {
  /** The host with the scenario's bind state. */
  readonly host: VfioHost
  /** VFIO's doors as the tree shows them, before the scenario bound anything. */
  readonly doors: VfioInterfaces
  readonly rules: ReleaseRules
  readonly policy: SimulatedPolicy
  readonly infoForm: InfoForm
}

/** How INFO answers: as the kernel does, or as a version of the series of 2023 would have. */
export type InfoForm = 'kernel' | 'v1' | 'v2' | 'v3' | 'v4' | 'v5'

/** What one step is answered from. */
export interface Turn {
  readonly machine: Machine
  readonly state: MachineState
  readonly facts: Facts
}
