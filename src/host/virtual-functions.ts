import { gapOf, malformedText } from './failure.js'
import { type FieldReader, NONE, parseDecimal, parsed } from './function-fields.js'
import { type FunctionFolder, hasFile } from './function-folders.js'
import { type Gap, known, type Observed, unknown } from './gap.js'
import { type PciAddress, parsePciAddress } from './pci-address.js'
import { type HostTree, isFailure } from './tree.js'
import { joinPath, nameOf } from './tree-path.js'

/** Which VF belongs to which PF, as the `virtfnN` links tell it. */
export interface VirtualFunctions {
  /** VFs of a PF, by N. */
  readonly virtfnsOf: ReadonlyMap<PciAddress, readonly PciAddress[]>
  readonly physfnOf: ReadonlyMap<PciAddress, PciAddress>
  readonly gaps: readonly Gap[]
}

/** Follows all `virtfnN` links; a VF's own `physfn` link then need not be read. */
export function readVirtualFunctions(
  tree: HostTree,
  folders: readonly FunctionFolder[],
): VirtualFunctions {
  const virtfnsOf = new Map<PciAddress, readonly PciAddress[]>()
  const physfnOf = new Map<PciAddress, PciAddress>()
  const gaps: Gap[] = []
  for (const folder of folders) {
    if (folder.virtfns.length === 0) continue
    const virtfns = followVirtfns(tree, folder, gaps)
    virtfnsOf.set(folder.address, virtfns)
    for (const virtfn of virtfns) physfnOf.set(virtfn, folder.address)
  }
  return { virtfnsOf, physfnOf, gaps }
}

function followVirtfns(
  tree: HostTree,
  { path, virtfns }: FunctionFolder,
  gaps: Gap[],
): readonly PciAddress[] {
  return virtfns.flatMap((index) => {
    const link = joinPath(path, `virtfn${index}`)
    const target = tree.readLink(link)
    const virtfn = isFailure(target) ? undefined : parsePciAddress(nameOf(target))
    if (virtfn !== undefined) return virtfn
    gaps.push(isFailure(target) ? gapOf(tree.origin, link, target) : malformedText(link, target))
    return []
  })
}

/** PF of a VF; null: the function has no `physfn` link, it is none. */
export function readPhysfn(
  fields: FieldReader,
  folder: FunctionFolder,
  physfnOf: ReadonlyMap<PciAddress, PciAddress>,
): Observed<PciAddress | null> {
  const told = hasFile(folder.files, 'physfn') ? physfnOf.get(folder.address) : undefined
  if (told !== undefined) return known(told)
  const target = fields.link(folder, 'physfn')
  if (!target.known || target.value === null) return target.known ? NONE : target
  const address = parsePciAddress(nameOf(target.value))
  if (address !== undefined) return known(address)
  return unknown(malformedText(joinPath(folder.path, 'physfn'), target.value))
}

/** `sriov_totalvfs`; null: no SR-IOV. A function with VFs has the file, wherever it got lost. */
export function readSriovTotal(
  fields: FieldReader,
  folder: FunctionFolder,
): Observed<number | null> {
  if (hasFile(folder.files, 'sriov_totalvfs')) {
    const path = joinPath(folder.path, 'sriov_totalvfs')
    return parsed(fields.text(folder, 'sriov_totalvfs'), path, parseDecimal)
  }
  const isLost = folder.virtfns.length > 0 || folder.unlisted !== null
  return isLost ? fields.missing(folder, 'sriov_totalvfs') : NONE
}
