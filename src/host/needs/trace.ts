import type { Gap, GapWhy } from '../gap.js'
import { type PciAddress, parsePciAddress } from '../pci-address.js'
import { gapOf, malformedText } from '../tree/failure.js'
import { type HostTree, isFailure } from '../tree/tree.js'
import { resolveLink } from '../tree/tree-path.js'
import type { Mount } from './mounts.js'

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
  readonly mounts: readonly Mount[]
  /** Interfaces that the host's routes name. */
  readonly routed: readonly string[]
}

/** Where one trace has been: each device is visited once, whatever circles a copy of a host draws. */
export type Visited = Set<string>

export const NOTHING: Trace = { functions: [], gaps: [] }

export function joinTraces(traces: readonly Trace[]): Trace {
  return {
    functions: traces.flatMap(({ functions }) => functions),
    gaps: traces.flatMap(({ gaps }) => gaps),
  }
}

/** Something that could not be followed to a function. */
export function lostTrace(path: string, detail: string, why: GapWhy = 'unmodelled'): Trace {
  return { functions: [], gaps: [{ path, why, detail }] }
}

/** The function above the folder behind a link; has `next` go on from there when there is none. */
export function followLink(
  { tree, functions }: TraceContext,
  link: string,
  next: (folder: string) => Trace,
): Trace {
  const target = tree.readLink(link)
  if (isFailure(target)) return { functions: [], gaps: [gapOf(tree.origin, link, target)] }
  const folder = resolveLink(link, target)
  if (folder === undefined) return { functions: [], gaps: [malformedText(link, target)] }
  const own = functionAbove(folder, functions)
  return own === undefined ? next(folder) : { functions: [own], gaps: [] }
}

/** The nearest function on the way to a device: the last component that names one. */
export function functionAbove(
  folder: string,
  functions: ReadonlySet<PciAddress>,
): PciAddress | undefined {
  return folder.split('/').findLast((part): part is PciAddress => {
    const address = parsePciAddress(part)
    return address !== undefined && functions.has(address)
  })
}

/** Names in a folder of which nothing is known where it cannot be listed. */
export function namesIn(tree: HostTree, folder: string): readonly string[] {
  const names = tree.list(folder)
  return isFailure(names) ? [] : names
}
