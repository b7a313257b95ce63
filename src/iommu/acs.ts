import {
  PCI_ACS_CR,
  PCI_ACS_DT,
  PCI_ACS_EC,
  PCI_ACS_RR,
  PCI_ACS_SV,
  PCI_ACS_TB,
  PCI_ACS_UF,
} from '../pci/registers.js'

/** A bit of the ACS capability and control registers (PCIe 7.7.11). */
export type AcsBit =
  /** Source validation. */
  | 'SV'
  /** Translation blocking. */
  | 'TB'
  /** Request redirect. */
  | 'RR'
  /** Completion redirect. */
  | 'CR'
  /** Upstream forwarding. */
  | 'UF'
  /** Egress control. */
  | 'EC'
  /** Direct translated. */
  | 'DT'

const NAMES: readonly (readonly [AcsBit, number])[] = [
  ['SV', PCI_ACS_SV],
  ['TB', PCI_ACS_TB],
  ['RR', PCI_ACS_RR],
  ['CR', PCI_ACS_CR],
  ['UF', PCI_ACS_UF],
  ['EC', PCI_ACS_EC],
  ['DT', PCI_ACS_DT],
]

/** What IOMMU groups ask of every hop (`REQ_ACS_FLAGS`, drivers/iommu/iommu.c). */
export const REQ_ACS_FLAGS = PCI_ACS_SV | PCI_ACS_RR | PCI_ACS_CR | PCI_ACS_UF

/** Names of the bits set in a capability or control register, lowest bit first. */
export function acsBitNames(register: number): AcsBit[] {
  return NAMES.filter(([, mask]) => (register & mask) !== 0).map(([name]) => name)
}

/**
 * Bits of `flags` that the function can enforce and does not; 0: isolated (`pci_acs_flags_enabled`, 5.10 to 7.3). A bit
 * that the capability lacks counts as enforced, except egress control: what cannot be redirected cannot happen.
 */
export function missingAcsFlags(
  { capability, control }: { readonly capability: number; readonly control: number },
  flags: number,
): number {
  return flags & (capability | PCI_ACS_EC) & ~control
}
