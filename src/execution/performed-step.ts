import { comparePciAddress, formatPciAddress, type PciAddress } from '../host/pci-address.js'
import type { Count, GroupNumber } from '../host/scalars.js'
import { type HotResetInfo, hotResetFlagNames } from '../uapi/abi.js'
import type { CallResult } from '../uapi/kernel-calls.js'
import type { InfoResult } from '../uapi/vfio-files.js'

/** What the kernel answered to one step (`actual`, `docs/reference/documents.md#verify`). */
export interface PerformedStep {
  readonly outcome: 'ok' | 'refused'
  readonly errno: string | null
  readonly info?: PerformedInfo
  /** There was no file to put the step to: nothing was called. */
  readonly skipped?: 'not-open'
}

/** What INFO wrote. */
export interface PerformedInfo {
  readonly flags: readonly ('dev-id' | 'dev-id-owned')[]
  /** Sorted by address. */
  readonly devices: readonly PerformedInfoDevice[]
  /** Written with ENOSPC, when no entry can be trusted: how many there would be. */
  readonly count?: Count
}

export interface PerformedInfoDevice {
  readonly address: PciAddress
  readonly group: GroupNumber | null
  /** -1: not owned; 0: owned through its group. */
  readonly devid: number | null
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
