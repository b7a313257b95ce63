import type { Change } from '../diff/change.js'
import type { PciAddress } from '../host/pci-address.js'

/** The changes that are about one of these functions, or about the host as a whole; null: all. */
export function concerning(
  changes: readonly Change[],
  addresses: ReadonlySet<PciAddress> | null,
): readonly Change[] {
  if (addresses === null) return changes
  return changes.filter(
    ({ devices }) => devices.length === 0 || devices.some((each) => addresses.has(each)),
  )
}
