import { distinct, groupBy } from '../../text/lists.js'
import type { Gap } from '../gap.js'
import { comparePciAddress } from '../pci-address.js'
import type { HostNeed, OpenNeed } from '../raw-host.js'
import type { FunctionIdentity } from '../read/read-functions.js'
import { gapOf } from '../tree/failure.js'
import { type HostTree, isFailure } from '../tree/tree.js'
import { MOUNTS } from './block-trace.js'
import { consoleUses, INPUTS } from './console-uses.js'
import { BLOCK, diskUses, unlistedMounts } from './disk-uses.js'
import { parseMounts } from './mounts.js'
import { networkUses, ROUTE_TABLES } from './network-uses.js'
import { ipv4RouteInterfaces, ipv6RouteInterfaces } from './route-tables.js'
import type { TraceContext } from './trace.js'
import type { Use } from './use.js'

export interface HostNeeds {
  /** By address. */
  readonly needs: readonly HostNeed[]
  /** Uses that were not followed to their end. */
  readonly open: readonly OpenNeed[]
  /** What could not be read or traced to a function. */
  readonly gaps: readonly Gap[]
}

/** Lists of mounts and routes grow longer than attributes on hosts with many containers. */
const LIST_LIMIT = 4_194_304

const SWAPS = 'proc/swaps'
const IPV4_ROUTES = 'proc/net/route'
const IPV6_ROUTES = 'proc/net/ipv6_route'
const ACTIVE_CONSOLES = 'sys/class/tty/console/active'

/** Finds the functions that the host itself leans on (`docs/reference/documents.md#functions-that-the-host-needs`). */
export function readHostNeeds(tree: HostTree, identities: readonly FunctionIdentity[]): HostNeeds {
  const gaps: Gap[] = []
  const read = (path: string): string | null => {
    const text = tree.readText(path, LIST_LIMIT)
    if (!isFailure(text)) return text
    gaps.push(gapOf(tree.origin, path, text))
    return null
  }
  const routed = [
    ...ipv4RouteInterfaces(read(IPV4_ROUTES) ?? ''),
    ...ipv6RouteInterfaces(read(IPV6_ROUTES) ?? ''),
  ]
  const context: TraceContext = {
    tree,
    functions: new Set(identities.map(({ facts }) => facts.address)),
    mounts: parseMounts(read(MOUNTS) ?? ''),
    routed: [...new Set(routed)],
  }
  const tables = read(ROUTE_TABLES)
  const disks = diskUses(context, read(SWAPS) ?? '')
  const uses = [
    ...disks,
    ...networkUses(context, identities, tables),
    ...consoleUses(context, identities, {
      consoles: read(ACTIVE_CONSOLES) ?? '',
      inputs: read(INPUTS) ?? '',
    }),
  ]
  const isOlder = tables === null && isOlderCapture(tree, gaps)
  return {
    needs: needsIn(uses),
    open: openIn(uses),
    gaps: [
      ...gaps,
      ...unlistedDisks(tree, disks),
      ...(isOlder ? unlistedMounts().gaps : []),
      ...uses.flatMap(({ trace }) => trace.gaps),
    ],
  }
}

/** A use that was not followed to its end may rest on any disk, and which there are was not listed. */
function unlistedDisks(tree: HostTree, disks: readonly Use[]): readonly Gap[] {
  if (disks.every(({ trace }) => trace.gaps.length === 0)) return []
  const names = tree.list(BLOCK)
  return isFailure(names) ? [gapOf(tree.origin, BLOCK, names)] : []
}

/** Captures of this tool say what was read; those made before this list was, kept only the mounts that a host boots from. */
function isOlderCapture({ origin, source }: HostTree, gaps: readonly Gap[]): boolean {
  const tables = gaps.find(({ path }) => path === ROUTE_TABLES)
  return origin.kind === 'live' && source.kind === 'capture' && tables?.why === 'not-captured'
}

/** Points and devices of one kind that are named for one function. */
const MOST_NAMES = 6

/** Every need once, by address: what one function is needed for alike is one need. */
function needsIn(uses: readonly Use[]): readonly HostNeed[] {
  const all = uses.flatMap(({ kinds, detail, trace: { functions } }) =>
    kinds.flatMap((kind) => functions.map((address): HostNeed => ({ kind, address, detail }))),
  )
  const told = new Set(all.flatMap(({ kind, address }) => (DISK_KINDS.has(kind) ? [address] : [])))
  const needs = all.filter(({ kind, address }) => kind !== 'storage-in-use' || !told.has(address))
  return [...groupBy(needs, needKey).values()]
    .map((same) => ({ ...same[0], detail: listOf(distinct(same.map(({ detail }) => detail))) }))
    .sort((a, b) => comparePciAddress(a.address, b.address))
}

/** Mounts and stacked devices of one function are one need with many names. */
function needKey({ kind, address, detail }: HostNeed): string {
  const isListed = kind === 'mounted-filesystem' || kind === 'storage-in-use'
  return isListed ? `${kind} ${address}` : `${kind} ${address} ${detail}`
}

/** Kinds that say what a disk is for: beside them it needs no saying that it is part of a stack. */
const DISK_KINDS: ReadonlySet<HostNeed['kind']> = new Set([
  'root-filesystem',
  'boot-disk',
  'swap',
  'mounted-filesystem',
])

function listOf(names: readonly string[]): string {
  const more = names.length - MOST_NAMES
  return names.slice(0, MOST_NAMES).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

function openIn(uses: readonly Use[]): readonly OpenNeed[] {
  return uses.flatMap(({ kinds: [kind], detail, trace, candidates }) => {
    const [gap] = trace.gaps
    if (gap === undefined || kind === undefined || candidates.length === 0) return []
    return [{ kind, detail, gap, candidates }]
  })
}
