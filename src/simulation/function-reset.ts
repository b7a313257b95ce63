import { known, type Observed } from '../host/gap.js'
import type { PciDevice } from '../pci/device.js'
import { noFlr, noPmReset } from '../pci/flags.js'
import type { KernelProfile } from '../vfio/kernel-profile.js'
import { isAtLeast } from '../vfio/kernel-release.js'
import type { Effect, StepAnswer } from './step-result.js'

/**
 * Whether the kernel has a working reset of the function itself: what `vfio_pci_core_enable` finds out at the first open
 * (`reset_works`). 5.15+ lists the methods in sysfs; before, the function's capabilities tell of the usual ones.
 */
export function functionResetWorks(kernel: KernelProfile, device: PciDevice): Observed<boolean> {
  const { resetMethods } = device.raw
  if (resetMethods.known && isAtLeast(kernel.release, 5, 15)) {
    return known(resetMethods.value !== null && resetMethods.value.length > 0)
  }
  const capable = hasCapability(device)
  if (capable.known && capable.value) return capable
  // Device-specific and ACPI methods cannot be seen in the function: only the kernel's own list denies them.
  return resetMethods.known ? known((resetMethods.value ?? []).length > 0) : resetMethods
}

/** What the first open brings with it: a reset of the function, with EAGAIN if somebody holds its lock. */
export function functionResetAtOpen(
  kernel: KernelProfile,
  device: PciDevice,
): Pick<StepAnswer, 'effects' | 'possible'> {
  const works = functionResetWorks(kernel, device)
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

function hasCapability(device: PciDevice): Observed<boolean> {
  const { functionReset } = device
  if (!functionReset.known) return functionReset
  const { flr, afFlr, pm } = functionReset.value
  if (flr || afFlr) {
    const hidden = noFlr(device)
    if (!hidden.known) return hidden
    if (hidden.value === null) return known(true)
  }
  if (!pm) return known(false)
  const hidden = noPmReset(device)
  return hidden.known ? known(!hidden.value) : hidden
}
