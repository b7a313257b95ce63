import { mapObserved, type Observed } from '../../host/gap.js'
import type { PciDevice } from '../../pci/device.js'
import { ownReset } from '../../vfio/own-reset.js'
import type { VfioHost } from '../../vfio/vfio-host.js'
import type { Effect, StepAnswer } from '../step-result.js'

/** Whether the kernel has a working reset of the function itself: what the first open finds out (`vfio_pci_core_enable`, `reset_works`). */
export function functionResetWorks(host: VfioHost, device: PciDevice): Observed<boolean> {
  return mapObserved(ownReset(host, device), (own) => own !== null)
}

/** What the first open brings with it: a reset of the function, with EAGAIN if somebody holds its lock. */
export function functionResetAtOpen(
  host: VfioHost,
  device: PciDevice,
): Pick<StepAnswer, 'effects' | 'possible'> {
  const works = functionResetWorks(host, device)
  return {
    effects: functionResetEffect(device, works),
    possible: works.known && !works.value ? [] : ['EAGAIN'],
  }
}

export function functionResetEffect(
  { address }: PciDevice,
  works: Observed<boolean>,
): readonly Effect[] {
  if (!works.known) return [{ kind: 'function-reset', devices: [address], certain: false }]
  return works.value ? [{ kind: 'function-reset', devices: [address] }] : []
}
