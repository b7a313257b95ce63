import { functionOf } from '../host/pci-address.js'
import type { PciDevice } from '../pci/device.js'
import { PCI_HEADER_TYPE_MFD } from '../pci/registers.js'

/**
 * Functions that were registered after the rest of the host (hot-added, or removed and rescanned) and that the kernel
 * took for single functions while it gave them a group. `pci_scan_slot` marks functions above 0 as multifunction only
 * after `device_add` has formed the group, so bit 7 of their own header is all it sees; at boot the order is the other
 * way round. Measured on 6.1.192 and 6.12.117.
 *
 * Group numbers tell who came late: they are given out in order of registration.
 */
export function findLateFunctions(
  order: readonly PciDevice[],
  groupOf: (device: PciDevice) => number | null,
): ReadonlySet<PciDevice> {
  const late = new Set<PciDevice>()
  const sizes = new Map<number, number>()
  for (const device of order) {
    const group = groupOf(device)
    if (group !== null) sizes.set(group, (sizes.get(group) ?? 0) + 1)
  }
  let lowestAfter = Number.POSITIVE_INFINITY
  for (const device of [...order].reverse()) {
    const group = groupOf(device)
    if (group === null) continue
    const isLate = group > lowestAfter && sizes.get(group) === 1
    if (isLate && looksSingle(device)) late.add(device)
    lowestAfter = Math.min(lowestAfter, group)
  }
  return late
}

/** A function above 0 whose own header does not say that the device has several. */
export function looksSingle({ address, isVirtfn, raw: { config } }: PciDevice): boolean {
  if (isVirtfn || functionOf(address) === 0 || !config.known) return false
  const { id, headerType } = config.value.header
  return id !== 0xffffffff && headerType !== null && (headerType & PCI_HEADER_TYPE_MFD) === 0
}
