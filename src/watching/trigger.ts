import type { PciAddress } from '../host/pci-address.js'

/** Why the host was read once more. */
export interface Trigger {
  readonly source: TriggerSource
  /** What the kernel said of a device; null: it said nothing. */
  readonly action: string | null
  /** The function of which the kernel said something; null: none. */
  readonly address: PciAddress | null
  /** Driver that the kernel named; null: none. */
  readonly driver: string | null
}

/** Who asks that the host is read. */
export type TriggerSource =
  /** It is read for the first time. */
  | 'start'
  /** The kernel said that a device came, went or changed. */
  | 'uevent'
  /** It is read from time to time: not all that changes is said. */
  | 'poll'

export const START: Trigger = { source: 'start', action: null, address: null, driver: null }
export const POLL: Trigger = { source: 'poll', action: null, address: null, driver: null }
