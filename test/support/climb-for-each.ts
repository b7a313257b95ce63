import { type PciAddress, slotKeyOf } from '../../src/host/pci-address.js'
import { findAliasPeers } from '../../src/iommu/alias-peers.js'
import { isolationRules } from '../../src/iommu/isolation.js'
import { registrationOrder } from '../../src/iommu/registration-order.js'
import type { PciDevice } from '../../src/pci/device.js'
import type { Topology } from '../../src/pci/topology.js'

/**
 * Groups of fully readable hosts, found the long way: the steps of `pci_device_group` one after another for each
 * function, remembering nothing. What the tool computes with its short cuts must be the same.
 */
export function climbForEach(topology: Topology): PciAddress[][] {
  const rules = isolationRules(topology)
  const peers = findAliasPeers(topology).certain
  const groups = new Map<PciDevice, number>()
  let count = 0
  for (const device of registrationOrder(topology)) {
    if (!device.raw.iommuGroup.known || device.raw.iommuGroup.value === null) continue
    groups.set(device, findGroup(device) ?? count++)
  }
  const lists = Array.from({ length: count }, (): PciAddress[] => [])
  for (const device of topology.devices) lists[groups.get(device) ?? -1]?.push(device.address)
  return lists

  function findGroup(device: PciDevice): number | undefined {
    let current = byAddress(device.dmaDevice) ?? device
    if (groups.has(current)) return groups.get(current)
    for (let bridge = above(current); bridge !== undefined; bridge = above(bridge)) {
      if (!takesOverIds(bridge)) continue
      current = bridge
      if (groups.has(current)) return groups.get(current)
    }
    for (let bridge = above(current); bridge !== undefined; bridge = above(bridge)) {
      if (isPathIsolated(bridge)) break
      current = bridge
      if (groups.has(current)) return groups.get(current)
    }
    const visited = new Set<PciDevice>()
    return ofAliases(current, visited) ?? ofFunctions(current, visited)
  }

  function ofAliases(device: PciDevice, visited: Set<PciDevice>): number | undefined {
    if (visited.has(device)) return undefined
    visited.add(device)
    if (groups.has(device)) return groups.get(device)
    for (const other of peers.get(device) ?? []) {
      const group = ofAliases(other, visited) ?? ofFunctions(other, visited)
      if (group !== undefined) return group
    }
    return undefined
  }

  function ofFunctions(device: PciDevice, visited: Set<PciDevice>): number | undefined {
    if (!value(device.multifunction) || isIsolated(device)) return undefined
    for (const other of topology.bySlot.get(slotKeyOf(device.address)) ?? []) {
      if (other === device || isIsolated(other)) continue
      const group = ofAliases(other, visited)
      if (group !== undefined) return group
    }
    return undefined
  }

  function isPathIsolated(bridge: PciDevice | undefined): boolean {
    return bridge === undefined || (isIsolated(bridge) && isPathIsolated(above(bridge)))
  }

  function isIsolated(device: PciDevice): boolean {
    return value(rules.isolated(device).isolated)
  }

  function takesOverIds({ portType }: PciDevice): boolean {
    return !['root-port', 'upstream-port', 'downstream-port'].includes(value(portType))
  }

  function above(device: PciDevice): PciDevice | undefined {
    return byAddress(device.parent)
  }

  function byAddress(address: PciAddress | null): PciDevice | undefined {
    return address === null ? undefined : topology.byAddress.get(address)
  }
}

function value<T>(
  observed: { readonly known: true; readonly value: T } | { readonly known: false },
): T {
  if (!observed.known) throw new Error('this host is not fully readable')
  return observed.value
}
