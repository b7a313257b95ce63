import type { Cure } from '../../explain/catalogue/platform.js'
import { ISOLATE_INTERRUPTS, SWITCH_ON_IOMMU } from '../../explain/catalogue/words/cures.js'
import { GAP_WORDS } from '../../host/gap-words.js'
import { loadCommand, noiommuOffCommand } from '../../plan/report/commands.js'
import { counted, some } from '../../text/english.js'
import type { ByKind } from '../../text/word-table.js'
import type { DoctorReason } from '../reason.js'

interface ReasonWords<Fact> {
  readonly sentence: (fact: Fact) => string
  /** What to do about it, on which machine; null: nothing needs to be done. */
  readonly cure: (fact: Fact) => Cure
}

type ReasonTable = {
  readonly [K in DoctorReason['kind']]: ReasonWords<ByKind<DoctorReason>[K]>
}

const remove = (parameter: string) => `Remove ${parameter} from the kernel command line and reboot.`

/** Words for every fact about a machine. */
const REASONS: ReasonTable = {
  'no-iommu': {
    sentence: ({ parameter }) =>
      parameter === null
        ? 'No IOMMU is active.'
        : `No IOMMU is active: the kernel was booted with ${parameter}.`,
    cure: ({ parameter }) => (parameter === null ? SWITCH_ON_IOMMU : remove(parameter)),
  },
  'group-hole': {
    sentence: ({ devices }) =>
      `${counted(devices.length, 'function has', 'functions have')} no IOMMU group although an IOMMU is active: ${some(devices, 6)}. They cannot be given to a VM.`,
    cure: () => ({
      guest: 'The hypervisor decides which functions its virtual IOMMU covers.',
      arm: 'The platform must map them to an IOMMU: `iommu-map` in the device tree, or IORT in ACPI.',
      other:
        'The firmware leaves them out of its IOMMU tables (DMAR, IVRS): look for an update, or use another slot.',
    }),
  },
  'interrupts-not-isolated': {
    sentence: ({ parameter }) =>
      parameter === null
        ? 'Interrupts of devices are not isolated, and the kernel refuses such groups.'
        : `Interrupts of devices are not isolated: the kernel was booted with ${parameter}.`,
    cure: ({ parameter }) => (parameter === null ? ISOLATE_INTERRUPTS : remove(parameter)),
  },
  'unsafe-interrupts-allowed': {
    sentence: () =>
      'Interrupts of devices are not isolated, and allow_unsafe_interrupts accepts that: a malicious guest can forge interrupts of the host.',
    cure: () => ISOLATE_INTERRUPTS,
  },
  'module-not-loaded': {
    sentence: () => 'The driver vfio-pci is there and not loaded.',
    cure: () => loadCommand('vfio-pci'),
  },
  'no-module': {
    sentence: () => 'The modules of this kernel do not hold vfio-pci.',
    cure: () => ({
      guest:
        'Kernels made for virtual machines leave it out: boot a kernel that has CONFIG_VFIO_PCI.',
      other:
        'Boot a kernel that has CONFIG_VFIO_PCI (of some distributions in a package of extra modules).',
    }),
  },
  'no-cdev': {
    sentence: () =>
      'Functions can be opened through the group interface only: this kernel has no device files for iommufd.',
    cure: () => null,
  },
  'no-group-api': {
    sentence: () =>
      'Functions can be opened through iommufd only: this kernel has no group interface.',
    cure: () => 'QEMU: -object iommufd,id=iommufd0 and iommufd=iommufd0 at each vfio-pci.',
  },
  'no-interface': {
    sentence: () => 'There is neither a group interface nor iommufd, so nothing can be opened.',
    cure: () =>
      `${loadCommand('vfio', 'vfio_iommu_type1')}; or boot a kernel that has CONFIG_VFIO.`,
  },
  'noiommu-on': {
    sentence: () =>
      'Unsafe no-IOMMU mode is on: a function without an IOMMU that is opened in it reaches all memory of the host.',
    cure: () => `${noiommuOffCommand()}, unless DPDK or the like needs it.`,
  },
  'locked-down': {
    sentence: ({ mode }) =>
      `The kernel is locked down (${mode}): modules must be signed, and nobody writes registers of a function from outside VFIO (setpci). VFIO itself works.`,
    cure: () => null,
  },
  'acs-override': {
    sentence: ({ value }) =>
      `pcie_acs_override=${value} is given: where the kernel has that patch, groups are smaller than what the hardware keeps apart, and VMs can reach each other.`,
    cure: () =>
      'Remove pcie_acs_override from the kernel command line and reboot, unless all VMs trust each other.',
  },
  unread: {
    sentence: ({ path, why }) => `${path} would settle it (${GAP_WORDS[why].title}).`,
    cure: () => null,
  },
}

/** A fact in words. */
export function reasonSentence<K extends DoctorReason['kind']>(
  fact: ByKind<DoctorReason>[K] & { readonly kind: K },
): string {
  const row: ReasonWords<ByKind<DoctorReason>[K]> = REASONS[fact.kind]
  return row.sentence(fact)
}

/** What to do about it. */
export function reasonCure<K extends DoctorReason['kind']>(
  fact: ByKind<DoctorReason>[K] & { readonly kind: K },
): Cure {
  const row: ReasonWords<ByKind<DoctorReason>[K]> = REASONS[fact.kind]
  return row.cure(fact)
}
