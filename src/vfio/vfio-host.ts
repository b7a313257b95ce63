import { type Gap, known, mapObserved, type Observed } from '../host/gap.js'
import type { RawGroup } from '../host/raw-host.js'
import { groupNumber } from '../iommu/groups.js'
import type { PciDevice } from '../pci/device.js'
import type { Topology } from '../pci/topology.js'
import { remembered } from '../text/lists.js'
import { type DevSets, devSets } from './dev-set.js'
import { claimCost, dmaGroups, isFakeGroup } from './dma-groups.js'
import { isVfioBound as driverIsVfio } from './driver.js'
import { DEVICE_FD, type Holding, resolveHolding } from './holding.js'
import { type VfioInterfaces, vfioInterfaces } from './interfaces.js'
import type { KernelProfile } from './kernel-profile.js'
import { type ResetScope, type ResetScopes, resetScopes } from './reset-scope.js'
import { groupViability, type Viability } from './viability.js'

/** Everything that VFIO decides about one host under one kernel; the policies ask nothing else. */
export interface VfioHost {
  readonly topology: Topology
  readonly kernel: KernelProfile
  /** `isVfioBound` of `driver.ts`, worked out once. */
  readonly isVfioBound: (device: PciDevice) => Observed<boolean>
  readonly scopes: ResetScopes
  readonly sets: DevSets
  readonly holding: Holding
  readonly interfaces: VfioInterfaces
  readonly groups: ReadonlyMap<number, RawGroup>
  readonly groupOf: (device: PciDevice) => Observed<VfioGroup>
  readonly viabilityOf: (group: number) => Viability
  /** `claimCost` of a scope's functions, worked out once for all that share the scope. */
  readonly claimCostOf: (affected: readonly PciDevice[]) => readonly PciDevice[]
}

/** The group under which VFIO knows a function once it is bound. */
export type VfioGroup =
  /** `fake`: made by unsafe no-IOMMU mode for this one function. `id` is null until it is bound. */
  | { readonly kind: 'group'; readonly id: number | null; readonly fake: boolean }
  /** No IOMMU group and no unsafe mode: vfio-pci refuses to bind the function. */
  | { readonly kind: 'none' }

export function vfioHost(topology: Topology, kernel: KernelProfile): VfioHost {
  const { raw } = topology
  const groups = dmaGroups(raw)
  const scopes = resetScopes(topology, kernel)
  const bound = new Map<PciDevice, Observed<boolean>>()
  const isVfioBound = (device: PciDevice) =>
    remembered(bound, device, () => driverIsVfio(device.raw, raw.system))
  const sets = devSets(topology, kernel, scopes, isVfioBound)
  const interfaces = vfioInterfaces(raw, kernel)
  const viabilities = new Map<number, Viability>()
  const costs = new Map<readonly PciDevice[], readonly PciDevice[]>()
  const named = new Map<number, Observed<VfioGroup>>()

  const groupOf = ({ raw: { iommuGroup } }: PciDevice): Observed<VfioGroup> => {
    if (!iommuGroup.known) return iommuGroup
    const id = iommuGroup.value
    if (id === null) {
      return mapObserved(interfaces.noiommu, (on) =>
        on ? { kind: 'group', id, fake: true } : { kind: 'none' },
      )
    }
    return remembered(named, id, () =>
      mapObserved(isFakeGroup(groups.get(id), interfaces.noiommu), (fake) => {
        return { kind: 'group', id, fake }
      }),
    )
  }

  const viabilityOf = (id: number): Viability => {
    const group = groups.get(id)
    if (group === undefined) return { culprits: [], hidden: [] }
    return remembered(viabilities, id, () => groupViability(group, topology, kernel, isVfioBound))
  }

  const claimCostOf = (affected: readonly PciDevice[]) =>
    remembered(costs, affected, () => claimCost({ topology, groups }, affected))

  return {
    topology,
    kernel,
    isVfioBound,
    scopes,
    sets,
    holding: resolveHolding(raw),
    interfaces,
    groups,
    groupOf,
    viabilityOf,
    claimCostOf,
  }
}

/** Whether two functions share a DMA group. Fake groups hold one function each. */
export function isSameGroup(a: VfioGroup, b: VfioGroup): boolean {
  return a.kind === 'group' && b.kind === 'group' && !a.fake && !b.fake && a.id === b.id
}

/**
 * Whether a function is open in some process that was seen. `enable` counts opens of a vfio-bound function, so a held
 * group file alone does not make its functions open (`docs/reference/hot-reset.md#who-has-it-open`).
 */
export function isOpenElsewhere(device: PciDevice, host: VfioHost): Observed<boolean> {
  const { enabled } = device.raw
  const own = host.holding.devices.get(device.address) ?? []
  const group = groupNumber(device)
  const held = own.length > 0 || (group !== null && host.holding.groups.has(group))
  if (!held) return known(false)
  if (enabled.known && enabled.value !== null) return known(enabled.value > 0)
  // A device fd got through the group is open for certain; a cdev may be open and not bound.
  if (own.some(({ target }) => target === DEVICE_FD)) return known(true)
  const gap: Gap = enabled.known
    ? { path: `${device.raw.path}/enable`, why: 'absent', detail: 'no such file' }
    : enabled.gap
  return { known: false, gap }
}

/** What a hot reset of the function affects, in each world that the unread facts allow; empty: there is none in any. */
export function resetScopesOf({ scopes }: VfioHost, device: PciDevice): readonly ResetScope[] {
  const found = scopes.worldsOf(device).worlds.flatMap((world) => {
    const { scope } = scopes.answer(device, world)
    return scope === null ? [] : [scope]
  })
  return [...new Set(found)]
}

/** Each distinct scope of some functions in any world, with the first function that has it. */
export function distinctScopes(
  host: VfioHost,
  devices: readonly PciDevice[],
): ReadonlyMap<ResetScope, PciDevice> {
  const found = new Map<ResetScope, PciDevice>()
  for (const device of devices) {
    for (const world of host.scopes.worldsOf(device).worlds) {
      const { scope } = host.scopes.answer(device, world)
      if (scope !== null && !found.has(scope)) found.set(scope, device)
    }
  }
  return found
}
