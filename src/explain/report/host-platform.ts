import type { RawFunction, RawHost } from '../../host/raw-host.js'
import type { Platform, Processor } from '../catalogue/platform.js'

/** What machine a host is, by what was read of it. */
export function hostPlatform({
  system: { arch, iommuInstances },
  functions,
}: Pick<RawHost, 'system' | 'functions'>): Platform {
  const byArch = arch.known ? processorOf(arch.value) : null
  const byIommu = iommuInstances.known ? ofInstances(iommuInstances.value) : null
  const isX86 = byArch === null || byArch === 'x86'
  const processor = isX86 ? (byIommu ?? ofHostBridge(functions) ?? byArch) : byArch
  return { processor, isGuest: functions.length === 0 ? null : functions.some(isVirtual) }
}

const ARCHITECTURES: readonly (readonly [RegExp, Processor])[] = [
  [/^(?:x86_64|i[3-6]86)$/, 'x86'],
  [/^(?:aarch64|arm)/, 'arm'],
  [/^ppc/, 'power'],
  [/^riscv/, 'riscv'],
  [/^s390/, 's390'],
]

function processorOf(arch: string): Processor | null {
  return ARCHITECTURES.find(([pattern]) => pattern.test(arch))?.[1] ?? null
}

function ofInstances(names: readonly string[]): Processor | null {
  if (names.some((name) => /^dmar\d/.test(name))) return 'intel'
  if (names.some((name) => /^ivhd\d/.test(name))) return 'amd'
  return names.some((name) => /smmu/.test(name)) ? 'arm' : null
}

const BRIDGE_VENDORS: ReadonlyMap<number, Processor> = new Map([
  [0x8086, 'intel'],
  [0x1022, 'amd'],
])

/** Whose processor it is shows in the host bridges on its root bus. */
function ofHostBridge(functions: readonly RawFunction[]): Processor | null {
  for (const { classCode, vendorId } of functions) {
    if (!classCode.known || classCode.value >> 8 !== 0x0600 || !vendorId.known) continue
    const processor = BRIDGE_VENDORS.get(vendorId.value)
    if (processor !== undefined) return processor
  }
  return null
}

/** Red Hat's and QEMU's own devices, VMware, Hyper-V, Xen, VirtualBox: no such device is on a real board. */
const VIRTUAL: ReadonlySet<number> = new Set([0x1af4, 0x1b36, 0x15ad, 0x1414, 0x5853, 0x80ee])

function isVirtual({ vendorId }: RawFunction): boolean {
  return vendorId.known && VIRTUAL.has(vendorId.value)
}
