import type { PciAddress } from '../../src/host/pci-address.js'
import type { Grouping } from '../../src/iommu/grouping.js'

/** Lists `00:01.0` where the domain is 0000, as the acceptance tables write addresses. */
export function shortAddress(address: PciAddress): string {
  return address.replace(/^0000:/, '')
}

/** A partition in the notation of the acceptance tables, sorted: `00:01.0 | 01:00.0 01:00.1`. */
export function partitionText(groups: readonly (readonly PciAddress[])[]): string {
  const texts = groups.map((members) => members.map(shortAddress).join(' '))
  return texts.sort().join(' | ')
}

export function groupingText({ groups }: Grouping): string {
  return partitionText(groups)
}
