import type { KernelChange } from '../kernel/kernel-change.js'
import { FEBRUARY_2026 } from '../pci/flags.js'
import type { PortType } from '../pci/port-type.js'

/**
 * Row of the table of functions that the kernel treats as isolated, or not, whatever their registers say
 * (`pci_dev_acs_enabled`, drivers/pci/quirks.c). The names are this tool's own and stable. More come with new kernels.
 * @open
 */
export type AcsQuirkId =
  | 'amd-southbridge'
  | 'mf-endpoint-solarflare'
  | 'mf-endpoint-intel-10g'
  | 'mf-endpoint-intel-82580'
  | 'mf-endpoint-intel-82576'
  | 'mf-endpoint-intel-82575'
  | 'mf-endpoint-intel-i350'
  | 'mf-endpoint-intel-82571'
  | 'mf-endpoint-intel-i219'
  | 'intel-rciep'
  | 'qualcomm-rp'
  | 'intel-pch'
  | 'intel-spt-pch'
  | 'mf-endpoint-emulex'
  | 'cavium-rp'
  | 'mf-endpoint-cavium'
  | 'xgene-rp'
  | 'mf-endpoint-broadcom'
  | 'broadcom-iproc-rp'
  | 'loongson-rp'
  | 'annapurna-rp'
  | 'mf-endpoint-zhaoxin'
  | 'nxp-rp'
  | 'zhaoxin-port'
  | 'wangxun-nic'
  | 'idt-source-validation'

/** Inclusive range of device IDs, or one. */
export type DeviceIds = readonly (number | readonly [first: number, last: number])[]

/** One row, or several of the kernel's that stand together and read alike. */
export interface AcsQuirk {
  readonly id: AcsQuirkId
  readonly vendor: number
  readonly devices: DeviceIds | 'any'
  /**
   * What a match says: `isolates` and `denies` are final. `southbridge`, `pch` and `dwords` look further: at the IVRS
   * table, at the chipset workaround, at registers laid out as dwords.
   */
  readonly verdict: 'isolates' | 'denies' | 'southbridge' | 'pch' | 'dwords'
  /** Port types the row is for; null: every type. Others fall through to the next row. */
  readonly types: readonly PortType[] | null
  /** The releases that have the row; null: every one that was read. */
  readonly since: KernelChange | null
}

const ROOT_PORT = ['root-port'] as const
const RC_ENDPOINT = ['rc-endpoint'] as const
const PORTS = ['root-port', 'downstream-port'] as const

/** PCI vendor IDs (`include/linux/pci_ids.h`). */
const ATI = 0x1002
const AMD = 0x1022
const INTEL = 0x8086
const QCOM = 0x17cb
const CAVIUM = 0x177d
const BROADCOM = 0x14e4
const LOONGSON = 0x0014
const ZHAOXIN = 0x1d17
const WANGXUN = 0x8088

/** Ports of Intel's chipsets whose peer decode is switched off at boot instead (`pci_quirk_intel_pch_acs_ids`). */
const INTEL_PCH: DeviceIds = [
  [0x3b42, 0x3b51],
  [0x1c10, 0x1c1f],
  [0x1e10, 0x1e1f],
  [0x8c10, 0x8c1f],
  [0x9c10, 0x9c1b],
  [0x9c90, 0x9c9b],
  ...[0x1d10, 0x1d12, 0x1d14, 0x1d16, 0x1d18, 0x1d1a, 0x1d1c, 0x1d1e],
  [0x8d10, 0x8d1e],
  ...[0x8c90, 0x8c92, 0x8c94, 0x8c96, 0x8c98, 0x8c9a, 0x8c9c, 0x8c9e],
]

/** Ports whose ACS registers are dwords (`pci_quirk_intel_spt_pch_acs_match`). */
const INTEL_SPT_PCH: DeviceIds = [
  [0xa110, 0xa11f],
  [0xa167, 0xa16a],
  [0xa290, 0xa29f],
  [0xa2e7, 0xa2ee],
  [0x9d10, 0x9d1b],
]

const INTEL_10G: DeviceIds = [
  ...[0x10c6, 0x10db, 0x10dd, 0x10e1, 0x10f1, [0x10f7, 0x10fc] as const],
  ...[0x1507, 0x1514, 0x151c, 0x1529, 0x152a, 0x154d, 0x154f, 0x1551, 0x1558],
]

const NXP_LX2: DeviceIds = [
  ...[[0x8d80, 0x8d83] as const, [0x8d88, 0x8d8b] as const],
  ...[[0x8d90, 0x8d93] as const, [0x8d98, 0x8d9b] as const],
  ...[0x8da0, 0x8da1, 0x8da8, 0x8da9, 0x8db0, 0x8db1, 0x8db8, 0x8db9],
]

/** Releases of the rows that are not in all of them. */
const SA8775P = rowsOf('Qualcomm SA8775P', {
  mainline: '6.12',
  stable: { '5.10': 227, '6.1': 113, '6.6': { without: 9 } },
})
const HAMOA = rowsOf('Qualcomm Hamoa and Glymur', FEBRUARY_2026)
const BCM5760X = rowsOf('Broadcom BCM5760X', {
  mainline: '6.13',
  stable: { '5.10': 233, '6.1': 122, '6.6': { without: 9 }, '6.12': { with: 117 } },
})
const LOONGSON_PORTS = rowsOf('Loongson', {
  mainline: '6.16',
  stable: { '5.10': { with: 262 }, '6.1': 142, '6.12': 35, '6.14': { without: 0 } },
})
const FF5XXX = rowsOf('Wangxun FF5xxx', {
  mainline: '6.13',
  stable: { '5.10': 231, '6.1': 120, '6.6': { without: 9 }, '6.12': 5 },
})

/** Source validation of IDT switch ports is taken out of the capability (`pci_disable_broken_acs_cap`). */
export const NO_IDT_SOURCE_VALIDATION: KernelChange = {
  ...rowsOf('IDT', {
    mainline: '7.1',
    stable: {
      ...({ '5.10': 'never', '6.1': 'never', '6.12': 'never' } as const),
      ...{ '6.6': { without: 9 }, '6.18': { without: 15 }, '6.19': { without: 9 }, '7.0': {} },
    },
  }),
  what: 'source validation of IDT switch ports is not asked',
}

/** Changes of the table, each once. */
export const ACS_ROW_CHANGES = [
  ...[SA8775P, HAMOA, BCM5760X, LOONGSON_PORTS, FF5XXX],
  NO_IDT_SOURCE_VALIDATION,
]

/**
 * Vouching rows of `pci_dev_acs_enabled` (drivers/pci/quirks.c), in the kernel's order: the first that gives a verdict
 * decides. Rows of all releases, 5.10 to 7.3, each with those that have it (`docs/reference/hot-reset.md#rows-of-quirk-tables`).
 */
export const ACS_QUIRKS: readonly AcsQuirk[] = [
  row('amd-southbridge', ATI, [0x4385, 0x439c, 0x4383, 0x439d, 0x4384, 0x4399], 'southbridge'),
  row('amd-southbridge', AMD, [0x780f, 0x7809], 'southbridge'),
  row('mf-endpoint-solarflare', 0x1924, [0x0903, 0x0923, 0x0a03]),
  row('mf-endpoint-intel-10g', INTEL, INTEL_10G),
  row('mf-endpoint-intel-82580', INTEL, [0x1509, [0x150e, 0x1511], 0x1516, 0x1527]),
  row('mf-endpoint-intel-82576', INTEL, [
    ...[0x10c9, [0x10e6, 0x10e8] as const, 0x150a, 0x150d, 0x1518, 0x1526],
  ]),
  row('mf-endpoint-intel-82575', INTEL, [0x10a7, 0x10a9, 0x10d6]),
  row('mf-endpoint-intel-i350', INTEL, [[0x1521, 0x1524]]),
  row('mf-endpoint-intel-82571', INTEL, [0x105e, 0x105f, 0x1060, 0x10d9]),
  row('mf-endpoint-intel-i219', INTEL, [0x15b7, 0x15b8]),
  row('intel-rciep', INTEL, 'any', 'isolates', RC_ENDPOINT),
  row('qualcomm-rp', QCOM, [0x0400, 0x0401]),
  row('qualcomm-rp', QCOM, [0x0115], 'isolates', null, SA8775P),
  row('qualcomm-rp', QCOM, [0x0111, 0x0120], 'isolates', null, HAMOA),
  row('qualcomm-rp', 0x1dbf, [0x0401]),
  row('intel-pch', INTEL, INTEL_PCH, 'pch', ROOT_PORT),
  row('intel-spt-pch', INTEL, INTEL_SPT_PCH, 'dwords', ROOT_PORT),
  row('mf-endpoint-emulex', 0x19a2, [0x0710]),
  row('mf-endpoint-emulex', 0x10df, [0x0720]),
  row('cavium-rp', CAVIUM, [[0xa000, 0xa7ff], 0xaf84, 0xb884], 'isolates', ROOT_PORT),
  row('mf-endpoint-cavium', CAVIUM, [0xa026, 0xa059, 0xa060]),
  row('xgene-rp', 0x10e8, [0xe004]),
  row('xgene-rp', 0x1def, [[0xe005, 0xe00c]]),
  row('mf-endpoint-broadcom', BROADCOM, [0x16d7, [0x1750, 0x1752]]),
  row('mf-endpoint-broadcom', BROADCOM, [[0x1760, 0x1763]], 'isolates', null, BCM5760X),
  row('broadcom-iproc-rp', BROADCOM, [0xd714]),
  row(
    'loongson-rp',
    LOONGSON,
    [0x3c09, 0x3c19, 0x3c29, 0x7a09, 0x7a19, 0x7a29, 0x7a39, 0x7a49, 0x7a59, 0x7a69],
    'isolates',
    null,
    LOONGSON_PORTS,
  ),
  row('annapurna-rp', 0x1c36, [0x0031], 'isolates', ROOT_PORT),
  row('mf-endpoint-zhaoxin', ZHAOXIN, [0x3038, 0x3104, 0x9083]),
  row('nxp-rp', 0x1957, NXP_LX2),
  row('zhaoxin-port', ZHAOXIN, [[0x0710, 0x071e], 0x0721, [0x0723, 0x0752]], 'isolates', PORTS),
  row('zhaoxin-port', ZHAOXIN, 'any', 'denies', PORTS),
  row('wangxun-nic', WANGXUN, [[0x0100, 0x010f], 0x1001, 0x2001]),
  row(
    'wangxun-nic',
    WANGXUN,
    [0x5010, 0x5025, 0x5040, 0x5110, 0x5125, 0x5140],
    'isolates',
    null,
    FF5XXX,
  ),
  row('wangxun-nic', WANGXUN, 'any', 'denies'),
]

/** Whether a row names this device ID. */
export function namesDevice({ devices }: Pick<AcsQuirk, 'devices'>, id: number): boolean {
  if (devices === 'any') return true
  return devices.some((each) =>
    typeof each === 'number' ? each === id : id >= each[0] && id <= each[1],
  )
}

function row(
  id: AcsQuirkId,
  vendor: number,
  devices: DeviceIds | 'any',
  verdict: AcsQuirk['verdict'] = 'isolates',
  types: AcsQuirk['types'] = null,
  since: KernelChange | null = null,
): AcsQuirk {
  return { id, vendor, devices, verdict, types, since }
}

function rowsOf(what: string, since: Pick<KernelChange, 'mainline' | 'stable'>): KernelChange {
  return {
    ...since,
    what: `the table vouches for ${what}`,
    part: 'quirk',
    source:
      'drivers/pci/quirks.c of 5.10.262, 6.1.192, 6.6.9, 6.12.117, 6.12.118, 6.14.0, 6.18.15, 7.1, 7.2.13, 7.3.4; changelogs of Debian',
  }
}
