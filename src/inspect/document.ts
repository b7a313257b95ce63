import type { SCHEMA_VERSION, Tool } from '../document/envelope.js'
import type { DeviceName, Source, Stated } from '../document/values.js'
import type { Gap } from '../host/gap.js'
import type { PciAddress } from '../host/pci-address.js'
import type { HostNeed } from '../host/raw-host.js'
import type { Count, GroupNumber, ProcessId } from '../host/scalars.js'
import type { IsolationFinding } from '../iommu/findings.js'
import type { GroupCheck } from '../iommu/group-check.js'
import type { HeaderKind } from '../pci/device.js'
import type { FunctionResetMethod } from '../pci/function-reset.js'
import type { PortType } from '../pci/port-type.js'
import type { Blocker } from '../policy/reason.js'
import type { Verdict } from '../policy/verdict.js'
import type { DevSetKey } from '../vfio/dev-set.js'
import type { OwnReset } from '../vfio/own-reset.js'
import type { Unit } from '../vfio/units.js'

/** `inspect --json` (`docs/reference/documents.md#inspect`). */
export interface InspectReport {
  readonly schemaVersion: typeof SCHEMA_VERSION
  readonly kind: 'inspect'
  readonly tool: Tool
  readonly source: Source
  readonly gaps: readonly Gap[]
  readonly host: HostReport
  readonly devices: readonly DeviceReport[]
  /** Functions that the report mentions without describing them in `devices`: only where DEVICE was given. */
  readonly related: readonly RelatedFunction[]
  readonly groups: readonly GroupReport[]
  readonly groupCheck: GroupCheck
  readonly devSets: readonly DevSetReport[]
  readonly units: readonly Unit[]
  readonly warnings: readonly Warning[]
}

export interface HostReport {
  readonly kernelRelease: Stated<string>
  readonly arch: Stated<string>
  readonly iommu: {
    readonly present: Stated<boolean>
    readonly instances: Stated<readonly string[]>
  }
  readonly vfio: {
    readonly groupApi: Stated<boolean>
    readonly cdev: Stated<boolean>
    readonly noiommu: Stated<boolean>
  }
}

export interface DeviceReport {
  readonly address: PciAddress
  readonly vendorId: Stated<string>
  readonly deviceId: Stated<string>
  readonly subsystemVendorId: Stated<string>
  readonly subsystemDeviceId: Stated<string>
  readonly classCode: Stated<string>
  readonly revision: Stated<string>
  readonly name: DeviceName | null
  readonly header: Stated<HeaderKind>
  readonly portType: Stated<PortType>
  readonly parent: PciAddress | null
  readonly bus: string
  readonly driver: Stated<string | null>
  readonly vfio: Stated<boolean>
  readonly iommuGroup: Stated<GroupNumber | null>
  readonly numaNode: Stated<Count | null>
  readonly sriov: Stated<SriovReport | null>
  readonly resetMethods: Stated<readonly string[] | null>
  /**
   * Resets of this function alone that its capabilities and the kernel's tables allow; the file above is the authority.
   */
  readonly functionResets: Stated<readonly FunctionResetMethod[]>
  /** What resets this function alone when it is opened, as a VM start does; null: nothing that works. */
  readonly ownReset: Stated<OwnReset | null>
  readonly acs: AcsReport
  readonly isolation: {
    readonly isolated: Stated<boolean>
    readonly findings: readonly IsolationFinding[]
  }
  readonly state: {
    readonly power: Stated<string | null>
    readonly enabled: Stated<number | null>
    readonly dead: Stated<boolean>
    readonly holders: readonly HolderReport[]
  }
  readonly hotReset: HotResetReport
  /** Who cannot be used independently of this function, and what a claim would cost. */
  readonly coupled: CoupledReport
}

/** What a reader needs to know of a function that is reset along, shares a group, or stands on the path to the root. */
export type RelatedFunction = Pick<
  DeviceReport,
  | 'address'
  | 'vendorId'
  | 'deviceId'
  | 'classCode'
  | 'name'
  | 'header'
  | 'portType'
  | 'parent'
  | 'driver'
  | 'vfio'
  | 'iommuGroup'
  | 'sriov'
  | 'acs'
  | 'isolation'
  | 'state'
>

export type SriovReport =
  | {
      readonly role: 'pf'
      readonly vfs: readonly PciAddress[]
      readonly total: Stated<Count | null>
    }
  | { readonly role: 'vf'; readonly pf: PciAddress; readonly index: Stated<Count | null> }

export interface AcsReport {
  readonly present: Stated<boolean>
  readonly capabilities: readonly string[]
  readonly enabled: readonly string[]
  /** Id of the quirk rule that speaks for the function; null: none. */
  readonly quirk: string | null
}

export interface HolderReport {
  readonly pid: ProcessId
  readonly command: string
  /** The file it holds. */
  readonly what: string
}

export interface HotResetReport {
  readonly scope: Stated<'slot' | 'bus' | null>
  readonly via: Stated<PciAddress | null>
  readonly affected: Stated<readonly PciAddress[]>
  readonly unaccounted: Stated<readonly PciAddress[]>
  readonly groups: Stated<readonly GroupNumber[]>
  readonly devSet: Stated<readonly PciAddress[]>
  readonly assumed: readonly 'target-bound'[]
  readonly blockers: readonly Blocker[]
  readonly verdicts: readonly Verdict[]
}

export interface CoupledReport {
  /** dma(D) ∪ A(D), the literal reading. */
  readonly direct: readonly PciAddress[]
  /** Every function of every group that the reset touches. */
  readonly claimCost: readonly PciAddress[]
}

export interface GroupReport {
  readonly id: GroupNumber
  readonly type: Stated<string | null>
  readonly devices: readonly PciAddress[]
  readonly others: readonly string[]
  readonly viable: Stated<boolean>
  readonly findings: readonly IsolationFinding[]
}

export interface DevSetReport {
  readonly key: DevSetKey
  readonly members: readonly PciAddress[]
}

/** Something an operator should know that is no verdict. `detail` is a phrase for people. */
export interface Warning {
  readonly kind: WarningKind
  readonly address?: PciAddress
  readonly detail: string
}

export type WarningKind =
  | HostNeed['kind']
  /** The kernel release was not recorded; the newest modelled one was taken. */
  | 'kernel-assumed'
  /** The release is newer than the model. */
  | 'kernel-newer'
  /** Config space reads as all ones. */
  | 'dead-function'
  /** A hot reset also wipes functions that the kernel neither lists nor locks. */
  | 'unaccounted-reset'
  /** ... among them VFs on a bus of their own. */
  | 'vfs-destroyed'
  | 'sbr-masked'
  | 'link-inactive'
  | 'dpc-triggered'
  /** A verdict rests on a quirk row that some kernels lack. */
  | 'late-quirk'
  /** Another process seems to have the function open, but it could not be seen which. */
  | 'open-elsewhere'
  | 'unsafe-noiommu'
  | 'host-changed'
