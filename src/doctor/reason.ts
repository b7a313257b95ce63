import type { Gap } from '../host/gap.js'
import type { PciAddresses } from '../host/pci-address.js'

/** A fact behind the outcome of a check of a machine. */
export type DoctorReason =
  /** No IOMMU is active. */
  | {
      readonly kind: 'no-iommu'
      /** The kernel parameter that keeps it off; null: none is seen. */
      readonly parameter: string | null
    }
  /** These functions have no IOMMU group although an IOMMU is active. */
  | { readonly kind: 'group-hole'; readonly devices: PciAddresses }
  /** Interrupts of devices are not isolated. */
  | {
      readonly kind: 'interrupts-not-isolated'
      /** The kernel parameter that switches remapping off; null: none is seen. */
      readonly parameter: string | null
    }
  /** They are not, and `allow_unsafe_interrupts` is Y, so that the kernel accepts that. */
  | { readonly kind: 'unsafe-interrupts-allowed' }
  /** vfio-pci is not loaded, and the kernel has it as a module. */
  | { readonly kind: 'module-not-loaded' }
  /** The kernel's modules do not hold vfio-pci. */
  | { readonly kind: 'no-module' }
  /** There are group files only. */
  | { readonly kind: 'no-cdev' }
  /** There are device files only. */
  | { readonly kind: 'no-group-api' }
  /** There is neither a group interface nor iommufd. */
  | { readonly kind: 'no-interface' }
  /** Unsafe no-IOMMU mode is on. */
  | { readonly kind: 'noiommu-on' }
  /** The kernel is locked down in this mode. */
  | {
      readonly kind: 'locked-down'
      /** `integrity` or `confidentiality`. */
      readonly mode: string
    }
  /** `pcie_acs_override` is given: groups are smaller than what the hardware keeps apart, if the kernel has that patch. */
  | {
      readonly kind: 'acs-override'
      /** What it is given. */
      readonly value: string
    }
  /** A fact that decides was not read. */
  | UnreadFact

/** A file that decides and was not read. */
export interface UnreadFact extends Gap {
  readonly kind: 'unread'
}
