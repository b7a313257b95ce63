import { isYes } from '../host/gap.js'
import type { PciDevice } from '../pci/device.js'
import { remembered, rememberedBriefly } from '../text/lists.js'
import { type DevSetKey, isSameKey } from '../vfio/dev-set.js'
import type { VfioHost } from '../vfio/vfio-host.js'
import { isBoundBeforeSlot, isVirtfnIn, type World } from '../vfio/world.js'
import {
  BLOCKED,
  type Blocker,
  isBlocker,
  possibleRefusal,
  type Refusal,
  refusal,
} from './reason.js'

/** A hot reset of `target` in one world, and the functions that it touches. */
interface MembershipCase {
  readonly host: VfioHost
  readonly world: World
  readonly target: PciDevice
  readonly affected: readonly PciDevice[]
}

/** What keeps affected functions out of the dev_set, and how the calls that ask refuse it. */
export interface Membership {
  /** What stands in the way for certain. */
  readonly blockers: readonly Blocker[]
  /** By `vfio_pci_dev_set_resettable`. */
  readonly refusals: readonly Refusal[]
  /** The same by a bind that claims the whole reset group. */
  readonly claimRefusals: readonly Refusal[]
}

export type MembershipReader = (c: MembershipCase) => Membership

/**
 * Completeness of the dev_set: every affected function must be a member (`vfio_pci_dev_set_resettable`, 5.15 to 7.3;
 * the walk of `vfio_pci_try_zap_and_vma_lock_cb` in 5.8 to 5.14 asks the same). EINVAL whatever the inner reason.
 */
export function membershipRefusals(c: MembershipCase): readonly Refusal[] {
  return c.affected.flatMap((device) => (device === c.target ? [] : membershipOf(c, device)))
}

/**
 * As `membershipRefusals`, for many targets: those that a scope and a set have in common get the same answers about the
 * others, worked out once, so that a bus of 256 functions does not cost 65,536 of them. With `fold` one refusal stands for
 * all that are certain: they end the call alike.
 */
export function membershipReader({ fold }: { readonly fold: boolean }): MembershipReader {
  const found = new Map<readonly PciDevice[], Map<unknown, SharedAnswers>>()
  return (c) => {
    if (c.affected.length === 0 || isAlone(c)) return NOTHING
    const make = () => new Map<unknown, SharedAnswers>()
    const ofScope = rememberedBriefly(found, c.affected, { most: MOST_SCOPES, make })
    const shared = remembered(ofScope, sideOf(c), () => sharedAnswers(c, fold))
    return shared.byDevice.has(c.target) ? without(c.target, shared, fold) : shared.all
  }
}

/** Functions that a reset has in common follow each other. */
const MOST_SCOPES = 64

function isAlone({ affected, target }: MembershipCase): boolean {
  return affected.length === 1 && affected[0] === target
}

/** All of a target that the answers about other functions depend on, beside what is affected. */
function sideOf({ host, world, target }: MembershipCase): DevSetKey | string {
  const key = host.sets.keyOf(target, world)
  if (key.kind !== 'self' && host.kernel.devSets) return key
  return `${target.bus} ${isVirtfnIn(world, target)} ${world.vfSplit}`
}

/** Answers about each function that is not simply a member, and about all of them. */
interface SharedAnswers {
  readonly byDevice: ReadonlyMap<PciDevice, readonly Refusal[]>
  readonly all: Membership
}

const NOTHING: Membership = { blockers: [], refusals: [], claimRefusals: [] }

function sharedAnswers(c: MembershipCase, fold: boolean): SharedAnswers {
  const byDevice = new Map<PciDevice, readonly Refusal[]>()
  for (const device of c.affected) {
    const refusals = membershipOf(c, device)
    if (refusals.length > 0) byDevice.set(device, refusals)
  }
  return { byDevice, all: membershipFrom([...byDevice.values()].flat(), fold) }
}

function without(target: PciDevice, { byDevice, all }: SharedAnswers, fold: boolean): Membership {
  if (isFolded(all.refusals)) {
    const { address } = target
    const blockers = all.blockers.filter((each) => each.address !== address)
    return blockers.length === 0 ? NOTHING : { ...all, blockers }
  }
  const refusals: Refusal[] = []
  for (const [device, ofDevice] of byDevice) if (device !== target) refusals.push(...ofDevice)
  return refusals.length === 0 ? NOTHING : membershipFrom(refusals, fold)
}

function membershipFrom(all: readonly Refusal[], fold: boolean): Membership {
  const blockers: Blocker[] = []
  const refusals: Refusal[] = []
  for (const each of all) {
    const blocker = each.unless === null && isBlocker(each.reason) ? each.reason : null
    if (blocker === null || !fold) refusals.push(each)
    else if (blockers.length === 0) refusals.push(FOLDED)
    if (blocker !== null) blockers.push(blocker)
  }
  return { blockers, refusals, claimRefusals: refusals.map((each) => ({ ...each, at: 'bind' })) }
}

const FOLDED: Refusal = refusal('hot-reset', 'EINVAL', BLOCKED)

/** Whether it is nothing but the one refusal that stands for all that are certain. */
export function isFolded(refusals: readonly Refusal[]): boolean {
  return refusals.length === 1 && refusals[0] === FOLDED
}

/** What keeps one affected function out of the target's set; more than one entry when binding it would not be enough. */
function membershipOf(c: MembershipCase, device: PciDevice): readonly Refusal[] {
  const { header } = device
  if (header.known && header.value !== 'normal') {
    return [blocks({ kind: 'bridge-inside', address: device.address })]
  }
  const structure = structuralBlocker(c, device)
  const binding = bindingRefusal(c, device, structure !== null)
  const found = structure === null ? [] : [blocks(structure)]
  const vfio = c.host.isVfioBound(device)
  // A vfio driver takes normal headers only.
  const hidden =
    header.known || isYes(vfio)
      ? []
      : [possibleRefusal('hot-reset', 'EINVAL', device.address, header.gap)]
  return [...binding, ...found, ...hidden]
}

/** A cause that binding the function cannot remove: its set is another one. Before 5.15 there were no sets. */
function structuralBlocker(c: MembershipCase, device: PciDevice): Blocker | null {
  const { kernel, sets } = c.host
  if (!kernel.devSets) return null
  if (device.bus === c.target.bus) {
    const own = sets.keyOf(device, c.world)
    // A set of its own is nobody else's: here the target stands for others of its kind too.
    if (own.kind !== 'self' && isSameKey(own, sets.keyOf(c.target, c.world))) return null
    if (c.world.vfSplit && [device, c.target].some((each) => isVirtfnIn(c.world, each))) {
      return { kind: 'vf-split', address: device.address }
    }
    if (isSlotMoved(c, device)) return { kind: 'slot-moved', address: device.address }
  }
  return { kind: 'other-dev-set', address: device.address }
}

/** A slot came or went between the binding of the target and that of the function. */
function isSlotMoved({ host, world, target }: MembershipCase, device: PciDevice): boolean {
  const { topology } = host
  return (
    world.slotMoved || isBoundBeforeSlot(device, topology) !== isBoundBeforeSlot(target, topology)
  )
}

/** `settled`: the function blocks bound or not, so an unread driver decides nothing. */
function bindingRefusal(
  { host }: MembershipCase,
  device: PciDevice,
  settled: boolean,
): readonly Refusal[] {
  const vfio = host.isVfioBound(device)
  if (!vfio.known) {
    return settled ? [] : [possibleRefusal('hot-reset', 'EINVAL', device.address, vfio.gap)]
  }
  const { driver } = device.raw
  if (vfio.value || !driver.known) return []
  return driver.value === null
    ? [blocks({ kind: 'unbound', address: device.address })]
    : [blocks({ kind: 'foreign-driver', address: device.address, driver: driver.value })]
}

function blocks(blocker: Blocker): Refusal {
  return refusal('hot-reset', 'EINVAL', blocker)
}
