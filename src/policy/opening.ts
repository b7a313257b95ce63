import type { Gap } from '../host/gap.js'
import type { GroupNumber, ProcessId } from '../host/scalars.js'
import type { PciDevice } from '../pci/device.js'
import { isOpenElsewhere } from '../vfio/vfio-host.js'
import { possibleRefusal, type Reason, type Refusal, refusal, type Stage } from './reason.js'
import type { ResetCase } from './reset-case.js'

/**
 * Refusals on the way in through the group: open the group file, set a container, get the device
 * (`docs/reference/hot-reset.md#opening-through-the-group`). 5.19+ asks for DMA ownership at SET_CONTAINER (EPERM),
 * older kernels for viability at GET_DEVICE_FD (EINVAL).
 */
export function groupOpeningRefusals(c: ResetCase): readonly Refusal[] {
  const missing = missingGroup(c, 'open-group')
  if (missing !== null) return missing
  const busy = groupFileHolders(c).map((pid) =>
    refusal('open-group', 'EBUSY', { kind: 'group-busy', group: pid.group, pid: pid.pid }),
  )
  const bound = c.host.kernel.cdev
    ? openSiblings(c).map((each) => each.refuse('open-group', 'EBUSY'))
    : []
  return [
    ...busy,
    ...bound,
    ...(c.host.kernel.dmaOwnership
      ? viabilityRefusals(c, realGroup(c), 'set-container', 'EPERM')
      : viabilityRefusals(c, realGroup(c), 'open-device', 'EINVAL')),
  ]
}

/**
 * Refusals on the way in through the cdev: BIND tests the group file (EBUSY), an open target (EINVAL), then DMA
 * ownership of the group (EPERM) (`vfio_df_ioctl_bind_iommufd`).
 */
export function cdevOpeningRefusals(c: ResetCase): readonly Refusal[] {
  const missing = missingGroup(c, 'open-cdev')
  if (missing !== null) return missing
  const busy = groupFileHolders(c).map(({ group, pid }) =>
    refusal('bind', 'EBUSY', { kind: 'group-busy', group, pid }),
  )
  const open = openSiblings(c)
  return [
    ...busy,
    ...open.flatMap((each) => (each.device === c.target ? [each.refuse('bind', 'EINVAL')] : [])),
    ...viabilityRefusals(c, realGroup(c), 'bind', 'EPERM'),
    ...open.flatMap((each) => (each.device === c.target ? [] : [each.refuse('bind', 'EPERM')])),
  ]
}

/** The real kernels' precondition of the cdev door; the hypothetical policies imply a kernel that has it. */
export function cdevPresenceRefusals(c: ResetCase): readonly Refusal[] {
  const { kernel, interfaces } = c.host
  if (!kernel.cdev) return [refusal('open-cdev', null, { kind: 'no-cdev' })]
  const { cdev } = interfaces
  if (!cdev.known) return [possibleRefusal('open-cdev', null, null, cdev.gap)]
  if (!cdev.value) return [refusal('open-cdev', null, { kind: 'no-cdev' })]
  return noiommuCdevRefusals(c)
}

/**
 * noiommu functions get no cdev before 7.3, so there is nothing to call; later they do only with
 * CONFIG_IOMMUFD_NOIOMMU, whose sign is such a node.
 */
function noiommuCdevRefusals(c: ResetCase): readonly Refusal[] {
  const group = c.targetGroup
  if (!group.known || group.value.kind !== 'group' || !group.value.fake) return []
  const { kernel, interfaces } = c.host
  if (!kernel.noiommuCdev) {
    return [refusal('open-cdev', null, { kind: 'noiommu', address: c.target.address })]
  }
  if (interfaces.noiommuCdevSeen) return []
  const gap: Gap = {
    path: 'dev/vfio/devices',
    why: 'unmodelled',
    detail: 'no noiommu-vfioN node shows whether this kernel has CONFIG_IOMMUFD_NOIOMMU',
  }
  return [possibleRefusal('open-cdev', 'ENOENT', c.target.address, gap)]
}

function missingGroup(c: ResetCase, at: Stage): readonly Refusal[] | null {
  const group = c.targetGroup
  const { address } = c.target
  if (!group.known) return [possibleRefusal(at, 'ENOENT', address, group.gap)]
  return group.value.kind === 'none' ? [refusal(at, 'ENOENT', { kind: 'no-group', address })] : null
}

/**
 * Before 5.19 every group file that is passed must be that of a viable group (`vfio_group_get_external_user`, EINVAL).
 * The target's own is asked at GET_DEVICE_FD already.
 */
export function passedGroupRefusals(c: ResetCase): readonly Refusal[] {
  const groups = new Set<number>()
  for (const device of c.owning) {
    const group = c.host.groupOf(device)
    const isPassed =
      c.devSet.members.includes(device) && group.known && group.value.kind === 'group'
    if (isPassed && !group.value.fake && group.value.id !== null) groups.add(group.value.id)
  }
  const own = realGroup(c)
  return [...groups].flatMap((group) =>
    group === own ? [] : viabilityRefusals(c, group, 'hot-reset', 'EINVAL'),
  )
}

function viabilityRefusals(
  c: ResetCase,
  group: number | null,
  at: Stage,
  errno: string,
): readonly Refusal[] {
  if (group === null) return []
  const { culprits, hidden } = c.host.viabilityOf(group)
  const certain = culprits.flatMap(({ member, address, driver }) => {
    // The target counts as bound to vfio-pci: its own driver is never its blocker.
    if (address === c.target.address) return []
    const reason: Reason = { kind: 'group-not-viable', address, member, group, driver }
    return [refusal(at, errno, reason)]
  })
  const possible = hidden.flatMap(({ member, gap }) =>
    member === c.target.address ? [] : [possibleRefusal(at, errno, null, gap)],
  )
  return [...certain, ...possible]
}

function realGroup(c: ResetCase): number | null {
  const group = c.targetGroup
  return group.known && group.value.kind === 'group' && !group.value.fake ? group.value.id : null
}

function groupFileHolders(
  c: ResetCase,
): readonly { readonly group: GroupNumber; readonly pid: ProcessId }[] {
  const group = c.targetGroup
  const id = group.known && group.value.kind === 'group' ? group.value.id : null
  if (id === null) return []
  return (c.host.holding.groups.get(id) ?? []).map(({ pid }) => ({ group: id, pid }))
}

interface OpenSibling {
  readonly device: PciDevice
  readonly refuse: (at: Stage, errno: string) => Refusal
}

/** Functions of the target's group whose cdev another process has open; open is not bound, so `enable` decides. */
function openSiblings(c: ResetCase): readonly OpenSibling[] {
  if (c.host.holding.devices.size === 0) return []
  const group = realGroup(c)
  const others = group === null ? [] : (c.host.groups.get(group)?.devices ?? [])
  return [...new Set([c.target.address, ...others])].flatMap((address) => {
    const pid = c.host.holding.devices.get(address)?.[0]?.pid
    const device = c.host.topology.byAddress.get(address)
    if (pid === undefined || device === undefined || c.owning.includes(device)) return []
    const open = isOpenElsewhere(device, c.host)
    if (open.known && !open.value) return []
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
