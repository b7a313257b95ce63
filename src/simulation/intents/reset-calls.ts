import type { PciAddress } from '../../host/pci-address.js'
import type { PciDevice } from '../../pci/device.js'
import { findDevice, findGroup, isFound } from '../calls/find-files.js'
import { ruleFor } from '../calls/hot-reset.js'
import { resetTarget } from '../calls/reset-call.js'
import { deviceAt } from '../host-facts.js'
import type { Turn } from '../machine.js'
import { bareHotReset, type HotResetStep, type IntentStep } from '../scenario/scenario.js'

/**
 * A hot reset, with the proof that the rule asks for: of what the actor has among the functions that the reset affects,
 * the group files, each once, or the device fds.
 */
export function resetCalls(turn: Turn, step: IntentStep): readonly [HotResetStep] {
  const { actor, device } = step
  const call = bareHotReset(step)
  const file = findDevice(turn, actor, device)
  const target = deviceAt(turn, device)
  if (!isFound(file) || target === undefined) return [call]
  switch (ruleFor(turn.machine, file.via).passed) {
    case 'nothing':
      return [call]
    case 'group-files':
      return [{ ...call, groups: groupFilesOf(turn, actor, target) }]
    case 'any-files':
      return [{ ...call, deviceFds: deviceFilesOf(turn, actor, target) }]
  }
}

/** One function for each group file of the actor's. */
function groupFilesOf(turn: Turn, actor: string, target: PciDevice): readonly PciAddress[] {
  const files = new Map<number, PciAddress>()
  for (const { address } of affectedBy(turn, target)) {
    const file = findGroup(turn, actor, address)
    if (isFound(file) && !files.has(file.id)) files.set(file.id, address)
  }
  return [...files.values()]
}

function deviceFilesOf(turn: Turn, actor: string, target: PciDevice): readonly PciAddress[] {
  return affectedBy(turn, target)
    .map(({ address }) => address)
    .filter((address) => {
      const file = findDevice(turn, actor, address)
      return isFound(file) && file.granted
    })
}

/** The target itself is always among what its reset affects. */
function affectedBy(turn: Turn, target: PciDevice): readonly PciDevice[] {
  const { affected } = resetTarget(turn, target)
  return [target, ...affected.filter((each) => each !== target)]
}
