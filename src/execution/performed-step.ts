import { comparePciAddress, formatPciAddress, type PciAddress } from '../host/pci-address.js'
import type { Count, ErrnoName, GroupNumber } from '../host/scalars.js'
import type { DeviceId } from '../simulation/step-result.js'
import { type HotResetInfo, hotResetFlagNames } from '../uapi/abi.js'
import type { CallResult } from '../uapi/kernel-calls.js'
import type { InfoResult } from '../uapi/vfio-files.js'

/** What the running kernel answered to one step. */
export interface PerformedStep {
  readonly outcome: PerformedOutcome
  /** Errno of the first call of the step that failed; null: none did, or nothing was called. */
  readonly errno: ErrnoName | null
  /** What `reset-info` wrote; left out: nothing. */
  readonly info?: PerformedInfo
  /** Why there was no file to call; left out: something was called. */
  readonly skipped?: 'not-open'
}

/** How a step ended on the running kernel. */
export type PerformedOutcome =
  /** The call succeeded. */
  | 'ok'
  /** It failed, or nothing could be called. */
  | 'refused'

/** What VFIO_DEVICE_GET_PCI_HOT_RESET_INFO wrote. */
export interface PerformedInfo {
  /**
   * `dev-id`: the entries hold device IDs of the caller's context, not group numbers. `dev-id-owned`: the caller owns every
   * function that the reset affects.
   */
  readonly flags: readonly ('dev-id' | 'dev-id-owned')[]
  /** Its entries, sorted by address. */
  readonly devices: readonly PerformedInfoDevice[]
  /** Written with ENOSPC, when there is no entry: how many there would be. */
  readonly count?: Count
}

/** One function that the reset affects. */
export interface PerformedInfoDevice {
  readonly address: PciAddress
  /** null: the answer holds device IDs. */
  readonly group: GroupNumber | null
  /** ID of the function in the caller's context; null: the answer holds groups. */
  readonly devid: DeviceId | null
}

export const OK: PerformedStep = { outcome: 'ok', errno: null }

export const SKIPPED: PerformedStep = { outcome: 'refused', errno: null, skipped: 'not-open' }

export function refusedWith(errno: string): PerformedStep {
  return { outcome: 'refused', errno }
}

export function answered(result: CallResult): PerformedStep {
  return result.ok ? OK : refusedWith(result.errno)
}

export function answeredInfo(result: InfoResult): PerformedStep {
  if (result.ok) return { ...OK, info: performedInfo(result.info) }
  if (result.info === null) return refusedWith(result.errno)
  const { flags, count } = result.info
  const info: PerformedInfo = { flags: hotResetFlagNames(flags), devices: [], count }
  return { ...refusedWith(result.errno), info }
}

/** The kernel's list by address. */
export function performedInfo({ flags, devices }: HotResetInfo): PerformedInfo {
  const names = hotResetFlagNames(flags)
  const byDevid = names.includes('dev-id')
  const entries = devices.map(({ id, domain, bus, devfn }) => ({
    address: formatPciAddress({ domain, bus, device: devfn >> 3, func: devfn & 7 }),
    group: byDevid ? null : id,
    devid: byDevid ? id : null,
  }))
  return { flags: names, devices: entries.sort((a, b) => comparePciAddress(a.address, b.address)) }
}
