import { known, type Observed } from '../../host/gap.js'
import { predictFunctionResets } from '../../pci/function-reset.js'
import { isAtLeast } from '../../vfio/kernel-release.js'
import type { Asked } from '../situation.js'

/** The reset of the function alone that the kernel tries first when the function is opened. */
export interface OwnReset {
  readonly method: string
  /** PM: QEMU prefers a hot reset to it, since it may leave state behind. */
  readonly weak: boolean
}

/**
 * What resets the function alone (`__pci_reset_function_locked` walks the methods in order); null: nothing. `reset_method`
 * is the authority (5.15+); where it was not read, a capability that a kernel never leaves unused tells enough.
 */
export function ownReset({ device, raw, situation }: Asked): Observed<OwnReset | null> {
  const { resetMethods } = raw
  if (resetMethods.known && isAtLeast(situation.kernel.release, 5, 15)) {
    const methods = resetMethods.value === null ? [] : resetMethods.value
    return firstOf(methods.filter((method) => method !== 'bus' || isAlone({ device, situation })))
  }
  const predicted = predictFunctionResets(device, situation.host.topology)
  if (predicted.known && predicted.value.some((method) => method !== 'pm')) {
    return firstOf(predicted.value)
  }
  // SR-IOV demands FLR of every VF (PCIe 9.3.3.2).
  if (device.isVirtfn) return known({ method: 'flr', weak: false })
  if (!resetMethods.known) return resetMethods
  return predicted.known ? firstOf(predicted.value) : predicted
}

function firstOf(methods: readonly string[]): Observed<OwnReset | null> {
  const [method] = methods
  return known(method === undefined ? null : { method, weak: method === 'pm' })
}

/** `pci_parent_bus_reset` works for a function that is alone on its bus. */
function isAlone({ device, situation }: Pick<Asked, 'device' | 'situation'>): boolean {
  return situation.host.topology.byBus.get(device.bus)?.devices.length === 1
}
