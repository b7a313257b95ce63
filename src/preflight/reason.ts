import type { Gap } from '../host/gap.js'
import type { NeedKind } from '../host/need-words.js'
import type { PciAddress } from '../host/pci-address.js'
import type { RawHolder } from '../host/raw-host.js'
import type { Count, GroupNumber } from '../host/scalars.js'
import type { ReservedRegion } from '../host/vm-facts.js'
import type { HeaderKind } from '../pci/device.js'
import type { Reason } from '../policy/reason.js'

/** One fact behind the outcome of a check: what the policies say already, and what only a start of a VM meets. */
export type PreflightReason = Reason | StartReason

export type StartReason =
  | ExistenceReason
  | DriverReason
  | GroupReason
  | HostReason
  | ResetReason
  | ConflictReason

type ExistenceReason =
  | { readonly kind: 'no-such-function'; readonly address: PciAddress }
  /** Config space reads as all ones. */
  | { readonly kind: 'dead'; readonly address: PciAddress }
  /** Not asked, since that would wake it; `power` as sysfs words it, null: not read either. */
  | { readonly kind: 'asleep'; readonly address: PciAddress; readonly power: string | null }
  /** In D3cold: power is off. `stays`: `d3cold_allowed` is 0, so the kernel itself would not have put it there. */
  | { readonly kind: 'd3cold'; readonly address: PciAddress; readonly stays: boolean | null }
  /** The link below the port is down; `cut`: by downstream port containment, after an error. */
  | {
      readonly kind: 'link-down'
      readonly address: PciAddress
      readonly port: PciAddress
      readonly cut: boolean
    }
  | { readonly kind: 'not-an-endpoint'; readonly address: PciAddress; readonly header: HeaderKind }

type DriverReason =
  | { readonly kind: 'bound'; readonly address: PciAddress; readonly driver: string | null }
  /** Whoever starts the VM binds it. `driver`: what the host loses; null: it has none. */
  | {
      readonly kind: 'bound-at-start'
      readonly address: PciAddress
      readonly driver: string | null
    }
  | { readonly kind: 'not-on-vfio'; readonly address: PciAddress; readonly driver: string | null }
  /** Leaving its driver switches these VFs off. */
  | { readonly kind: 'vfs-lost'; readonly address: PciAddress; readonly vfs: readonly PciAddress[] }

type GroupReason =
  /** The host has no IOMMU that translates: no function has a group. */
  | { readonly kind: 'no-iommu' }
  | {
      readonly kind: 'fake-group'
      readonly address: PciAddress
      readonly group: GroupNumber | null
    }
  | { readonly kind: 'bridge-in-group'; readonly address: PciAddress; readonly group: GroupNumber }
  | {
      readonly kind: 'stranger-in-group'
      readonly address: PciAddress
      readonly group: GroupNumber
      readonly driver: string | null
    }
  | { readonly kind: 'acs-override'; readonly address: PciAddress; readonly parameter: string }
  | { readonly kind: 'stale-isolation'; readonly address: PciAddress; readonly at: PciAddress }
  /** The kernel was told to change ACS registers; `value` as written. */
  | { readonly kind: 'acs-parameter'; readonly parameter: string; readonly value: string }
  | {
      readonly kind: 'direct-region'
      readonly group: GroupNumber
      readonly start: ReservedRegion['start']
      readonly end: ReservedRegion['end']
    }

type HostReason =
  | { readonly kind: 'unsafe-noiommu' }
  | { readonly kind: 'no-group-api' }
  | { readonly kind: 'vfio-not-loaded' }
  /** `parameter`: what switched remapping off; null: it is off for a cause that was not seen. */
  | { readonly kind: 'interrupts-not-isolated'; readonly parameter: string | null }
  | { readonly kind: 'unsafe-interrupts-allowed' }
  | {
      readonly kind: 'held'
      readonly address: PciAddress
      readonly pid: RawHolder['pid']
      readonly command: RawHolder['command']
      /** The file that is held, `/dev/vfio/12`. */
      readonly file: RawHolder['target']
    }
  /** `enable` counts opens of a function on vfio, and no holder was seen. */
  | { readonly kind: 'open-unseen'; readonly address: PciAddress; readonly count: Count }
  | { readonly kind: 'token-missing'; readonly address: PciAddress; readonly pf: PciAddress }
  | { readonly kind: 'token-given'; readonly address: PciAddress; readonly pf: PciAddress }
  | { readonly kind: 'token-superfluous'; readonly address: PciAddress }
  /** `wanted`: the VM is to get the function; else it is only reset or taken along. */
  | {
      readonly kind: 'host-needs'
      readonly address: PciAddress
      readonly need: NeedKind
      readonly detail: string
      readonly wanted: boolean
    }

type ResetReason =
  | { readonly kind: 'is-vf'; readonly address: PciAddress; readonly pf: PciAddress }
  /** What the kernel does to the function alone when it is opened. `weak`: PM, which may leave state behind. */
  | {
      readonly kind: 'own-reset'
      readonly address: PciAddress
      readonly method: string
      readonly weak: boolean
    }
  /** By registers and tables it has one, which somebody may have switched off in `reset_method`: that was not read. */
  | {
      readonly kind: 'own-reset-likely'
      readonly address: PciAddress
      readonly method: string
      /** The hot reset that happens if so; null: none, or that is not known either. */
      readonly otherwise: 'slot' | 'bus' | null
    }
  | { readonly kind: 'hot-reset'; readonly address: PciAddress; readonly scope: 'slot' | 'bus' }
  | { readonly kind: 'nothing-resets'; readonly address: PciAddress }
  /** The hot reset also wipes functions that the kernel neither lists nor asks about. */
  | {
      readonly kind: 'reset-beyond'
      readonly address: PciAddress
      readonly others: readonly PciAddress[]
    }
  /** The capability bit of FLR is clear, at this place of this file. */
  | { readonly kind: 'no-flr'; readonly address: PciAddress; readonly path: string }
  /** The only reset is that of the bus, and pciehp may take the link loss for an unplug. */
  | { readonly kind: 'hotplug-port'; readonly address: PciAddress; readonly port: PciAddress }
  | {
      readonly kind: 'known-bad-reset'
      readonly address: PciAddress
      readonly what: string
      readonly source: string
    }
  | {
      readonly kind: 'kernel-trouble'
      readonly release: string
      readonly what: string
      readonly source: string
    }
  | {
      readonly kind: 'outside-group'
      readonly address: PciAddress
      readonly group: GroupNumber | null
    }

type ConflictReason =
  | { readonly kind: 'given-twice'; readonly address: PciAddress; readonly times: Count }
  | { readonly kind: 'in-two-vms'; readonly address: PciAddress; readonly vm: string | null }
  | {
      readonly kind: 'group-in-two-vms'
      readonly address: PciAddress
      readonly group: GroupNumber
      readonly vm: string | null
    }
  | { readonly kind: 'set-in-two-vms'; readonly address: PciAddress; readonly vm: string | null }

/** A fact that was wanted and not had. */
export function unreadReason(
  address: PciAddress | null,
  { path, why, detail }: Gap,
): PreflightReason {
  return { kind: 'unread', address, path, why, detail }
}
