import {
  type BusId,
  busOf,
  type PciAddress,
  parseBusId,
  parsePciAddress,
} from '../host/pci-address.js'

/** Where a function hangs in the tree, as its folder under `sys/devices` tells. */
export interface Place {
  readonly parent: PciAddress | null
  readonly rootBus: BusId
  readonly onRootBus: boolean
  readonly dmaDevice: PciAddress | null
}

/**
 * Reads a function's place from its path. A `pciDDDD:BB` can stand in the middle (VMD): the last one is the root bus,
 * and the function before it lends its requester ID.
 */
export function placeOf(address: PciAddress, path: string): Place {
  const parts = path.split('/')
  const rootIndex = parts.findLastIndex((part) => hostBridgeBus(part) !== undefined)
  const rootBus = hostBridgeBus(parts[rootIndex] ?? '') ?? busOf(address)
  const above = parts[parts.length - 2] ?? ''
  const parent = parsePciAddress(above) ?? null
  return {
    parent,
    rootBus,
    onRootBus: parent === null && busOf(address) === rootBus,
    dmaDevice: parsePciAddress(parts[rootIndex - 1] ?? '') ?? null,
  }
}

function hostBridgeBus(part: string): BusId | undefined {
  return part.startsWith('pci') ? parseBusId(part.slice(3)) : undefined
}
