import { known, type Observed, unknown } from '../gap.js'
import type { PciAddress } from '../pci-address.js'
import type { GroupNumber } from '../scalars.js'
import { malformedText, orNone, unknownOf } from '../tree/failure.js'
import { type HostTree, isFailure } from '../tree/tree.js'
import { joinPath } from '../tree/tree-path.js'
import type { ReservedRegion, VmFacts } from '../vm-facts.js'
import { DEVICES } from './function-folders.js'

/** Whom the facts are wanted of. */
export interface Concerned {
  readonly functions: readonly PciAddress[]
  readonly groups: readonly GroupNumber[]
}

/** Reads what only the start of a VM asks about, of the functions and groups concerned and of no other. */
export function readVmFacts(tree: HostTree, { functions, groups }: Concerned): VmFacts {
  return {
    reservedRegions: new Map(groups.map((group) => [group, readRegions(tree, group)])),
    d3coldAllowed: new Map(functions.map((address) => [address, readD3cold(tree, address)])),
    names: new Map(functions.map((address) => [address, readNames(tree, address)])),
  }
}

/** Lines `0x%016x 0x%016x type`. */
function readRegions(tree: HostTree, group: number): Observed<readonly ReservedRegion[]> {
  const path = `sys/kernel/iommu_groups/${group}/reserved_regions`
  const text = tree.readText(path)
  if (isFailure(text)) return unknownOf(tree.origin, path, text)
  const regions: ReservedRegion[] = []
  for (const line of text.split('\n')) {
    if (line === '') continue
    const match = /^(0x[0-9a-f]+) (0x[0-9a-f]+) ([a-z-]+)$/.exec(line)
    if (match === null) return unknown(malformedText(path, line))
    const [, start = '', end = '', type = ''] = match
    regions.push({ start, end, type })
  }
  return known(regions)
}

function readD3cold(tree: HostTree, address: PciAddress): Observed<boolean | null> {
  const path = `${DEVICES}/${address}/d3cold_allowed`
  const text = tree.readText(path)
  if (text === '0' || text === '1') return known(text === '1')
  if (!isFailure(text)) return unknown(malformedText(path, text))
  return orNone(tree.origin, path, text, null)
}

/** Folders below a function that are named after what the host made of it. */
const NAMED_BY = ['net', 'nvme', 'drm', 'sound', 'infiniband', 'ieee80211'] as const

/** Names that one function may have; a card with hundreds of VFs does not fill the screen. */
const MOST_NAMES = 16

function readNames(tree: HostTree, address: PciAddress): readonly string[] {
  const folder = `${DEVICES}/${address}`
  return NAMED_BY.flatMap((each) => {
    const names = tree.list(joinPath(folder, each))
    // `drm` lists connectors and render nodes of the same card too.
    return isFailure(names) ? [] : names.filter((name) => !/^(?:renderD|controlD|.*-)/.test(name))
  }).slice(0, MOST_NAMES)
}
