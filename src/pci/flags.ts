import { known, type Observed } from '../host/gap.js'
import type { PciDevice } from './device.js'
import { PCI_CLASS_DISPLAY_VGA } from './registers.js'

/** One row of a kernel flag table. */
export interface FlagRule {
  readonly vendor: number
  /** Whole device IDs, or a mask and the value under it. */
  readonly devices: readonly number[] | { readonly mask: number; readonly value: number }
  readonly what: string
  /** Releases read that lack the row; empty: all read carry it. A verdict that rests on such a row says so. */
  readonly lackedBy: readonly string[]
}

/**
 * `PCI_DEV_FLAGS_NO_BUS_RESET` (`quirk_no_bus_reset` and its callers, drivers/pci/quirks.c, 5.10 to 7.3), the newest
 * superset: stable branches carry rows early, so the release alone never gates one
 * (`docs/kernel-map.md#choices-that-the-sources-leave-open`).
 */
export const NO_BUS_RESET: readonly FlagRule[] = [
  { vendor: 0x10de, devices: { mask: 0xffc0, value: 0x2340 }, what: 'NVIDIA GPU', lackedBy: [] },
  {
    vendor: 0x10de,
    devices: [0x22ce, 0x22d0],
    what: 'NVIDIA GB10 root port',
    lackedBy: ['5.10.223', '6.18.15'],
  },
  {
    vendor: 0x168c,
    devices: [0x0030, 0x0032, 0x0033, 0x0034, 0x003c],
    what: 'Atheros',
    lackedBy: [],
  },
  { vendor: 0x168c, devices: [0x003e], what: 'Atheros QCA6174', lackedBy: [] },
  {
    vendor: 0x17cb,
    devices: [0x1103, 0x1107, 0x0308],
    what: 'Qualcomm WCN6855, WCN7850, SDX62/65',
    lackedBy: ['7.1.5', '6.18.15', '6.1.192', '5.10.262'],
  },
  { vendor: 0x177d, devices: [0xa100], what: 'Cavium CN8xxx root port', lackedBy: [] },
  { vendor: 0x104c, devices: [0xb005], what: 'TI KeyStone C667X', lackedBy: [] },
  {
    vendor: 0x1b21,
    devices: [0x1164],
    what: 'ASMedia ASM1164',
    lackedBy: ['5.10.223', '6.18.15'],
  },
]

/** `PCI_DEV_FLAGS_NO_FLR_RESET` (`quirk_no_flr`): neither FLR nor AF FLR although the capability is there. */
export const NO_FLR: readonly FlagRule[] = [
  {
    vendor: 0x1022,
    devices: [0x1487, 0x148c, 0x149c, 0x7901],
    what: 'AMD Matisse/Starship',
    lackedBy: [],
  },
  { vendor: 0x1022, devices: [0x1502, 0x17f0], what: 'AMD NPU', lackedBy: ['6.18.15', '6.12.117'] },
  { vendor: 0x8086, devices: [0x1502, 0x1503], what: 'Intel 82579', lackedBy: [] },
  { vendor: 0x14c3, devices: [0x0616], what: 'MediaTek MT7922', lackedBy: ['6.1.192', '5.10.262'] },
  { vendor: 0x14c3, devices: [0x7925], what: 'MediaTek MT7925', lackedBy: ['6.18.15'] },
  { vendor: 0xd063, devices: [0x1000], what: 'SolidRun SNET revision 1', lackedBy: ['5.10.262'] },
]

/** `PCI_DEV_FLAGS_NO_PM_RESET` (`quirk_no_pm_reset`), VGA rows of AMD handled by class in `noPmReset`. */
const NO_PM_RESET: readonly FlagRule[] = [
  {
    vendor: 0x15b3,
    devices: [0xcb84, 0xcf6c, 0xcf70, 0xcf80],
    what: 'Mellanox BlueField',
    lackedBy: ['6.6.9'],
  },
]

/** The row that forbids a reset of the function's bus; null: none. Unknown only while the IDs are. */
export function noBusReset(device: PciDevice): Observed<FlagRule | null> {
  return findRule(device, NO_BUS_RESET)
}

/** The row that hides the function's FLR; null: none. */
export function noFlr(device: PciDevice): Observed<FlagRule | null> {
  const rule = findRule(device, NO_FLR)
  if (!rule.known || rule.value?.vendor !== 0xd063) return rule
  const { revision } = device.raw
  return revision.known ? known(revision.value === 1 ? rule.value : null) : revision
}

/** Whether the kernel refuses the PM method; the flag counts only off the root bus (`pci_pm_reset`). */
export function noPmReset(device: PciDevice): Observed<boolean> {
  const { vendorId, classCode } = device.raw
  if (device.onRootBus) return known(false)
  if (!vendorId.known) return vendorId
  if (vendorId.value === 0x1002) {
    return classCode.known ? known(classCode.value >>> 8 === PCI_CLASS_DISPLAY_VGA) : classCode
  }
  const rule = findRule(device, NO_PM_RESET)
  return rule.known ? known(rule.value !== null) : rule
}

function findRule(device: PciDevice, rules: readonly FlagRule[]): Observed<FlagRule | null> {
  const { vendorId, deviceId } = device.raw
  if (!vendorId.known) return vendorId
  if (!rules.some(({ vendor }) => vendor === vendorId.value)) return NO_RULE
  if (!deviceId.known) return deviceId
  const rule = rules.find(
    ({ vendor, devices }) => vendor === vendorId.value && matches(devices, deviceId.value),
  )
  return rule === undefined ? NO_RULE : known(rule)
}

const NO_RULE = known(null)

function matches(devices: FlagRule['devices'], id: number): boolean {
  return 'mask' in devices ? (id & devices.mask) === devices.value : devices.includes(id)
}
