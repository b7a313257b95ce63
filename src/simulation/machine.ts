import type { PciAddress } from '../host/pci-address.js'
import type { PciDevice } from '../pci/device.js'
import type { DevSetKey } from '../vfio/dev-set.js'
import type { VfioInterfaces } from '../vfio/interfaces.js'
import type { Denial } from '../vfio/reset-scope.js'
import type { VfioHost } from '../vfio/vfio-host.js'
import type { World } from '../vfio/world.js'
import type { Facts } from './facts.js'
import type { StepReason } from './reason.js'
import type { ReleaseRules } from './release-rules.js'
import type { PolicyChoice } from './scenario/scenario.js'
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

/** A policy as the machine asks it: over time, and of any caller. */
export interface SimulatedPolicy {
  readonly id: PolicyChoice
  /** No kernel has it: its rule implies a kernel with device cdevs, for noiommu functions too. */
  readonly impliesCdev: boolean
  /** BIND can claim the reset group; `strict`: only with all groups of it in the context. */
  readonly claims: 'none' | 'plain' | 'strict'
  /**
   * The rule for a caller by its way in; a caller of the other kind is answered as the kernel does. That keeps the debate
   * comparable: each proposal left the rest of VFIO alone.
   */
  readonly ruleFor: (via: 'group' | 'cdev') => CallerRule
}

/** What a hot reset wants as proof. */
export interface CallerRule {
  /** What the array may hold: group files and at least one, nothing at all, or group files and device fds in any number. */
  readonly array: 'groups' | 'empty' | 'any'
  /** The release decides how group files are tested, and before 5.15 what is asked at all. */
  readonly asKernel: boolean
  readonly refusals: ResetRule
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

/** Everything in which a rule refuses a hot reset, completeness before ownership. Empty: permitted. */
export type ResetRule = (call: ResetCall) => readonly StepReason[]
