import { isKnownAs, known, mapObserved, type Observed, unknown } from '../host/gap.js'
import type { RawFunction, RawHost } from '../host/raw-host.js'
import { placeOf } from '../pci/place.js'

/** By what a kernel puts PCI functions into groups (`iommu_ops.device_group`). */
export type GroupingRule =
  /** `pci_device_group`: by ACS, topology and requester IDs, which is what this model recomputes. */
  | 'pci-device-group'
  /** Who shares a stream ID first, then `pci_device_group` (`arm_smmu_device_group` of SMMUv2, `apple_dart_device_group`). */
  | 'stream-ids'
  /** One group for each function (`generic_device_group`: s390). */
  | 'per-function'
  /** Partitionable endpoints of POWER (`spapr_tce_iommu_device_group`). */
  | 'partitionable-endpoints'
  /** Some other driver's, which was not read. */
  | 'other'

type IommuHost = Pick<RawHost, 'system' | 'functions'>

/**
 * The rule of the host's kernel, told from the names that IOMMU drivers give their instances (`iommu_device_sysfs_add`, callers
 * in 7.3), else from the architecture, else from the chipset. Unknown where none of them says.
 */
export function groupingRule({ system, functions }: IommuHost): Observed<GroupingRule> {
  const { iommuInstances, arch } = system
  if (isPower({ system })) return known('partitionable-endpoints')
  if (arch.known && arch.value.startsWith('s390')) return known('per-function')
  if (iommuInstances.known && iommuInstances.value.length > 0) {
    const rules = iommuInstances.value.map(ruleOfInstance)
    return known(rules.find((rule) => rule !== 'pci-device-group') ?? 'pci-device-group')
  }
  if (arch.known && isX86(arch.value)) return known('pci-device-group')
  if (!arch.known && functions.some(isChipsetOfX86)) return known('pci-device-group')
  return iommuInstances.known
    ? unknown({
        path: 'sys/class/iommu',
        why: 'absent',
        detail: 'no instance tells which IOMMU groups',
      })
    : iommuInstances
}

/**
 * Whether firmware says what an IOMMU is for (a device tree, IORT, VIOT), so that the kernel looks for the IOMMU of each function. Intel,
 * AMD and s390 look for the functions of each IOMMU, and POWER has instances of none.
 */
export function isDescribedByFirmware({ iommuInstances }: RawHost['system']): Observed<boolean> {
  return mapObserved(iommuInstances, (names) =>
    names.some((name) => !FOUND_BY_SCAN.test(name) && ruleOfInstance(name) !== 'per-function'),
  )
}

/** POWER: containers of sPAPR TCE, and no device cdevs (drivers/vfio/Kconfig of 6.6 to 7.3: `!SPAPR_TCE_IOMMU`). */
export function isPower({ system: { arch } }: Pick<RawHost, 'system'>): boolean {
  return arch.known && arch.value.startsWith('ppc')
}

/** Whether the kernel groups by what this model recomputes; unknown is not taken for a yes. */
export function isGroupedByPci(host: IommuHost): boolean {
  const rule = groupingRule(host)
  return isKnownAs(rule, 'pci-device-group')
}

/** Intel and AMD find the functions of their IOMMUs themselves, and group them when they come up. */
const FOUND_BY_SCAN = /^(?:dmar|ivhd)\d+$/

/** Names that tell the rule; all others are those of drivers that were not read. virtio-iommu is named after its own device. */
const INSTANCES: readonly (readonly [name: RegExp, rule: GroupingRule])[] = [
  [FOUND_BY_SCAN, 'pci-device-group'],
  [/^smmu3\./, 'pci-device-group'],
  [/^riscv-iommu[@.]/, 'pci-device-group'],
  // A PCI function, or a device of virtio-mmio.
  [/^[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/, 'pci-device-group'],
  [/(?:^|\.)virtio[-_]mmio(?:\.|$)/, 'pci-device-group'],
  [/^virtio\d+$/, 'pci-device-group'],
  [/^smmu\./, 'stream-ids'],
  [/^apple-dart\./, 'stream-ids'],
  [/^s390-iommu\./, 'per-function'],
]

function ruleOfInstance(name: string): GroupingRule {
  return INSTANCES.find(([pattern]) => pattern.test(name))?.[1] ?? 'other'
}

export function isX86(arch: string): boolean {
  return arch === 'x86_64' || /^i[3-6]86$/.test(arch)
}

/** Makers of host bridges and root ports that only x86 has: Intel, AMD, VIA, Zhaoxin, Hygon. */
const X86_CHIPSETS: ReadonlySet<number> = new Set([0x8086, 0x1022, 0x1106, 0x1d17, 0x1d94])
const BRIDGES = 0x06

/** A bridge of theirs on a root bus. */
function isChipsetOfX86({ vendorId, classCode, path, address }: RawFunction): boolean {
  return (
    vendorId.known &&
    X86_CHIPSETS.has(vendorId.value) &&
    classCode.known &&
    classCode.value >>> 16 === BRIDGES &&
    placeOf(address, path).onRootBus
  )
}
