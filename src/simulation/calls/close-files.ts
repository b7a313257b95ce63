import { comparePciAddress } from '../../host/pci-address.js'
import type { PciDevice } from '../../pci/device.js'
import { deviceAt } from '../host-facts.js'
import type { Turn } from '../machine.js'
import type { CloseNamedStep, DeviceStep } from '../scenario/scenario.js'
import { changed, groupsIn, type MachineState, opensOf } from '../state.js'
import { type Effect, ok, refused, type StepResult, skipped } from '../step-result.js'
import { withoutDeadClaims } from './claims.js'
import { findDevice, findGroup, findNamed, isFound } from './find-files.js'
import { functionResetEffect, functionResetWorks } from './function-reset.js'
import { outsiders, resetTarget } from './reset-call.js'

/**
 * Closes a device fd; the last one of a function unbinds it, resets it, and may reset the whole set
 * (`vfio_pci_core_disable`).
 */
export function closeDevice(turn: Turn, { actor, device: address }: DeviceStep): StepResult {
  const { state } = turn
  const file = findDevice(turn, actor, address)
  if (file === 'never') return skipped(state, address)
  if (!isFound(file)) return refused(state, 'EBADF', [{ kind: 'closed-fd', name: address }])
  const closed = released(changed(state, file, { open: false }))
  const device = deviceAt(turn, address)
  if (!file.granted || device === undefined || opensOf(closed, address).length > 0)
    return ok(closed)
  const after: Turn = { ...turn, state: closed }
  return lastClose({ ...turn, state: withoutDeadClaims(after) }, device)
}

/**
 * Closes a group file. A device opened through it on a container keeps it, and the group busy, until it is closed too.
 */
export function closeGroup(turn: Turn, { actor, device }: DeviceStep): StepResult {
  const { state } = turn
  const file = findGroup(turn, actor, device)
  if (file === 'never') return skipped(state, device)
  if (!isFound(file)) return refused(state, 'EBADF', [{ kind: 'closed-fd', name: null }])
  return ok(released(changed(state, file, { open: false })))
}

/** Closes a container or an iommufd. Groups in it, and devices bound to it, keep it alive. */
export function closeNamed(turn: Turn, { actor, name }: CloseNamedStep): StepResult {
  const { state } = turn
  const file = findNamed(turn, actor, name)
  if (file === 'never') return skipped(state, null)
  if (!isFound(file)) return refused(state, 'EBADF', [{ kind: 'closed-fd', name }])
  return ok(changed(state, file, { open: false }))
}

/** A container that its last group has left forgets its IOMMU (`vfio_group_detach_container`). */
function released(state: MachineState): MachineState {
  return {
    ...state,
    files: state.files.map((file) =>
      file.kind === 'container' && file.iommu !== null && groupsIn(state, file.id).length === 0
        ? { ...file, iommu: null }
        : file,
    ),
  }
}

/** `vfio_pci_core_disable`: the function is reset, or marked; then the set, if nobody else has any of it open. */
function lastClose(turn: Turn, device: PciDevice): StepResult {
  const { machine, state } = turn
  const { address } = device
  const works = functionResetWorks(machine.host, device)
  const own = functionResetEffect(device, works)
  const needsReset = new Map(state.needsReset)
  if (works.known && works.value) needsReset.delete(address)
  else needsReset.set(address, works.known ? 'yes' : 'maybe')
  const marked: MachineState = { ...state, needsReset }
  const wide = setReset({ ...turn, state: marked }, device)
  if (wide === null) return ok(marked, { effects: own })
  for (const each of wide.devices) needsReset.delete(each)
  return ok({ ...marked, needsReset }, { effects: [...own, wide] })
}

/**
 * `vfio_pci_dev_set_try_reset`: a member that could not be reset by itself gets the whole set reset, once nobody has any
 * of it open and nothing stands in the way. null: it does not come to that.
 */
function setReset(turn: Turn, device: PciDevice): Effect | null {
  const { state } = turn
  const target = resetTarget(turn, device)
  const { members, affected, unaccounted, denials } = target
  const marks = members.flatMap(({ address }) => state.needsReset.get(address) ?? [])
  const idle = members.every(({ address }) => opensOf(state, address).length === 0)
  if (marks.length === 0 || !idle || denials.length > 0) return null
  if (outsiders(turn, target).length > 0) return null
  const devices = [...affected, ...unaccounted]
    .map(({ address }) => address)
    .sort(comparePciAddress)
  return marks.includes('yes')
    ? { kind: 'set-reset', devices }
    : { kind: 'set-reset', devices, certain: false }
}
