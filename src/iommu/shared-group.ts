import { known, type Observed } from '../host/gap.js'
import { slotKeyOf } from '../host/pci-address.js'
import type { PciDevice } from '../pci/device.js'
import type { GroupingRun } from './grouping-run.js'
import { isMultifunction } from './isolation.js'

/**
 * `get_pci_alias_group` and `get_pci_function_alias_group`: an existing group of the function, of those that share its
 * requester ID, or of functions of its slot that are not isolated from it.
 */
export function sharedGroupFinder({
  topology,
  rules,
  peers,
  groupOf,
  narrow,
  assumption,
  late,
}: GroupingRun) {
  const aliases = assumption === 'narrowest' ? peers.certain : peers.possible
  const isolated = (device: PciDevice) => narrow(rules.isolated(device).isolated)

  const ofAliases = (device: PciDevice, visited: Set<PciDevice>): number | undefined => {
    if (visited.has(device)) return undefined
    visited.add(device)
    const own = groupOf.get(device)
    if (own !== undefined) return own
    for (const other of aliases.get(device) ?? []) {
      const group = ofAliases(other, visited) ?? ofFunctions(other, visited)
      if (group !== undefined) return group
    }
    return undefined
  }

  const openSlotmates = (device: PciDevice): readonly PciDevice[] => {
    const slot = topology.bySlot.get(slotKeyOf(device.address)) ?? []
    if (late.has(device) || narrow(isSingleFunction(device)) || isolated(device)) return []
    return slot.filter((other) => other !== device && !isolated(other))
  }

  const ofFunctions = (device: PciDevice, visited: Set<PciDevice>): number | undefined => {
    for (const other of openSlotmates(device)) {
      const group = ofAliases(other, visited)
      if (group !== undefined) return group
    }
    return undefined
  }

  return (device: PciDevice): number | undefined => {
    // Most functions share neither IDs nor a slot with anybody.
    const hasSlotmates = (topology.bySlot.get(slotKeyOf(device.address))?.length ?? 0) > 1
    if (!hasSlotmates && !aliases.has(device)) return groupOf.get(device)
    const visited = new Set<PciDevice>()
    return ofAliases(device, visited) ?? ofFunctions(device, visited)
  }
}

function isSingleFunction(device: PciDevice): Observed<boolean> {
  const multifunction = isMultifunction(device)
  return multifunction.known ? known(!multifunction.value) : multifunction
}
