import { isYes } from '../host/gap.js'
import { isCarriedByAny } from '../host/needs/carriers.js'
import type { PciAddress, PciAddresses } from '../host/pci-address.js'
import type { PciDevice } from '../pci/device.js'
import { remembered } from '../text/lists.js'
import { deniedBind } from '../vfio/denylist.js'
import { isSameKey } from '../vfio/dev-set.js'
import type { VfioHost } from '../vfio/vfio-host.js'
import type { Viability } from '../vfio/viability.js'
import type { ResetCase } from './reset-case.js'

/** What has to be bound and released whatever the policy. */
export interface Preparation {
  /** Affected functions that are still to be bound to vfio-pci. */
  readonly bind: PciAddresses
  /** Of `bind` those that vfio-pci refuses, or may, by its denylist: its parameter `disable_denylist` has to be Y. Left out: none. */
  readonly denied?: PciAddresses
  /** Functions that the reset does not affect, but that must leave their native driver because they share its group. */
  readonly release: PciAddresses
}

/**
 * What would make a reset permitted, as far as that is the same for all policies. null where something stands in the way
 * that no binding removes: no reset at all, a bridge inside, another dev_set; and where what must let go is what makes the
 * function exist (VMD, the PF of a VF).
 */
export function preparation(c: ResetCase): Preparation | null {
  if (c.answer.scope === null) return null
  const { host, affected, target } = c
  if (!affected.every((device) => device === target || canJoin(c, device))) return null
  const release = releaseOf(c)
  if (release.size > 0 && isCarriedByAny(target.raw, release)) return null
  const { bind, denied } = remembered(BINDS, affected, () => bindOf(host, affected))
  const released = release.size === 0 ? NOBODY : [...release]
  return denied.length === 0 ? { bind, release: released } : { bind, release: released, denied }
}

const NOBODY: PciAddresses = []

function canJoin(c: ResetCase, device: PciDevice): boolean {
  if (!device.header.known || device.header.value !== 'normal') return false
  const { kernel, sets } = c.host
  if (!kernel.devSets) return true
  if (device.bus !== c.target.bus) return false
  return isSameKey(sets.keyOf(device, c.world), sets.keyOf(c.target, c.world))
}

interface Bind {
  readonly bind: PciAddresses
  readonly denied: PciAddresses
}

/** All that a reset affects have one list of it, and what is to be bound is the same for each of them. */
const BINDS = new WeakMap<readonly PciDevice[], Bind>()

function bindOf({ isVfioBound, topology, kernel }: VfioHost, affected: readonly PciDevice[]): Bind {
  const { system } = topology.raw
  const bind = affected.filter((device) => !isYes(isVfioBound(device)))
  const denied = bind.filter((device) => deniedBind(device, { kernel, system }) !== null)
  return { bind: bind.map(addressOf), denied: denied.map(addressOf) }
}

/** Members of the target's group that keep it closed, as far as the reset does not affect them. */
function releaseOf({ host, targetGroup, affected }: ResetCase): ReadonlySet<PciAddress> {
  const id = targetGroup.known && targetGroup.value.kind === 'group' ? targetGroup.value.id : null
  if (id === null) return NONE
  const viability = host.viabilityOf(id)
  if (viability.culprits.length === 0) return NONE
  const ofScope = remembered(RELEASES, affected, () => new Map<Viability, Set<PciAddress>>())
  return remembered(ofScope, viability, () => {
    const touched = new Set(affected.map(addressOf))
    const outside = viability.culprits.flatMap(({ address }) =>
      address === null || touched.has(address) || !host.topology.byAddress.has(address)
        ? []
        : [address],
    )
    return new Set(outside)
  })
}

const NONE: ReadonlySet<PciAddress> = new Set()

const RELEASES = new WeakMap<readonly PciDevice[], Map<Viability, Set<PciAddress>>>()

function addressOf({ address }: PciDevice): PciAddress {
  return address
}
