import { type Gap, type Known, known, type Observed } from '../gap.js'
import { type PciAddress, parsePciAddress } from '../pci-address.js'
import type { RawFunction } from '../raw-host.js'
import { gapOf, malformedText } from '../tree/failure.js'
import { type HostTree, isFailure } from '../tree/tree.js'
import { joinPath, nameOf } from '../tree/tree-path.js'
import { createParser, type FieldReader, NONE, parseDecimal } from './function-fields.js'
import { type FunctionFolder, hasFile } from './function-folders.js'

export type VirtualFacts = Pick<RawFunction, 'physfn' | 'virtfns' | 'sriovTotal'>

/**
 * Reads which VF belongs to which PF. A PF comes before its VFs in the order of addresses (`pci_iov_virtfn_devfn`), and its
 * `virtfnN` links save theirs. Links that cannot be read go to `gaps`.
 */
export function createVirtualReader(
  tree: HostTree,
  fields: FieldReader,
  gaps: Gap[],
): (folder: FunctionFolder) => VirtualFacts {
  const physfnOf = new Map<PciAddress, Known<PciAddress>>()
  const parseTotal = createParser(fields, parseDecimal)

  function followVirtfns({ address, path, virtfns }: FunctionFolder): readonly PciAddress[] {
    const physfn = known(address)
    const found = virtfns.flatMap((index) => {
      const virtfn = followVirtfn(joinPath(path, `virtfn${index}`))
      if (virtfn !== undefined) physfnOf.set(virtfn, physfn)
      return virtfn ?? []
    })
    // Two links of a broken tree can lead to one function.
    return [...new Set(found)]
  }

  function followVirtfn(link: string): PciAddress | undefined {
    const target = tree.readLink(link)
    const virtfn = isFailure(target) ? undefined : parsePciAddress(nameOf(target))
    if (virtfn !== undefined) return virtfn
    gaps.push(isFailure(target) ? gapOf(tree.origin, link, target) : malformedText(link, target))
    return undefined
  }

  /** null: the function has no `physfn` link, it is no VF. */
  function readPhysfn(folder: FunctionFolder): Observed<PciAddress | null> {
    const told = hasFile(folder.files, 'physfn') ? physfnOf.get(folder.address) : undefined
    return told ?? fields.named(folder, 'physfn', parsePciAddress)
  }

  /** null: no SR-IOV. A function with VFs has the file, wherever it got lost. */
  function readTotal(folder: FunctionFolder): Observed<number | null> {
    if (hasFile(folder.files, 'sriov_totalvfs')) return parseTotal(folder, 'sriov_totalvfs')
    const isLost = folder.virtfns.length > 0 || folder.unlisted !== null
    return isLost ? fields.missing(folder, 'sriov_totalvfs') : NONE
  }

  return (folder) => ({
    physfn: readPhysfn(folder),
    virtfns: folder.virtfns.length === 0 ? NO_VIRTFNS : followVirtfns(folder),
    sriovTotal: readTotal(folder),
  })
}

const NO_VIRTFNS: readonly PciAddress[] = []
