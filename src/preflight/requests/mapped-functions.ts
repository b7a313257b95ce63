import type { MappingEntry } from '../inputs/pve-mapping.js'
import type { InputPlace, NotFollowed } from '../inputs/vm-input.js'
import { addressesAt, type Choice, type ChosenFunction, type RequestHost } from './choice.js'
import type { Surroundings } from './surroundings.js'

/**
 * The functions of a resource mapping on this node. Of several entries Proxmox takes the first whose functions are free
 * (`PVE::Mapping::PCI::find_on_current_node`, `choose_hostpci_devices`).
 */
export function mappedFunctions(name: string, host: RequestHost): Choice | NotFollowed {
  const text = `mapping=${name}`
  const entries = entriesOf(name, host.surroundings)
  if (entries.length === 0) return { cause: 'mapping', text }
  const sets = entries.map((entry) => functionsOf(name, entry, host))
  return sets.every((set) => set !== null) ? { sets, gives: 'one' } : { cause: 'mapping', text }
}

/** Without the name of the host, those of the only node that the cluster's file knows. */
function entriesOf(name: string, { mappings, node }: Surroundings): readonly MappingEntry[] {
  if (mappings === null) return []
  const nodes = new Set([...mappings.values()].flat().map((each) => each.node))
  const [first] = nodes
  const own = node ?? (nodes.size === 1 ? first : undefined)
  return (mappings.get(name) ?? []).filter((each) => each.node === own)
}

function functionsOf(
  mapping: string,
  { paths, expected }: MappingEntry,
  { raw }: RequestHost,
): readonly ChosenFunction[] | null {
  if (paths === null) return null
  return paths.flatMap((place, index) =>
    addressesAt(place, raw).map((address): ChosenFunction => {
      // Of a path without a function number the first function is compared, of several paths the group of the first.
      const isCompared = place.func !== null || isFirst(address, place)
      if (!isCompared) return { address, mapped: null }
      const compares = index === 0 ? 'all' : 'all-but-group'
      return { address, mapped: { mapping, expected, compares } }
    }),
  )
}

function isFirst(address: string, { func }: InputPlace): boolean {
  return func === null && address.endsWith('.0')
}
