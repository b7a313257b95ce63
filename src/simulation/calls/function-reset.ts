import { known, mapObserved, type Observed, unknown } from '../../host/gap.js'
import type { PciDevice } from '../../pci/device.js'
import { noBusReset, noFlr, noPmReset } from '../../pci/flags.js'
import { isAtLeast } from '../../vfio/kernel-release.js'
import type { VfioHost } from '../../vfio/vfio-host.js'
import type { Effect, StepAnswer } from '../step-result.js'

/**
 * Whether the kernel has a working reset of the function itself: what `vfio_pci_core_enable` finds out at the first open
 * (`reset_works`). 5.15+ lists the methods in sysfs; before, the function's capabilities tell of the usual ones.
 */
export function functionResetWorks(host: VfioHost, device: PciDevice): Observed<boolean> {
  const { resetMethods } = device.raw
  if (!isAtLeast(host.kernel.release, 5, 15)) return unlistedResetWorks(host, device)
  if (!resetMethods.known) {
    const capable = hasCapability(device)
    return capable.known && capable.value ? capable : resetMethods
  }
  const methods = resetMethods.value ?? []
  if (methods.some((method) => method !== 'bus')) return known(true)
  return methods.length === 0 ? known(false) : busMethodWorks(host, device)
}

/** Before 5.15 the kernel tries all that it knows; device-specific and ACPI methods cannot be seen in the function. */
function unlistedResetWorks(host: VfioHost, device: PciDevice): Observed<boolean> {
  for (const works of [hasCapability(device), busMethodWorks(host, device)]) {
    if (works.known && works.value) return works
  }
  return mapObserved(device.raw.resetMethods, (methods) => (methods ?? []).length > 0)
}

/**
 * `pci_reset_bus_function`: by its slot if it is the slot's only function, else by its bus if it is alone there. The list
 * in sysfs was made when the function was found, before those that came after it on the bus.
 */
function busMethodWorks({ topology, scopes }: VfioHost, device: PciDevice): Observed<boolean> {
  if (topology.byBus.get(device.bus)?.devices.length === 1) {
    return mapObserved(noBusReset(device), (flag) => flag === null)
  }
  const { worlds, gaps } = scopes.worldsOf(device)
  const bySlot = worlds.map((world) => scopes.resetsBySlot(device, world))
  if (!bySlot.includes(true)) return known(false)
  const [gap] = gaps
  if (bySlot.includes(false) && gap !== undefined) return unknown(gap)
  return mapObserved(device.multifunction, (multifunction) => !multifunction)
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
