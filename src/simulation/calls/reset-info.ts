import type { PciDevice } from '../../pci/device.js'
import { HOT_RESET_INFO_ENTRY, HOT_RESET_INFO_HEADER } from '../../uapi/abi.js'
import { walkOrder } from '../../vfio/walk-order.js'
import { holds } from '../facts.js'
import { groupFact } from '../host-facts.js'
import type { InfoForm, ResetTarget, Turn } from '../machine.js'
import type { StepReason } from '../reason.js'
import type { ResetInfoStep } from '../scenario/scenario.js'
import { opensOf } from '../state.js'
import {
  type InfoDevice,
  type InfoFlag,
  ok,
  type ResetInfo,
  refused,
  type StepResult,
} from '../step-result.js'
import { type CalledDevice, calledDevice, isCalled } from './find-files.js'
import { boundTo, devidOf } from './ownership.js'
import { outsiders, resetTarget } from './reset-call.js'

/** VFIO_DEVICE_GET_PCI_HOT_RESET_INFO (`docs/reference/hot-reset.md#info`): it asks nobody who owns what. */
export function resetInfo(turn: Turn, step: ResetInfoStep): StepResult {
  const { state } = turn
  const called = calledDevice(turn, step.actor, step.device)
  if (!isCalled(called)) return called
  if (step.argsz !== null && step.argsz < HOT_RESET_INFO_HEADER) {
    return refused(state, 'EINVAL', [{ kind: 'argsz', least: HOT_RESET_INFO_HEADER }])
  }
  const target = resetTarget(turn, called.device)
  if (target.denials.length > 0) return refused(state, 'ENODEV', target.denials)
  const form = formOf(turn, called)
  if (form === 'v2') return groupInfo(turn, called, target, step.argsz)
  const count = target.affected.length
  const room = roomFor(step.argsz, count, HOT_RESET_INFO_ENTRY)
  if (room >= count) return filled(turn, called, target, form)
  return isInPieces(turn, called)
    ? inPieces(turn, called, target, form, room)
    : noSpace(turn, { flags: [], devices: [], count }, HOT_RESET_INFO_ENTRY)
}

/** Which form answers this caller. Group callers see group ids in all of them; v1 had nothing else. */
function formOf({ machine }: Turn, { file: { via } }: CalledDevice): Form {
  if (via === 'group' || machine.infoForm === 'v1') return 'groups'
  return machine.infoForm === 'kernel' ? 'v5' : machine.infoForm
}

type Form = 'groups' | Exclude<InfoForm, 'kernel' | 'v1'>

function filled(turn: Turn, called: CalledDevice, target: ResetTarget, form: Form): StepResult {
  const without = withoutGroup(turn, target.affected)
  // v4 looked the group up before it asked which id to report.
  if ((form === 'groups' || form === 'v4') && without.length > 0) {
    return refused(turn.state, 'EPERM', without)
  }
  const devices = target.affected.map((device) => entryOf(turn, called, target, form, device))
  return ok(turn.state, { info: { flags: flagsOf(form, devices), devices } })
}

/** Functions without an IOMMU group cannot be reported by group ("Cannot reset non-isolated devices"). */
function withoutGroup(turn: Turn, devices: readonly PciDevice[]): readonly StepReason[] {
  return devices.flatMap((device): readonly StepReason[] => {
    const { address } = device
    const group = groupFact(turn, device)
    const none =
      group.kind === 'none' ||
      (group.kind === 'unread' &&
        turn.facts.choose(`${address} has a group`, ['yes', 'no'], group.gap) === 'no')
    return none ? [{ kind: 'no-group', address }] : []
  })
}

function entryOf(
  turn: Turn,
  { file: { context } }: CalledDevice,
  target: ResetTarget,
  form: Form,
  device: PciDevice,
): InfoDevice {
  const { address } = device
  if (form === 'groups') {
    const group = groupFact(turn, device)
    if (group.kind === 'unread') return { address, group: { unknown: group.gap.why }, devid: null }
    return { address, group: group.kind === 'group' ? group.id : null, devid: null }
  }
  const member = context !== null && target.members.includes(device)
  return {
    address,
    group: null,
    devid: member ? idOf(turn, target, form, device, context) : ABSENT[form],
  }
}

/** The id of a member of the set. */
function idOf(
  turn: Turn,
  { members }: ResetTarget,
  form: Exclude<Form, 'groups'>,
  device: PciDevice,
  context: number,
): number {
  if (form === 'v3') {
    const own = boundTo(turn, context).find((file) => file.device === device.address)
    return own?.via === 'cdev' ? (own.devid ?? 0) : 0
  }
  return devidOf(turn, device, context, form === 'v4' ? members : null)
}

/** What a function outside the dev_set gets: v3 had one invalid id, 0, for everything that is not the caller's. */
const ABSENT = { v2: 0, v3: 0, v4: -1, v5: -1 } as const

function flagsOf(form: Form, devices: readonly InfoDevice[]): readonly InfoFlag[] {
  if (form === 'groups') return []
  const owned = devices.every(({ devid }) => devid !== null && devid >= 0)
  if (form === 'v3' || !owned) return ['dev-id']
  return ['dev-id', form === 'v4' ? 'resettable' : 'dev-id-owned']
}

/** One id. */
const GROUP_INFO_ENTRY = 4

/**
 * v2: a call of its own for cdevs, VFIO_DEVICE_GET_PCI_HOT_RESET_GROUP_INFO. Ids of what the caller has open, EPERM when
 * the set is incomplete or somebody else has a member open; unopened members do not show.
 */
function groupInfo(
  turn: Turn,
  { file: { context } }: CalledDevice,
  target: ResetTarget,
  argsz: number | null,
): StepResult {
  const { state } = turn
  const blocked = outsiders(turn, target)
  if (blocked.length > 0) return refused(state, 'EPERM', blocked)
  const count = target.affected.length
  if (roomFor(argsz, count, GROUP_INFO_ENTRY) < count)
    return noSpace(turn, { flags: [], devices: [], count }, GROUP_INFO_ENTRY)
  const devices: InfoDevice[] = []
  for (const { address } of target.members) {
    const [open] = opensOf(state, address)
    if (open === undefined) continue
    if (open.context !== context) {
      return refused(state, 'EPERM', [{ kind: 'other-context', address, actor: open.actor }])
    }
    devices.push({ address, group: null, devid: open.devid })
  }
  return ok(state, { info: { flags: [], devices } })
}

function roomFor(argsz: number | null, count: number, size: number): number {
  return argsz === null ? count : Math.floor((argsz - HOT_RESET_INFO_HEADER) / size)
}

function noSpace(
  turn: Turn,
  info: ResetInfo & { readonly count: number },
  size: number,
): StepResult {
  const { count } = info
  const reason: StepReason = {
    kind: 'no-space',
    count,
    argsz: HOT_RESET_INFO_HEADER + size * count,
  }
  return refused(turn.state, 'ENOSPC', [reason], { info })
}

/** Whether this release writes entries while it counts them; the forms of the series are asked of their own kernels. */
function isInPieces({ machine, facts }: Turn, { file: { via } }: CalledDevice): boolean {
  const { infoInPieces } = machine.rules
  const { cdev } = machine.interfaces
  const isMadeUp = via === 'cdev' && cdev.known && !cdev.value
  if (machine.infoForm !== 'kernel' || isMadeUp) return false
  return holds(facts, infoInPieces, 'INFO fills a short buffer')
}

/**
 * 6.6 to 6.9: entries that fit are written and flags with them, which then mean nothing; EPERM comes from those alone.
 */
function inPieces(
  turn: Turn,
  called: CalledDevice,
  target: ResetTarget,
  form: Form,
  room: number,
): StepResult {
  const fitting = walkOrder(turn.machine.host.topology, target.device, target.affected).slice(
    0,
    room,
  )
  const without = form === 'groups' ? withoutGroup(turn, fitting) : []
  if (without.length > 0) return refused(turn.state, 'EPERM', without)
  const devices = fitting.map((device) => entryOf(turn, called, target, form, device))
  const flags = flagsOf(form, devices)
  return noSpace(turn, { flags, devices, count: target.affected.length }, HOT_RESET_INFO_ENTRY)
}
