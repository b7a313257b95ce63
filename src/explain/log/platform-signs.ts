import type { Platform, Processor } from '../catalogue/platform.js'

/** What only a machine of that kind prints. Parameters of a command line are no sign: people set them everywhere. */
const PROCESSORS: readonly (readonly [Processor, RegExp])[] = [
  ['intel', /\bDMAR(?:-IR)?:|\bdmar\d|GenuineIntel|Intel-IOMMU/],
  ['amd', /AMD-Vi|\bivhd\d|AuthenticAMD/],
  [
    'arm',
    /arm-smmu|qemu-system-(?:aarch64|arm)\b|\baarch64\b|\bGICv[234]|\bITS@|\bITS\b.{0,20}\bdomain\b|brcm-pcie|\bbcm2\d{3}|rockchip|tegra\d/,
  ],
  ['power', /qemu-system-ppc|\bppc64|\bEEH:|\bspapr\b/],
  ['riscv', /qemu-system-riscv|riscv-iommu|\briscv64\b/],
  ['s390', /qemu-system-s390x|\bzpci\b/],
  ['x86', /qemu-system-(?:x86_64|i386)|\bx86_64\b|\bx86\/fpu/],
]

const GUEST =
  /Hypervisor detected:|Booting paravirtualized kernel on (?!bare)|virtio[_-]iommu|DMI: (?:QEMU|VMware|Xen|Red Hat KVM|innotek|Microsoft Corporation Virtual)|Detected virtualization (?!none)/

/** A cheap first look: no sign is without one of these. */
const ANY =
  /DMAR|dmar|AMD-Vi|ivhd|Authentic|Genuine|Intel-IOMMU|arm-smmu|qemu-system|aarch64|GICv|ITS|brcm|bcm2|rockchip|tegra|ppc64|EEH|spapr|riscv|zpci|x86|ypervisor|paravirt|virtio|DMI:|Detected/

/** Gathers from a log what machine it is of. */
export function platformWatch() {
  const counts = new Map<Processor, number>()
  let isGuest: boolean | null = null
  return {
    take(line: string): void {
      if (!ANY.test(line)) return
      const short = line.slice(0, 2_000)
      for (const [processor, sign] of PROCESSORS) {
        if (sign.test(short)) counts.set(processor, (counts.get(processor) ?? 0) + 1)
      }
      if (GUEST.test(short)) isGuest = true
    },
    /** The kind with most signs; x86 only where neither Intel nor AMD showed itself. */
    platform(): Platform {
      const exact = [...counts].filter(([processor]) => processor !== 'x86')
      const [best] = [...exact].sort(([, a], [, b]) => b - a)
      return { processor: best?.[0] ?? (counts.has('x86') ? 'x86' : null), isGuest }
    },
  }
}
