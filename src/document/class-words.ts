import { isStated } from './stated.js'
import type { Stated } from './values.js'

/** What a function is for, in the order in which an operator looks for it. */
export const PURPOSES = [
  'display',
  'accelerator',
  'fabric',
  'network',
  'storage',
  'coprocessor',
  'usb',
  'multimedia',
  'unknown',
  'chipset',
] as const

export type Purpose = (typeof PURPOSES)[number]

export interface ClassWords {
  readonly purpose: Purpose
  /** One or two words, shorter than those of pci.ids; null: a class that has no short name here. */
  readonly label: string | null
}

/**
 * Classes by class and subclass, or by class alone (PCI Code and ID Assignment Specification). What is not listed is
 * part of the chipset: bridges, memory controllers, timers, buses of the board.
 */
const CLASSES: ReadonlyMap<string, ClassWords> = new Map([
  ['00', words('unknown', null)],
  ['01', words('storage', 'Storage')],
  ['0100', words('storage', 'SCSI')],
  ['0101', words('storage', 'IDE')],
  ['0104', words('storage', 'RAID')],
  ['0105', words('storage', 'ATA')],
  ['0106', words('storage', 'SATA')],
  ['0107', words('storage', 'SAS')],
  ['0108', words('storage', 'NVMe')],
  ['0109', words('storage', 'UFS')],
  ['02', words('network', 'Network')],
  ['0200', words('network', 'Ethernet')],
  ['0207', words('network', 'InfiniBand')],
  ['03', words('display', 'Display')],
  ['0300', words('display', 'VGA')],
  ['0302', words('display', '3D')],
  ['04', words('multimedia', 'Multimedia')],
  ['0400', words('multimedia', 'Video')],
  ['0401', words('multimedia', 'Audio')],
  ['0403', words('multimedia', 'Audio')],
  ['0502', words('accelerator', 'CXL memory')],
  ['0600', words('chipset', 'Host bridge')],
  ['0601', words('chipset', 'ISA bridge')],
  ['0604', words('chipset', 'PCI bridge')],
  ['0680', words('chipset', 'Bridge device')],
  ['0806', words('chipset', 'IOMMU')],
  ['0b40', words('coprocessor', 'Coprocessor')],
  ['0c03', words('usb', 'USB')],
  ['0c04', words('storage', 'Fibre Channel')],
  ['0c05', words('chipset', 'SMBus')],
  ['0c06', words('network', 'InfiniBand')],
  ['0c0b', words('fabric', 'CXL fabric')],
  ['0d', words('network', 'Wireless')],
  ['12', words('accelerator', 'Accelerator')],
  ['13', words('chipset', 'Instrumentation')],
  ['40', words('coprocessor', 'Coprocessor')],
  ['ff', words('unknown', null)],
])

const OTHER_BRIDGE = '0680'
const CHIPSET = words('chipset', null)
const UNKNOWN = words('unknown', null)

/**
 * What a class code says a function is for. `onRootBus`: NVSwitches are class 0680, as are odd corners of chipsets; only
 * the latter sit on a root bus.
 */
export function classWords(classCode: Stated<string>, onRootBus: boolean): ClassWords {
  if (!isStated(classCode)) return UNKNOWN
  const subclass = classCode.slice(0, 4)
  if (subclass === OTHER_BRIDGE && !onRootBus) return words('fabric', 'Switch')
  return CLASSES.get(subclass) ?? CLASSES.get(classCode.slice(0, 2)) ?? CHIPSET
}

function words(purpose: Purpose, label: string | null): ClassWords {
  return { purpose, label }
}
