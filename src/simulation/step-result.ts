import type { Stated } from '../document/values.js'
import type { Gap } from '../host/gap.js'
import type { PciAddress, PciAddresses } from '../host/pci-address.js'
import type { Count, GroupNumber } from '../host/scalars.js'
import type { StepReason } from './reason.js'
import type { Verb } from './scenario/scenario.js'
import type { MachineState } from './state.js'

/** What one step made of the machine, in one run. */
export interface StepResult {
  readonly state: MachineState
  readonly answer: StepAnswer
  /** A fact with too many possible values to try was needed: nothing can be told from here on. */
  readonly lost?: Gap
}

/** What the caller was answered (`docs/reference/documents.md#simulate`). */
export interface StepAnswer {
  readonly outcome: 'ok' | 'refused'
  /** null: ok, or nothing was called. */
  readonly errno: string | null
  readonly reasons: readonly StepReason[]
  readonly info: ResetInfo | null
  /** Errnos that the moment decides: locks, a link that does not come back. */
  readonly possible: readonly string[]
  readonly effects: readonly Effect[]
  /** Why nothing was called; null: something was. */
  readonly skipped: 'not-open' | null
  /** A fact that was not read and decides the outcome of this step alone; null: the outcome is certain. */
  readonly unsure: Gap | null
  /** The calls of an intent; left out: the step is a call itself. */
  readonly calls?: readonly MadeCall[]
}

/** A call that somebody makes to get what they want. */
export interface MadeCall {
  readonly do: Verb
  /** The function that it is about; null: none. */
  readonly device: PciAddress | null
  /** BIND claims the reset group; left out: it does not. */
  readonly claim?: true
  /** Functions whose group files are passed as proof; left out: no such files. */
  readonly groups?: PciAddresses
  /** Functions whose own device fds are passed as proof; left out: no such files. */
  readonly deviceFds?: PciAddresses
}

/** What VFIO_DEVICE_GET_PCI_HOT_RESET_INFO wrote. */
export interface ResetInfo {
  /** Flags that it set. */
  readonly flags: readonly InfoFlag[]
  /** Its entries, sorted by address. */
  readonly devices: readonly InfoDevice[]
  /** Written with ENOSPC, when there is no entry: how many there would be. */
  readonly count?: Count
}

/** A flag of VFIO_DEVICE_GET_PCI_HOT_RESET_INFO. */
export type InfoFlag =
  /** The entries hold device IDs of the caller's context, not group numbers. */
  | 'dev-id'
  /** The caller owns every function that the reset affects. */
  | 'dev-id-owned'
  /** The name that v4 of the series had for `dev-id-owned`. */
  | 'resettable'

/** One function that the reset affects. */
export interface InfoDevice {
  readonly address: PciAddress
  /** null: the answer holds device IDs. */
  readonly group: Stated<GroupNumber | null>
  /** ID of the function in the caller's context; null: the answer holds groups, or the form of INFO has no ID for the function. */
  readonly devid: DeviceId | null
}

/**
 * What stands for a function in a context: -1: it is not owned; 0: it is owned through its group; above: its own ID, which
 * depends on the order of binding.
 * @asType integer
 * @minimum -1
 */
export type DeviceId = number

/** A reset that the call brings with it, though nobody asked for it. */
export interface Effect {
  readonly kind: EffectKind
  readonly devices: PciAddresses
  /** `false`: it may happen; left out: it happens. */
  readonly certain?: false
}

/** A reset that comes with a call. */
export type EffectKind =
  /** A reset of the function alone, by one of its own methods. */
  | 'function-reset'
  /** A reset of all functions of the dev_set together. */
  | 'set-reset'

const PLAIN: Omit<StepAnswer, 'outcome' | 'errno'> = {
  reasons: [],
  info: null,
  possible: [],
  effects: [],
  skipped: null,
  unsure: null,
}

export function ok(state: MachineState, more: Partial<StepAnswer> = {}): StepResult {
  return { state, answer: { ...PLAIN, outcome: 'ok', errno: null, ...more } }
}

export function refused(
  state: MachineState,
  errno: string,
  reasons: readonly StepReason[],
  more: Partial<StepAnswer> = {},
): StepResult {
  return { state, answer: { ...PLAIN, outcome: 'refused', errno, reasons, ...more } }
}

/** There is no file to call anything on: an earlier step was refused, or never taken. */
export function skipped(state: MachineState, address: PciAddress | null): StepResult {
  return {
    state,
    answer: {
      ...PLAIN,
      outcome: 'refused',
      errno: null,
      reasons: [{ kind: 'not-open', address }],
      skipped: 'not-open',
    },
  }
}

/** The group of a function was not read, and any number of functions could share it. */
export function lost(state: MachineState, gap: Gap): StepResult {
  return { ...ok(state), lost: gap }
}
