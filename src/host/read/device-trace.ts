import type { Gap } from '../gap.js'
import { type PciAddress, parsePciAddress } from '../pci-address.js'
import { gapOf, malformedText } from '../tree/failure.js'
import { type HostTree, isFailure } from '../tree/tree.js'
import { joinPath, nameOf, parentOf, resolveLink } from '../tree/tree-path.js'

/** PCI functions that stand behind something the host uses, and what could not be followed to any. */
export interface Trace {
  readonly functions: readonly PciAddress[]
  readonly gaps: readonly Gap[]
}

/** What devices are followed in. */
export interface TraceContext {
  readonly tree: HostTree
  /** Addresses of the functions that were found. */
  readonly functions: ReadonlySet<PciAddress>
}

/** Storeys of stacked devices (partition, md, dm, bond, bridge, vlan) that are followed. */
const DEPTH_LIMIT = 16

const NOTHING: Trace = { functions: [], gaps: [] }

/**
 * Functions behind a block device, by its link `sys/dev/block/MAJ:MIN` or `sys/class/block/NAME`. One that leads to none (loop,
 * network disk) is a gap; one that lives in memory needs none.
 */
export function traceBlock(context: TraceContext, link: string, depth = DEPTH_LIMIT): Trace {
  return follow(context, link, (folder) => traceBlockFolder(context, folder, depth))
}

/** Functions behind a network interface, by its link `sys/class/net/NAME`: none where there is no hardware below. */
export function traceNetwork(context: TraceContext, link: string, depth = DEPTH_LIMIT): Trace {
  return follow(context, link, (folder) => {
    const names = context.tree.list(folder)
    if (isFailure(names)) return gapTrace(gapOf(context.tree.origin, folder, names))
    const lower = names.filter((name) => name.startsWith('lower_'))
    if (depth === 0) return NOTHING
    return joinTraces(lower.map((name) => traceNetwork(context, joinPath(folder, name), depth - 1)))
  })
}

/** Function behind a terminal, by its link `sys/class/tty/NAME`: none for those on no PCI function. */
export function traceTerminal(context: TraceContext, link: string): Trace {
  return follow(context, link, () => NOTHING)
}

export function joinTraces(traces: readonly Trace[]): Trace {
  return {
    functions: traces.flatMap(({ functions }) => functions),
    gaps: traces.flatMap(({ gaps }) => gaps),
  }
}

export function gapTrace(gap: Gap): Trace {
  return { functions: [], gaps: [gap] }
}

/** The function above the folder behind a link; has `next` go on from there when there is none. */
function follow(
  { tree, functions }: TraceContext,
  link: string,
  next: (folder: string) => Trace,
): Trace {
  const target = tree.readLink(link)
  if (isFailure(target)) return gapTrace(gapOf(tree.origin, link, target))
  const folder = resolveLink(link, target)
  if (folder === undefined) return gapTrace(malformedText(link, target))
  const own = functionAbove(folder, functions)
  return own === undefined ? next(folder) : { functions: [own], gaps: [] }
}

/** The nearest function on the way to a device: the last component that names one. */
function functionAbove(folder: string, functions: ReadonlySet<PciAddress>): PciAddress | undefined {
  return folder.split('/').findLast((part): part is PciAddress => {
    const address = parsePciAddress(part)
    return address !== undefined && functions.has(address)
  })
}

/** `folder` lies below no function: what is it made of? */
function traceBlockFolder(context: TraceContext, folder: string, depth: number): Trace {
  const { tree } = context
  const names = tree.list(folder)
  if (isFailure(names)) return gapTrace(gapOf(tree.origin, folder, names))
  if (nameOf(folder).startsWith('zram')) return NOTHING
  const deeper = (link: string) => traceBlock(context, link, depth - 1)
  const slaves = tree.list(joinPath(folder, 'slaves'))
  if (depth > 0 && !isFailure(slaves) && slaves.length > 0) {
    return joinTraces(slaves.map((name) => deeper(joinPath(folder, `slaves/${name}`))))
  }
  // Partitions of stacked devices have no slaves of their own.
  if (depth > 0 && names.includes('partition')) {
    return traceBlockFolder(context, parentOf(folder), depth - 1)
  }
  const paths = nvmeControllers(tree, folder).map(deeper)
  if (depth > 0 && paths.length > 0) return joinTraces(paths)
  return gapTrace({ path: folder, why: 'unmodelled', detail: 'leads to no PCI function' })
}

/** Links to the controllers of an NVMe namespace with native multipath, whose block device hangs below the subsystem. */
function nvmeControllers(tree: HostTree, folder: string): readonly string[] {
  const subsystem = /^.*\/nvme-subsystem\/[^/]+/.exec(folder)?.[0]
  const names = subsystem === undefined ? [] : tree.list(subsystem)
  if (subsystem === undefined || isFailure(names)) return []
  return names.filter((name) => /^nvme\d+$/.test(name)).map((name) => joinPath(subsystem, name))
}
