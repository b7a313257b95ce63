import type { PciAddress } from '../host/pci-address.js'
import type { PciDevice } from '../pci/device.js'

/**
 * Addresses and groups of device lists. Lists are shared between the functions of a bus, and so are the answers: a bus
 * of 256 functions costs one array, not 256.
 */
export interface Addresses {
  readonly of: (devices: readonly PciDevice[]) => readonly PciAddress[]
  /** Sorted, without functions that have no group. */
  readonly groupsOf: (devices: readonly PciDevice[]) => readonly number[]
}

export function addressLists(): Addresses {
  const addresses = new WeakMap<readonly PciDevice[], readonly PciAddress[]>()
  const groups = new WeakMap<readonly PciDevice[], readonly number[]>()
  return {
    of: (devices) => remember(addresses, devices, () => devices.map(({ address }) => address)),
    groupsOf: (devices) => remember(groups, devices, () => groupNumbers(devices)),
  }
}

function remember<T>(
  known: WeakMap<readonly PciDevice[], T>,
  devices: readonly PciDevice[],
  make: () => T,
): T {
  const found = known.get(devices)
  if (found !== undefined) return found
  const made = make()
  known.set(devices, made)
  return made
}

function groupNumbers(devices: readonly PciDevice[]): readonly number[] {
  const numbers = new Set<number>()
  for (const { raw } of devices) {
    if (raw.iommuGroup.known && raw.iommuGroup.value !== null) numbers.add(raw.iommuGroup.value)
  }
  return [...numbers].sort((a, b) => a - b)
}
