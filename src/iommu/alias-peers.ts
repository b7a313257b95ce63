import { deviceOf, functionOf } from '../host/pci-address.js'
import type { PciDevice } from '../pci/device.js'
import type { Topology } from '../pci/topology.js'
import { findDmaAliases } from './dma-aliases.js'

/** Functions of one bus that share requester IDs, in device-list order. Almost every host has none. */
export interface AliasPeers {
  /** Functions that use this one's ID or whose ID it uses (`pci_devs_are_dma_aliases`). */
  readonly certain: ReadonlyMap<PciDevice, readonly PciDevice[]>
  /** Functions whose ID this one uses: the same relation, in one direction. */
  readonly usesIdOf: ReadonlyMap<PciDevice, readonly PciDevice[]>
  /** As `certain`, with every function of the bus for those whose aliases cannot be predicted. */
  readonly possible: ReadonlyMap<PciDevice, readonly PciDevice[]>
  /** Functions whose aliases cannot be predicted although others share their bus. */
  readonly unpredictable: ReadonlySet<PciDevice>
}

export function findAliasPeers(topology: Topology): AliasPeers {
  const certain: Peers = new Map()
  const possible: Peers = new Map()
  const usesIdOf = new Map<PciDevice, readonly PciDevice[]>()
  const unpredictable = new Set<PciDevice>()
  const shared = [...topology.byBus.values()].filter(({ devices }) => devices.length > 1)
  for (const device of shared.flatMap(({ devices }) => devices)) {
    const aliases = findDmaAliases(device)
    if (aliases.kind === 'none') continue
    const others = topology.byBus.get(device.bus)?.devices ?? []
    if (aliases.kind === 'unpredictable') {
      unpredictable.add(device)
      linkAll(possible, device, others)
      continue
    }
    const named = others.filter((other) => other !== device && aliases.devfns.has(devfnOf(other)))
    if (named.length > 0) usesIdOf.set(device, named)
    linkAll(certain, device, named)
    linkAll(possible, device, named)
  }
  return {
    certain: inOrder(certain, topology),
    usesIdOf,
    possible: inOrder(possible, topology),
    unpredictable,
  }
}

type Peers = Map<PciDevice, Set<PciDevice>>

function inOrder(peers: Peers, { rank }: Topology): ReadonlyMap<PciDevice, readonly PciDevice[]> {
  return new Map(
    [...peers].map(([device, others]) => [device, [...others].sort((a, b) => rank(a) - rank(b))]),
  )
}

function devfnOf({ address }: PciDevice): number {
  return (deviceOf(address) << 3) | functionOf(address)
}

function linkAll(peers: Peers, device: PciDevice, others: readonly PciDevice[]): void {
  for (const other of others) {
    if (other === device) continue
    add(peers, device, other)
    add(peers, other, device)
  }
}

function add(peers: Peers, a: PciDevice, b: PciDevice): void {
  const set = peers.get(a)
  if (set === undefined) peers.set(a, new Set([b]))
  else set.add(b)
}
