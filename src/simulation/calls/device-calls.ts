import type { Turn } from '../machine.js'
import type { DeviceStep, SetVfTokenStep } from '../scenario/scenario.js'
import { ok, refused, type StepResult } from '../step-result.js'
import { calledDevice, isCalled } from './find-files.js'
import { functionResetWorks } from './function-reset.js'
import { isPhysfn } from './vf-token.js'

/** VFIO_DEVICE_RESET (`vfio_pci_ioctl_reset`): nobody asks who owns what; EINVAL if the reset did not work at open. */
export function deviceReset(turn: Turn, { actor, device: address }: DeviceStep): StepResult {
  const { state, machine } = turn
  const called = calledDevice(turn, actor, address)
  if (!isCalled(called)) return called
  const works = functionResetWorks(machine.host, called.device)
  if (!works.known) return ok(state, { possible: ['EAGAIN', 'ENOTTY'], unsure: works.gap })
  return works.value
    ? ok(state, { possible: ['EAGAIN', 'ENOTTY'] })
    : refused(state, 'EINVAL', [{ kind: 'no-function-reset', address }])
}

/** VFIO_DEVICE_FEATURE with PCI_VF_TOKEN (`vfio_pci_core_feature_token`): only PFs have one. */
export function setVfToken(
  turn: Turn,
  { actor, device: address, token }: SetVfTokenStep,
): StepResult {
  const { state } = turn
  const called = calledDevice(turn, actor, address)
  if (!isCalled(called)) return called
  return isPhysfn(turn, called.device)
    ? ok({ ...state, tokens: new Map(state.tokens).set(address, token) })
    : refused(state, 'ENOTTY', [{ kind: 'no-sriov', address }])
}
