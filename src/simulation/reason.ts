import type { PciAddress } from '../host/pci-address.js'
import type { Count, DriverName, GroupNumber } from '../host/scalars.js'
import type { Interface } from '../policy/policy.js'
import type {
  Blocker,
  GroupNotOwned,
  NoCdev,
  NoGroup,
  NotSingleton,
  UnreadReason,
  UnsafeInterrupts,
} from '../policy/reason.js'
import type { ActorName } from './scenario/scenario.js'

/** Why a step was not answered with "ok". What a static verdict says of processes, a step says of its actors. */
export type StepReason =
  | Blocker
  | NotOpen
  | ClosedFile
  | WrongFile
  /** The cdev is open and not bound to a context: it answers nothing but BIND. */
  | { readonly kind: 'not-bound'; readonly address: PciAddress }
  | NoCdev
  /** This kernel has no `/dev/iommu`. */
  | { readonly kind: 'no-iommufd' }
  /** This kernel was built without group files (`CONFIG_VFIO_GROUP`). */
  | { readonly kind: 'no-group-api' }
  | NotVfio
  | NoGroup
  | UnsafeInterrupts
  | NoiommuLacks
  /** `actor` has the file of the group open, and it opens once only. */
  | { readonly kind: 'group-busy'; readonly group: GroupNumber; readonly actor: ActorName }
  | CdevBound
  | GroupNotViableStep
  | DmaOwned
  /** Real groups and those of no-IOMMU mode do not go into one container. */
  | { readonly kind: 'mixed-container'; readonly group: GroupNumber }
  /** A container of sPAPR TCE, the type of IOMMU that POWER has, takes one group; `group` would be the second. */
  | { readonly kind: 'one-group-container'; readonly group: GroupNumber }
  /** The group is in no container that has an IOMMU. */
  | { readonly kind: 'no-container'; readonly group: GroupNumber }
  | ContainerEmpty
  | IommuSet
  /** `actor` has the function open already, and a device file is bound once only. */
  | { readonly kind: 'already-open'; readonly address: PciAddress; readonly actor: ActorName }
  /** The function opens with the VF token of `pf` only. */
  | { readonly kind: 'token-missing'; readonly address: PciAddress; readonly pf: PciAddress }
  /** The token given is not that of `pf`. */
  | { readonly kind: 'token-wrong'; readonly address: PciAddress; readonly pf: PciAddress }
  /** The function takes no token: it is no PF, and no VF of a PF that is bound to a vfio driver. */
  | { readonly kind: 'token-superfluous'; readonly address: PciAddress }
  /** This release knows no token in BIND, or knows it in a form that it then refuses. */
  | { readonly kind: 'token-unknown' }
  /** The function has no VFs to protect, so it has no token. */
  | { readonly kind: 'no-sriov'; readonly address: PciAddress }
  | Argsz
  | NoSpace
  /** A flag is set that the kernel does not know. */
  | { readonly kind: 'flags' }
  | WrongMode
  /** No group file is passed, and there is no other proof. */
  | { readonly kind: 'empty-array' }
  | TooManyFiles
  | GroupNotOwned
  /** The reset affects the function, and `actor` has it open outside the caller's context. */
  | { readonly kind: 'other-context'; readonly address: PciAddress; readonly actor: ActorName }
  | NotInContext
  /** The function is open, and its device fd is not passed. */
  | { readonly kind: 'device-not-passed'; readonly address: PciAddress }
  | NotSingleton
  /** `actor` has claimed the reset group of the function: nobody else may open any of it. */
  | { readonly kind: 'claimed'; readonly address: PciAddress; readonly actor: ActorName }
  /** No-IOMMU functions have no context to compare, so a claim leaves room for one open function. */
  | { readonly kind: 'claimed-noiommu'; readonly address: PciAddress }
  /** The caller's context has not claimed the reset group of the function. */
  | { readonly kind: 'not-claimed'; readonly address: PciAddress }
  /** No kernel knows the flag that claims a reset group. */
  | { readonly kind: 'claim-unknown' }
  /** The function has no reset that acts on it alone. */
  | { readonly kind: 'no-function-reset'; readonly address: PciAddress }
  | UnreadReason

/** No earlier step gave a file that could be called. */
export interface NotOpen {
  readonly kind: 'not-open'
  /** The function whose file it would be; null: it is no function's. */
  readonly address: PciAddress | null
}

/** The file was opened and closed again, or a number was passed that no file has. */
export interface ClosedFile {
  readonly kind: 'closed-fd'
  /** The function or the name of the scenario that it belonged to; null: a number without a file. */
  readonly name: string | null
}

/** A file of another kind than the call wants. */
export interface WrongFile {
  readonly kind: 'wrong-file'
  /** The function or the name of the scenario that it belongs to. */
  readonly name: string
}

/** No vfio driver is bound to the function, so there is no file for it. */
export interface NotVfio {
  readonly kind: 'not-vfio'
  readonly address: PciAddress
  /** No function of this group is bound to a vfio driver, so the group has no file; null: it is about the device file. */
  readonly group: GroupNumber | null
}

/** What a function in unsafe no-IOMMU mode does not have in this kernel. */
export interface NoiommuLacks {
  readonly kind: 'noiommu'
  readonly address: PciAddress
  readonly lacks: NoiommuLack
}

/** What a function in unsafe no-IOMMU mode does not have. */
export type NoiommuLack =
  /** A device file. */
  | 'cdev'
  /** The file of its group is no proof. */
  | 'proof'
  /** It opens on an iommufd and then answers no call. */
  | 'access'

/** A cdev of the group is bound, so its group file does not open. */
export interface CdevBound {
  readonly kind: 'cdev-bound'
  readonly address: PciAddress
  readonly group: GroupNumber
  readonly actor: ActorName
}

/** The group does not open, since a member is bound to a driver that is no vfio driver. */
export interface GroupNotViableStep {
  readonly kind: 'group-not-viable'
  /** That member; null: it is no PCI function. */
  readonly address: PciAddress | null
  /** Name of that member under the group's `devices`, its address where it is a PCI function. */
  readonly member: string
  readonly group: GroupNumber
  /** Driver that it is bound to; null: not read. */
  readonly driver: DriverName | null
}

/** DMA of the group belongs to somebody else. */
export interface DmaOwned {
  readonly kind: 'dma-owned'
  readonly group: GroupNumber
  /** The function that `actor` has bound to another context; null: it has the group in a container. */
  readonly address: PciAddress | null
  readonly actor: ActorName
}

/** The structure is smaller than its header. */
export interface Argsz {
  readonly kind: 'argsz'
  /** Bytes of the header. */
  readonly least: Count
}

/** The answer of INFO does not fit. */
export interface NoSpace {
  readonly kind: 'no-space'
  /** Entries that the answer has. */
  readonly count: Count
  /** Bytes that it takes. */
  readonly argsz: Count
}

/** The proof does not match the interface through which the caller opened the function. */
export interface WrongMode {
  readonly kind: 'mode'
  /** `group`: group files must be passed. `cdev`: the array must be empty. */
  readonly via: Interface
}

/** More files are passed than the reset affects functions. */
export interface TooManyFiles {
  readonly kind: 'array'
  /** How many files are passed. */
  readonly count: Count
  /** Functions that the reset affects. */
  readonly most: Count
}

/** The reset affects the function, and neither it nor another of its group is bound to the caller's context. */
export interface NotInContext {
  readonly kind: 'not-in-context'
  readonly address: PciAddress
  /** null: only the function itself counts. */
  readonly group: GroupNumber | null
}

/** No group is in the container, so that it can have no IOMMU. */
interface ContainerEmpty {
  readonly kind: 'container-empty'
  /** The scenario's name for the container. */
  readonly name: string
}

/** The container has its IOMMU already. */
interface IommuSet {
  readonly kind: 'iommu-set'
  /** The scenario's name for the container. */
  readonly name: string
}
