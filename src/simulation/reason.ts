import type { PciAddress } from '../host/pci-address.js'
import type { Count, GroupNumber } from '../host/scalars.js'
import type { Interface } from '../policy/policy.js'
import type { Blocker, Reason } from '../policy/reason.js'

/** Why a step was not answered with "ok". What a static verdict says of processes, a step says of its actors. */
export type StepReason =
  | Blocker
  | Extract<
      Reason,
      { kind: 'no-cdev' | 'no-group' | 'group-not-owned' | 'not-singleton' | 'unread' }
    >
  /** The step before it gave no file at all. */
  | { readonly kind: 'not-open'; readonly address: PciAddress | null }
  /** The file was opened and closed again, or a number was passed that no file has. */
  | { readonly kind: 'closed-fd'; readonly name: string | null }
  /** A file of another kind than the call wants. */
  | { readonly kind: 'wrong-file'; readonly name: string }
  /** The cdev is open and not bound to a context: it answers nothing but BIND. */
  | { readonly kind: 'not-bound'; readonly address: PciAddress }
  | { readonly kind: 'no-iommufd' }
  | { readonly kind: 'no-group-api' }
  /** No vfio driver has the function, so there is no file for it; `group`: none of that group either. */
  | { readonly kind: 'not-vfio'; readonly address: PciAddress; readonly group: GroupNumber | null }
  /** Unsafe no-IOMMU mode: such functions have no cdev, are no proof, or answer nothing on an iommufd. */
  | {
      readonly kind: 'noiommu'
      readonly address: PciAddress
      readonly lacks: 'cdev' | 'proof' | 'access'
    }
  | { readonly kind: 'group-busy'; readonly group: GroupNumber; readonly actor: string }
  /** A cdev of the group is bound, so its group file does not open. */
  | {
      readonly kind: 'cdev-bound'
      readonly address: PciAddress
      readonly group: GroupNumber
      readonly actor: string
    }
  | {
      readonly kind: 'group-not-viable'
      readonly address: PciAddress | null
      readonly member: string
      readonly group: GroupNumber
      readonly driver: string | null
    }
  /** DMA of the group belongs to somebody else. */
  | {
      readonly kind: 'dma-owned'
      readonly group: GroupNumber
      readonly address: PciAddress | null
      readonly actor: string
    }
  /** Real groups and fake ones in one container. */
  | { readonly kind: 'mixed-container'; readonly group: GroupNumber }
  | { readonly kind: 'no-container'; readonly group: GroupNumber }
  | { readonly kind: 'already-open'; readonly address: PciAddress; readonly actor: string }
  | { readonly kind: 'token-missing'; readonly address: PciAddress; readonly pf: PciAddress }
  | { readonly kind: 'token-wrong'; readonly address: PciAddress; readonly pf: PciAddress }
  | { readonly kind: 'token-superfluous'; readonly address: PciAddress }
  /** This release knows no token in BIND, or knows it in a form that it then refuses. */
  | { readonly kind: 'token-unknown' }
  | { readonly kind: 'no-sriov'; readonly address: PciAddress }
  | { readonly kind: 'argsz'; readonly least: Count }
  | { readonly kind: 'no-space'; readonly count: Count; readonly argsz: Count }
  | { readonly kind: 'flags' }
  | { readonly kind: 'mode'; readonly via: Interface }
  | { readonly kind: 'empty-array' }
  | { readonly kind: 'array'; readonly count: Count; readonly most: Count }
  /** Another user has the function open. */
  | { readonly kind: 'other-context'; readonly address: PciAddress; readonly actor: string }
  /** The function has to be bound to the caller's context itself, or one of its group. */
  | {
      readonly kind: 'not-in-context'
      readonly address: PciAddress
      readonly group: GroupNumber | null
    }
  | { readonly kind: 'device-not-passed'; readonly address: PciAddress }
  /** Somebody has claimed the reset group of the function. */
  | { readonly kind: 'claimed'; readonly address: PciAddress; readonly actor: string }
  /** No-IOMMU functions have no context to compare, so a claim leaves room for one open function. */
  | { readonly kind: 'claimed-noiommu'; readonly address: PciAddress }
  | { readonly kind: 'not-claimed'; readonly address: PciAddress }
  /** No kernel knows the flag that claims a reset group. */
  | { readonly kind: 'claim-unknown' }
  | { readonly kind: 'no-function-reset'; readonly address: PciAddress }
