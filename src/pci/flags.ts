import { known, mapObserved, type Observed } from '../host/gap.js'
import type { Kernel } from '../kernel/kernel.js'
import { carries, type KernelChange } from '../kernel/kernel-change.js'
import { groupBy } from '../text/lists.js'
import type { PciDevice } from './device.js'
import { PCI_CLASS_DISPLAY_VGA } from './registers.js'
import type { Topology } from './topology.js'

/** One row of a kernel flag table. */
export interface FlagRule {
  readonly vendor: number
  /** Whole device IDs, or a mask and the value under it. */
  readonly devices: readonly number[] | { readonly mask: number; readonly value: number }
  readonly what: string
  /** The releases that have the row. */
  readonly since: KernelChange
}

/** In every release that was read. */
export const EVER = { mainline: '4.0', stable: {} } as const

/** Rows that came with 7.0, and to the lines that were alive then (AUTOSEL). */
export const FEBRUARY_2026 = {
  mainline: '7.0',
  stable: {
    '5.10': 252,
    '5.15': { without: 189 },
    '6.1': 165,
    '6.6': { without: 102 },
    '6.12': 75,
    '6.18': { without: 15 },
  },
} as const

/**
 * `PCI_DEV_FLAGS_NO_BUS_RESET` (`quirk_no_bus_reset` and its callers, drivers/pci/quirks.c, 5.10 to 7.3): the rows of all
 * releases, each with those that have it.
 */
export const NO_BUS_RESET: readonly FlagRule[] = [
  noBus(
    'NVIDIA GPU',
    0x10de,
    { mask: 0xffc0, value: 0x2340 },
    {
      mainline: '5.13',
      stable: { '5.10': 46 },
    },
  ),
  noBus('NVIDIA GB10 root port', 0x10de, [0x22ce, 0x22d0], FEBRUARY_2026),
  noBus('Atheros', 0x168c, [0x0030, 0x0032, 0x0033, 0x0034, 0x003c], EVER),
  noBus('Atheros QCA6174', 0x168c, [0x003e], {
    mainline: '5.16',
    stable: { '5.10': 80, '5.14': { without: 19 }, '5.15': { without: 2, with: 4 } },
  }),
  noBus('Qualcomm WCN6855, WCN7850, SDX62/65', 0x17cb, [0x1103, 0x1107, 0x0308], {
    mainline: '7.2',
    stable: {
      '5.10': 'never',
      '5.15': { without: 189 },
      '6.1': 189,
      '6.6': { without: 102 },
      '6.12': 111,
      '6.18': { without: 15 },
      '7.1': { without: 5 },
    },
  }),
  noBus('Cavium CN8xxx root port', 0x177d, [0xa100], EVER),
  noBus('TI KeyStone C667X', 0x104c, [0xb005], { mainline: '5.13', stable: { '5.10': 46 } }),
  noBus('ASMedia ASM1164', 0x1b21, [0x1164], FEBRUARY_2026),
]

/** `PCI_DEV_FLAGS_NO_FLR_RESET` (`quirk_no_flr`): neither FLR nor AF FLR although the capability is there. */
export const NO_FLR: readonly FlagRule[] = [
  noFlrRow('AMD Matisse/Starship', 0x1022, [0x1487, 0x148c, 0x149c], EVER),
  noFlrRow('AMD FCH AHCI', 0x1022, [0x7901], {
    mainline: '6.3',
    stable: { '5.10': 173, '5.15': { without: 0 }, '6.1': 16, '6.2': { without: 0 } },
  }),
  noFlrRow('AMD NPU', 0x1022, [0x1502, 0x17f0], {
    mainline: '7.1',
    stable: { '5.10': 'never', '6.1': 'never', '6.12': 'never' },
  }),
  noFlrRow('Intel 82579', 0x8086, [0x1502, 0x1503], EVER),
  noFlrRow('MediaTek MT7922', 0x14c3, [0x0616], {
    mainline: '6.14',
    stable: { '5.10': 'never', '6.1': 'never', '6.12': 16 },
  }),
  noFlrRow('MediaTek MT7925', 0x14c3, [0x7925], {
    mainline: '7.2',
    stable: { '5.10': 'never', '6.1': 'never', '6.12': 111, '6.18': { without: 15 } },
  }),
  noFlrRow('SolidRun SNET revision 1', 0xd063, [0x1000], {
    mainline: '6.9',
    stable: { '5.10': 'never', '6.1': 88 },
  }),
]

/** `PCI_DEV_FLAGS_NO_PM_RESET` (`quirk_no_pm_reset`), VGA rows of AMD handled by class in `noPmReset`. */
export const NO_PM_RESET: readonly FlagRule[] = [
  flagRow('PM', 'Mellanox BlueField', 0x15b3, [0xcb84, 0xcf6c, 0xcf70, 0xcf80], {
    mainline: '6.12',
    stable: { '5.10': { with: 262 }, '6.1': { with: 192 }, '6.6': { without: 9 } },
  }),
]

type Since = Pick<KernelChange, 'mainline' | 'stable'>

function noBus(what: string, vendor: number, devices: FlagRule['devices'], since: Since): FlagRule {
  return flagRow('bus', what, vendor, devices, since)
}

function noFlrRow(what: string, vendor: number, devices: FlagRule['devices'], since: Since) {
  return flagRow('FLR', what, vendor, devices, since)
}

function flagRow(
  reset: 'bus' | 'FLR' | 'PM',
  what: string,
  vendor: number,
  devices: FlagRule['devices'],
  since: Since,
): FlagRule {
  const change: KernelChange = {
    ...since,
    what: reset === 'bus' ? `the bus of ${what} is never reset` : `${what} has no ${reset} reset`,
    part: 'quirk',
    source:
      'drivers/pci/quirks.c of 5.10.262, 6.1.192, 6.12.118, 7.2.13, 7.3.4; changelogs of Debian',
  }
  return { vendor, devices, what, since: change }
}

/** What rules about one function are asked of: its neighbours, and the kernel. */
export interface FlagHost {
  readonly topology: Topology
  readonly kernel: Kernel
}

/**
 * The row that forbids a reset of the function's bus; null: none. Unknown while its IDs are, or whether the kernel has the
 * row. `bus` in `reset_method` shows that it has not: the probe asks the function's own flag, and root can write no method
 * whose probe fails (`pci_reset_bus_function`, `reset_method_store`). Below a CXL port that masks resets the probe of
 * 6.10 to 7.0 asks nothing.
 */
export function noBusReset(device: PciDevice, host: FlagHost): Observed<FlagRule | null> {
  const row = noBusResetRow(device)
  if (!row.known || row.value === null) return row
  const shown = showsBusReset(device, host)
  return shown === null ? ifCarried(row.value, host) : known(shown ? null : row.value)
}

/** The row of any release that names the function; null: none. */
export function noBusResetRow(device: PciDevice): Observed<FlagRule | null> {
  return findRule(device, BUS_RULES)
}

/** Whether the function's own flag is clear, as `reset_method` shows; null: it does not tell. */
function showsBusReset(device: PciDevice, { topology, kernel }: FlagHost): boolean | null {
  const { resetMethods } = device.raw
  if (!kernel.isRunning || !resetMethods.known) return null
  const bus = topology.byBus.get(device.bus)
  const bridge = bus?.bridge ?? null
  const port = bridge === null ? undefined : topology.byAddress.get(bridge)
  if (port === undefined || (port.sbrMasked.known && port.sbrMasked.value)) return null
  if (resetMethods.value?.includes('bus') === true) return true
  // Of a function that was always alone there is no such file only where not even its bus can be reset.
  return resetMethods.value === null && bus?.devices.length === 1 ? false : null
}

/** The row that hides the function's FLR; null: none. */
export function noFlr(device: PciDevice, host: FlagHost): Observed<FlagRule | null> {
  const row = findRule(device, FLR_RULES)
  if (!row.known || row.value === null) return row
  const { revision } = device.raw
  if (row.value.vendor !== 0xd063) return ifCarried(row.value, host)
  if (!revision.known) return revision
  return revision.value === 1 ? ifCarried(row.value, host) : NO_RULE
}

/** Whether the kernel refuses the PM method; the flag counts only off the root bus (`pci_pm_reset`). */
export function noPmReset(device: PciDevice, host: FlagHost): Observed<boolean> {
  const { vendorId, classCode } = device.raw
  if (device.onRootBus) return known(false)
  if (!vendorId.known) return vendorId
  if (vendorId.value === 0x1002) {
    return classCode.known ? known(classCode.value >>> 8 === PCI_CLASS_DISPLAY_VGA) : classCode
  }
  const row = findRule(device, PM_RULES)
  if (!row.known || row.value === null) return row.known ? known(false) : row
  return carries(host.kernel, row.value.since)
}

function ifCarried(row: FlagRule, { kernel }: FlagHost): Observed<FlagRule | null> {
  return mapObserved(carries(kernel, row.since), (has) => (has ? row : null))
}

/** Rows by vendor: most functions are of one that has none. */
type RulesByVendor = ReadonlyMap<number, readonly FlagRule[]>

const BUS_RULES: RulesByVendor = groupBy(NO_BUS_RESET, vendorOf)
const FLR_RULES: RulesByVendor = groupBy(NO_FLR, vendorOf)
const PM_RULES: RulesByVendor = groupBy(NO_PM_RESET, vendorOf)

function vendorOf({ vendor }: FlagRule): number {
  return vendor
}

function findRule({ raw }: PciDevice, rules: RulesByVendor): Observed<FlagRule | null> {
  const { vendorId, deviceId } = raw
  if (!vendorId.known) return vendorId
  const ofVendor = rules.get(vendorId.value)
  if (ofVendor === undefined) return NO_RULE
  if (!deviceId.known) return deviceId
  const rule = ofVendor.find(({ devices }) => matches(devices, deviceId.value))
  return rule === undefined ? NO_RULE : known(rule)
}

const NO_RULE = known(null)

function matches(devices: FlagRule['devices'], id: number): boolean {
  return 'mask' in devices ? (id & devices.mask) === devices.value : devices.includes(id)
}
