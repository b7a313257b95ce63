import type { PciAddress } from '../host/pci-address.js'
import type { PciDevice } from '../pci/device.js'
import { findDevice, isFound } from './calls/find-files.js'
import { deviceAt } from './host-facts.js'
import type { Turn } from './machine.js'
import type { DeviceFile } from './state.js'
import { refused, type StepResult, skipped } from './step-result.js'

/** A device fd on which a call reaches the driver. */
export interface CalledDevice {
  readonly file: DeviceFile
  readonly device: PciDevice
}

/**
 * The actor's device fd for a call, or why the call does not get that far: no fd at all, a closed one (EBADF), or one
 * without access (EINVAL, `vfio_device_fops_unl_ioctl`).
 */
export function calledDevice(
  turn: Turn,
  actor: string,
  address: PciAddress,
): CalledDevice | StepResult {
  const { state } = turn
  const file = findDevice(turn, actor, address)
  const device = deviceAt(turn, address)
  if (file === 'never' || device === undefined) return skipped(state, address)
  if (!isFound(file)) return refused(state, 'EBADF', [{ kind: 'closed-fd', name: address }])
  if (file.granted) return { file, device }
  return refused(state, 'EINVAL', [
    file.via === 'cdev'
      ? { kind: 'not-bound', address }
      : { kind: 'noiommu', address, lacks: 'access' },
  ])
}

export function isCalled(found: CalledDevice | StepResult): found is CalledDevice {
  return 'device' in found
}
