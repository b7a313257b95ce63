import { isStated } from '../../../document/stated.js'
import { comparePciAddress, type PciAddress } from '../../../host/pci-address.js'
import { listed, some } from '../../../text/english.js'
import type { Coupling, Unit } from '../../../vfio/units.js'
import type { ReportIndex } from '../../report-index.js'

/** What each kind of edge of a unit joins: often all of the unit, sometimes only two of its functions. */
export function edgeTexts({ why, devices }: Unit, index: ReportIndex): readonly string[] {
  const edges = why.filter(({ absent }) => absent === null)
  const dma = edges.filter(({ kind }) => kind === 'dma')
  const groups = [...new Set(dma.flatMap(({ group }) => (group === null ? [] : [group])))]
  const resets = joined(edges.filter(({ kind }) => kind === 'reset'))
  const isWhole = resets.some((members) => members.size === devices.length)
  const shared = `share IOMMU ${groups.length === 1 ? 'group' : 'groups'} ${listed(groups.map(String))}`
  if (groups.length === 0) {
    const affects = isWhole
      ? [wholeText(devices, index)]
      : resets.map((each) => togetherText(each, index))
    return haveOwnGroups(devices, index) ? [`own IOMMU groups, but ${affects.join('; ')}`] : affects
  }
  if (isWhole && joined(dma).some((members) => members.size === devices.length)) {
    return [`${shared} and are hot-reset together`]
  }
  const affects = isWhole
    ? [wholeText(devices, index)]
    : resets.map((each) => togetherText(each, index))
  return [shared, ...affects]
}

/** Devices of a bus that no bridge of the copy leads to: it may be a root bus, which has no reset. */
function wholeText(addresses: readonly PciAddress[], { devices }: ReportIndex): string {
  const isSeen = addresses.every((address) => {
    const parent = devices.get(address)?.parent
    return parent !== undefined && isStated(parent)
  })
  const isOneDevice = new Set(addresses.map((address) => address.split('.')[0])).size === 1
  return isSeen || isOneDevice
    ? 'one hot reset affects all'
    : 'one hot reset affects all, unless they are on a root bus'
}

function togetherText(members: ReadonlySet<PciAddress>, { short }: ReportIndex): string {
  const names = [...members].sort(comparePciAddress).map(short)
  return `${names.length > 4 ? some(names, 4) : listed(names)} are hot-reset together`
}

function haveOwnGroups(addresses: readonly PciAddress[], { devices }: ReportIndex): boolean {
  return addresses.every((address) => {
    const group = devices.get(address)?.iommuGroup
    return group !== undefined && isStated(group) && group !== null
  })
}

/** Functions that edges join, in sets that have none in common. */
function joined(edges: readonly Coupling[]): readonly ReadonlySet<PciAddress>[] {
  let sets: readonly ReadonlySet<PciAddress>[] = []
  for (const { from, to } of edges) {
    const touched = sets.filter((members) => members.has(from) || members.has(to))
    const merged = new Set([from, to, ...touched.flatMap((members) => [...members])])
    sets = [...sets.filter((members) => !touched.includes(members)), merged]
  }
  return sets
}
