import { groupBy } from '../text/lists.js'
import type { PciDevice } from './device.js'

/** Functions that are reported not to come back from a reset although the kernel offers one. */
export interface KnownBad {
  readonly vendor: number
  readonly devices: readonly number[]
  /** The reset that it is about. */
  readonly reset: 'bus' | 'any'
  readonly what: string
  /** What brings it back, after "until"; null: nothing of which that is certain. */
  readonly until: string | null
  /** Where it is reported. */
  readonly source: string
}

const KNOWN_BAD: readonly KnownBad[] = [
  {
    vendor: 0x1b21,
    devices: [0x0612],
    reset: 'bus',
    until: 'a power cycle',
    what: 'ASMedia ASM1062: the link does not train again after a bus reset, and the controller is gone until a power cycle; reset_method does not change that',
    source: '“HDD Passthrough Using SATA Controllers”, a report of 2024 with Proxmox',
  },
  {
    vendor: 0x1002,
    devices: [0x74a1, 0x75a3],
    reset: 'any',
    until: 'the host reboots',
    what: 'AMD Instinct MI300X or MI355X: config space reads as all ones after a reset until the host reboots',
    source: 'amd/MxGPU-Virtualization#25',
  },
  {
    vendor: 0x1002,
    devices: [
      0x7310, 0x7312, 0x7318, 0x7319, 0x731a, 0x731b, 0x731e, 0x731f, 0x7340, 0x7341, 0x7347,
    ],
    reset: 'bus',
    until: null,
    what: 'AMD Navi 10 or 14: does not come back from a bus reset without the vendor-reset module',
    source: 'gnif/vendor-reset, harvester/harvester#7430',
  },
  {
    vendor: 0x1002,
    devices: [0x67c7, 0x67df, 0x67ef, 0x67ff, 0x687f, 0x6863, 0x66a0, 0x66a1, 0x66af],
    reset: 'bus',
    until: null,
    what: 'AMD Polaris or Vega: does not come back from a bus reset without the vendor-reset module',
    source: 'gnif/vendor-reset',
  },
]

const BY_VENDOR = groupBy(KNOWN_BAD, ({ vendor }) => vendor)

/** The row that applies to the function; undefined: none, or its IDs were not read. */
export function knownBad({ raw: { vendorId, deviceId } }: PciDevice): KnownBad | undefined {
  if (!vendorId.known || !deviceId.known) return undefined
  return BY_VENDOR.get(vendorId.value)?.find(({ devices }) => devices.includes(deviceId.value))
}
