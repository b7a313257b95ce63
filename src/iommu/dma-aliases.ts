import { known, type Observed } from '../host/gap.js'
import { deviceOf } from '../host/pci-address.js'
import type { PciDevice } from '../pci/device.js'

/**
 * Requester IDs beside its own that a function may use, as devfns on its own bus. `unpredictable`: the kernel reads
 * them from device memory, or the function's IDs are not known; any function of the bus may be one.
 */
export type DmaAliases =
  | { readonly kind: 'none' }
  | { readonly kind: 'devfns'; readonly devfns: ReadonlySet<number> }
  | { readonly kind: 'unpredictable' }

/** One row of the alias quirks. A function's own devfn among its aliases means nothing. */
interface AliasRule {
  readonly vendor: number
  readonly devices: readonly number[]
  /** Aliases of a function in this slot (devfn >> 3). */
  readonly devfns: (slot: number) => readonly number[]
  /** `vendor:device` of the subsystems that the row is for; null: all. */
  readonly subsystems: readonly (readonly [vendor: number, device: number])[] | null
}

const ALL_DEVFNS = Array.from({ length: 256 }, (_, index) => index)
const VCA_DEVFNS = ALL_DEVFNS.filter((each) => (each & 7) < 5)
const ADAPTEC_3405_3805 = [[0x9005, 0x02bb] as const, [0x9005, 0x02bc] as const]
const MARVELL = [
  ...[0x9120, 0x9123, 0x9125, 0x9128, 0x9130, 0x9170, 0x9172, 0x917a, 0x9182, 0x9183, 0x91a0],
  ...[0x9215, 0x9220, 0x9230, 0x9235],
]

/** Callers of `pci_add_dma_alias` in drivers/pci/quirks.c, 5.10 to 7.3. */
const RULES: readonly AliasRule[] = [
  rule(0x1180, [0xe832, 0xe476], (slot) => [devfn(slot, 0)]),
  rule(0x6766, [0x3d40, 0x3d41], (slot) => [devfn(slot, 0)]),
  rule(0x1b4b, MARVELL, (slot) => [devfn(slot, 1)]),
  rule(0x1103, [0x0642, 0x0645], (slot) => [devfn(slot, 1)]),
  rule(0x197b, [0x2392], (slot) => [devfn(slot, 1)]),
  rule(0x1c28, [0x0122], (slot) => [devfn(slot, 1)]),
  rule(0x9005, [0x0285], () => [devfn(1, 0)], ADAPTEC_3405_3805),
  rule(0x8086, [0x2260, 0x2264], () => [devfn(0x10, 0), devfn(0x11, 0), devfn(0x12, 3)]),
  rule(0x8086, [0x2954, 0x2955, 0x2956, 0x2958, 0x2959, 0x295a], () => VCA_DEVFNS),
  rule(0x10b5, [0x87b0, 0x87b1], () => ALL_DEVFNS),
]

const BY_VENDOR: ReadonlyMap<number, readonly AliasRule[]> = new Map(
  RULES.map(({ vendor }) => [vendor, RULES.filter((each) => each.vendor === vendor)]),
)

const CLASS_BRIDGE_OTHER = 0x0680
const MICROSEMI = 0x11f8
const EFAR = 0x1055
const BROADCOM = 0x14e4

/** Aliases that the kernel adds by ID when it finds a function. */
export function findDmaAliases(device: PciDevice): DmaAliases {
  const { vendorId, deviceId } = device.raw
  if (!vendorId.known || !deviceId.known) return UNPREDICTABLE
  const [vendor, id] = [vendorId.value, deviceId.value]
  const found = BY_VENDOR.get(vendor)?.find(({ devices }) => devices.includes(id))
  if (found === undefined) {
    return isSwitchtecNtb(device, vendor, id) ? UNPREDICTABLE : NO_ALIAS
  }
  const concerned = hasSubsystem(device, found)
  if (!concerned.known) return UNPREDICTABLE
  if (!concerned.value) return NO_ALIAS
  return { kind: 'devfns', devfns: new Set(found.devfns(deviceOf(device.address))) }
}

/** Bridges at which the alias walk stops (`PCI_DEV_FLAGS_BRIDGE_XLATE_ROOT`): translation happens there. */
export function isTranslationRoot({ raw: { vendorId, deviceId } }: PciDevice): boolean {
  if (!vendorId.known || vendorId.value !== BROADCOM || !deviceId.known) return false
  return deviceId.value === 0x9000 || deviceId.value === 0x9084
}

const NO_ALIAS: DmaAliases = { kind: 'none' }
const UNPREDICTABLE: DmaAliases = { kind: 'unpredictable' }

function hasSubsystem({ raw }: PciDevice, { subsystems }: AliasRule): Observed<boolean> {
  if (subsystems === null) return known(true)
  const { subsystemVendorId: vendor, subsystemDeviceId: device } = raw
  if (!vendor.known) return vendor
  if (!device.known) return device
  return known(subsystems.some((each) => each[0] === vendor.value && each[1] === device.value))
}

/** `quirk_switchtec_ntb_dma_alias`: non-transparent bridges of the Switchtec families. */
function isSwitchtecNtb({ raw }: PciDevice, vendor: number, id: number): boolean {
  if (!raw.classCode.known || raw.classCode.value >>> 8 !== CLASS_BRIDGE_OTHER) return false
  if (vendor === EFAR) return id >= 0x1001 && id <= 0x1008
  const family = id >>> 12
  return vendor === MICROSEMI && (id >>> 8 === 0x85 || family === 4 || family === 5)
}

function devfn(device: number, func: number): number {
  return (device << 3) | func
}

function rule(
  vendor: number,
  devices: readonly number[],
  devfns: AliasRule['devfns'],
  subsystems: AliasRule['subsystems'] = null,
): AliasRule {
  return { vendor, devices, devfns, subsystems }
}
