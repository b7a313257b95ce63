import { isYes, known, type Observed } from '../host/gap.js'
import type { PciDevice } from '../pci/device.js'
import { isOpenElsewhere, isSameGroup, type VfioGroup } from '../vfio/vfio-host.js'
import { always, type Caller, type Fact, NO, YES } from './caller.js'
import { realGroup } from './opening.js'
import type { Policy } from './policy.js'
import type { ResetCase } from './reset-case.js'

/**
 * The caller that `inspect` assumes: one user on an otherwise idle host who opens the target and every function of
 * `owning` the way that the policy is about, passes what it asks for, and has claimed what it can claim.
 */
export function assumedCaller(c: ResetCase, { opened, passed }: Policy): Caller {
  const { target, owning, otherwise, devSet } = c
  const own = [target, ...owning]
  const alike = otherwise.length === 0 ? own : own.filter((each) => !otherwise.includes(each))
  const bound = opened === 'group' ? otherwise : alike
  const groupFiles = filesThatOpen(c, opened === 'group' ? alike : otherwise, bound)
  const deviceFiles = passed === 'any-files' ? bound : []
  // One whose driver was not read may be a member: `isInGroupOf` leaves it open then.
  const mayBeInSet = (each: PciDevice) =>
    devSet.members.includes(each) || devSet.uncertain.some(({ device }) => device === each)
  return {
    isTarget: (device) => known(device === target),
    // A function whose driver was not read counts as a member: if it is none, it refuses by completeness, with the same errno.
    isAlone: () => known(devSet.members.length + devSet.uncertain.length === 1),
    isUnopened: (device) => (own.includes(device) ? NO : not(isOpenElsewhere(device, c.host))),
    isInPassedGroup: groupTest(c, groupFiles),
    isPassed: (device) => known(deviceFiles.includes(device)),
    isInGroupOfPassed: (device) => isInGroupOf(c, device, deviceFiles),
    isBound: (device) => known(bound.includes(device)),
    isRepresented: groupTest(c, bound),
    isRepresentedInSet: (device) =>
      bound.includes(device) ? YES : isInGroupOf(c, device, bound.filter(mayBeInSet)),
    isClaimed: always,
  }
}

/** No group file opens beside a bound device file of the group, nor the other way round (`vfio_device_block_group`). */
function filesThatOpen(
  c: ResetCase,
  owners: readonly PciDevice[],
  bound: readonly PciDevice[],
): readonly PciDevice[] {
  if (owners.length === 0 || bound.length === 0) return owners
  const closed = new Set(bound.map((each) => realGroup(c.host.groupOf(each))))
  return owners.filter((each) => {
    const group = realGroup(c.host.groupOf(each))
    return group === null || !closed.has(group)
  })
}

/** `isInGroupOf` for many functions: of owners that vfio has for certain, in groups that were read, those are looked up. */
function groupTest(c: ResetCase, owners: readonly PciDevice[]): Fact {
  const all = new Set(owners)
  const groups = new Set<number>()
  for (const owner of owners) {
    const group = c.host.groupOf(owner)
    const isOwned = owner === c.target || isYes(c.host.isVfioBound(owner))
    if (!group.known || !isOwned) return (device) => isInGroupOf(c, device, owners)
    if (group.value.kind === 'group' && !group.value.fake && group.value.id !== null) {
      groups.add(group.value.id)
    }
  }
  return (device) => {
    if (all.has(device)) return YES
    if (all.size === 0) return NO
    const own = c.host.groupOf(device)
    if (!own.known) return own
    const { value } = own
    return value.kind === 'group' && !value.fake && value.id !== null && groups.has(value.id)
      ? YES
      : NO
  }
}

/** Whether a function's group is that of one of `owners`; a gap when a group that decides was not read. */
function isInGroupOf(
  c: ResetCase,
  device: PciDevice,
  owners: readonly PciDevice[],
): Observed<boolean> {
  if (owners.includes(device)) return YES
  if (owners.length === 0) return NO
  const own = c.host.groupOf(device)
  if (!own.known) return own
  let answer = NO
  for (const owner of owners) {
    const shared = sharesGroup(c, own.value, owner)
    if (isYes(shared)) return shared
    if (!shared.known && answer.known) answer = shared
  }
  return answer
}

/** An owner whose driver was not read owns nothing for certain. */
function sharesGroup(c: ResetCase, own: VfioGroup, owner: PciDevice): Observed<boolean> {
  const group = c.host.groupOf(owner)
  if (!group.known) return group
  if (!isSameGroup(own, group.value)) return NO
  return owner === c.target ? YES : c.host.isVfioBound(owner)
}

function not(fact: Observed<boolean>): Observed<boolean> {
  return fact.known ? known(!fact.value) : fact
}
