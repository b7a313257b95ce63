import { type Gap, isNo, type Observed } from '../host/gap.js'
import type { GroupNumber } from '../host/scalars.js'
import type { VmInterface } from '../host/vm-facts.js'
import { groupMembers } from '../iommu/groups.js'
import type { PciDevice } from '../pci/device.js'
import { remembered } from '../text/lists.js'
import { refusesInterrupts } from '../vfio/isolated-interrupts.js'
import { isOpenElsewhere, type VfioGroup } from '../vfio/vfio-host.js'
import type { Culprit, Viability } from '../vfio/viability.js'
import { isHypothetical, type Policy } from './policy.js'
import { possibleRefusal, type Reason, type Refusal, refusal, type Stage } from './reason.js'
import type { ResetCase } from './reset-case.js'

/**
 * Refusals on the way in of a policy's assumed caller. Through the group
 * (`docs/reference/hot-reset.md#opening-through-the-group`): open its file, set a container, get the device; 5.19+ asks
 * for DMA ownership at SET_CONTAINER (EPERM), older kernels for viability at GET_DEVICE_FD (EINVAL). Through the cdev
 * (`vfio_df_ioctl_bind_iommufd`): BIND tests the group file (EBUSY), an open target (EINVAL), then DMA ownership of the
 * group (EPERM).
 */
export function openingRefusals(c: ResetCase, policy: Policy): readonly Refusal[] {
  const throughGroup = policy.opened === 'group'
  // A rule that no kernel has implies a kernel with cdevs.
  const presence = throughGroup || isHypothetical(policy) ? [] : cdevPresenceRefusals(c)
  const missing = missingGroup(c, throughGroup ? 'open-group' : 'open-cdev')
  if (missing !== null) return [...presence, ...missing]
  const real = realGroup(c.targetGroup)
  const { dmaOwnership } = c.host.kernel
  const { cdev } = c.host.interfaces
  if (throughGroup) {
    return [
      ...groupFileRefusals(c, 'open-group'),
      ...(cdev.known && !cdev.value ? [] : openSiblings(c)).map((each) =>
        each.refuse('open-group', 'EBUSY'),
      ),
      ...(dmaOwnership
        ? viabilityRefusals(c, real, 'set-container', 'EPERM')
        : viabilityRefusals(c, real, 'open-device', 'EINVAL')),
      ...interruptRefusals(c, real, 'group', 'set-container'),
    ]
  }
  const open = openSiblings(c)
  return [
    ...presence,
    ...groupFileRefusals(c, 'bind'),
    ...open.flatMap((each) => (each.device === c.target ? [each.refuse('bind', 'EINVAL')] : [])),
    ...interruptRefusals(c, real, 'iommufd', 'bind'),
    ...viabilityRefusals(c, real, 'bind', 'EPERM'),
    ...open.flatMap((each) => (each.device === c.target ? [] : [each.refuse('bind', 'EPERM')])),
  ]
}

/** Whether this kernel has cdevs at all, and one for a noiommu function. */
function cdevPresenceRefusals(c: ResetCase): readonly Refusal[] {
  const { cdev, noiommuCdev } = c.host.interfaces
  if (!cdev.known) return [possibleRefusal('open-cdev', null, null, cdev.gap)]
  if (!cdev.value) return [refusal('open-cdev', null, { kind: 'no-cdev' })]
  const { address } = c.target
  const group = c.targetGroup
  if (!group.known || group.value.kind !== 'group' || !group.value.fake) return []
  if (!noiommuCdev.known) return [possibleRefusal('open-cdev', 'ENOENT', address, noiommuCdev.gap)]
  return noiommuCdev.value ? [] : [refusal('open-cdev', null, { kind: 'noiommu', address })]
}

function missingGroup(c: ResetCase, at: 'open-group' | 'open-cdev'): readonly Refusal[] | null {
  const group = c.targetGroup
  const { address } = c.target
  if (!group.known) return unreadGroup(c, at, group.gap)
  return group.value.kind === 'none' ? [refusal(at, 'ENOENT', { kind: 'no-group', address })] : null
}

/** A group that was not read can be any: none, one that is held, one that a member keeps closed. */
function unreadGroup(
  { host: { holding, kernel }, target: { address } }: ResetCase,
  at: 'open-group' | 'open-cdev',
  gap: Gap,
): readonly Refusal[] {
  const may = (stage: Stage, errno: string) => possibleRefusal(stage, errno, address, gap)
  if (at === 'open-cdev') {
    return [
      may('open-cdev', 'ENOENT'),
      ...(holding.groups.size > 0 ? [may('bind', 'EBUSY')] : []),
      ...(holding.devices.has(address) ? [may('bind', 'EINVAL')] : []),
      may('bind', 'EPERM'),
    ]
  }
  const isHeld = holding.groups.size > 0 || holding.devices.size > 0
  return [
    may('open-group', 'ENOENT'),
    ...(isHeld ? [may('open-group', 'EBUSY')] : []),
    kernel.dmaOwnership ? may('set-container', 'EPERM') : may('open-device', 'EINVAL'),
  ]
}

/** The group file opens once, and no cdev is bound while it is open. */
function groupFileRefusals({ host, targetGroup }: ResetCase, at: Stage): readonly Refusal[] {
  const group =
    targetGroup.known && targetGroup.value.kind === 'group' ? targetGroup.value.id : null
  if (group === null) return []
  return (host.holding.groups.get(group) ?? []).map(({ pid }) =>
    refusal(at, 'EBUSY', { kind: 'group-busy', group, pid }),
  )
}

/** Interrupts that are not isolated keep every real group from being attached, unless an administrator allowed it. */
function interruptRefusals(
  { host: { topology }, target: { address } }: ResetCase,
  group: number | null,
  via: VmInterface,
  at: Stage,
): readonly Refusal[] {
  if (group === null) return []
  const refuses = refusesInterrupts(topology.raw, via)
  if (!refuses.known) return [possibleRefusal(at, 'EPERM', null, refuses.gap)]
  return refuses.value ? [refusal(at, 'EPERM', { kind: 'unsafe-interrupts', address })] : []
}

/** Members bound to native drivers, which keep a group closed. */
export function viabilityRefusals(
  c: ResetCase,
  group: number | null,
  at: Stage,
  errno: string,
): readonly Refusal[] {
  if (group === null) return []
  const viability = c.host.viabilityOf(group)
  const { culprits, hidden } = viability
  if (culprits.length + hidden.length === 0) return NONE
  const ofGroup = remembered(BY_GROUP, viability, () => new Map<string, readonly Refusal[]>())
  const certain = remembered(ofGroup, `${at} ${errno}`, () =>
    culprits.map((culprit) => refusal(at, errno, notViable(culprit, group))),
  )
  // The target counts as bound to vfio-pci: its own driver is never its blocker.
  const { address } = c.target
  const others = certain.filter((_, place) => culprits[place]?.address !== address)
  const possible = hidden.flatMap(({ member, gap }) =>
    member === address ? [] : [possibleRefusal(at, errno, null, gap)],
  )
  return possible.length === 0 ? others : [...others, ...possible]
}

const NONE: readonly Refusal[] = []

/** Made once for all members of a group: there can be a thousand. */
const BY_GROUP = new WeakMap<Viability, Map<string, readonly Refusal[]>>()

/** The reason that a member is for all others of its group: one object, as documents state it once (`shared-sets.ts`). */
function notViable(culprit: Culprit, group: number): Reason {
  const { member, address, driver } = culprit
  return remembered(NOT_VIABLE, culprit, () => {
    return { kind: 'group-not-viable', address, member, group, driver }
  })
}

const NOT_VIABLE = new WeakMap<Culprit, Reason>()

/** Number of a group that the IOMMU made; null: it is none, or was not read. */
export function realGroup(group: Observed<VfioGroup>): GroupNumber | null {
  return group.known && group.value.kind === 'group' && !group.value.fake ? group.value.id : null
}

interface OpenSibling {
  readonly device: PciDevice
  readonly refuse: (at: Stage, errno: string) => Refusal
}

/** Functions of the target's group whose cdev another process has open; open is not bound, so `enable` decides. */
function openSiblings(c: ResetCase): readonly OpenSibling[] {
  if (c.host.holding.devices.size === 0) return []
  const others = groupMembers(c.host, realGroup(c.targetGroup))
  return [...new Set([c.target.address, ...others])].flatMap((address) => {
    const pid = c.host.holding.devices.get(address)?.[0]?.pid
    const device = c.host.topology.byAddress.get(address)
    if (pid === undefined || device === undefined || c.owning.includes(device)) return []
    const open = isOpenElsewhere(device, c.host)
    if (isNo(open)) return []
    return [
      {
        device,
        refuse: (at: Stage, errno: string) =>
          open.known
            ? refusal(at, errno, { kind: 'other-context', address, pid })
            : possibleRefusal(at, errno, address, open.gap),
      },
    ]
  })
}
