import { gapOf } from '../tree/failure.js'
import { type HostTree, isFailure } from '../tree/tree.js'
import { joinPath, nameOf } from '../tree/tree-path.js'
import {
  followLink,
  joinTraces,
  lostTrace,
  NOTHING,
  namesIn,
  type Trace,
  type TraceContext,
  type Visited,
} from './trace.js'

export const INTERFACES = 'sys/class/net'
/** The device that carries all ports of Open vSwitch. */
const OVS = 'ovs-system'
const PPPOE = 'proc/net/pppoe'

/** Functions behind a network interface: what it is stacked on (bond, bridge, team, vlan, macvlan, VRF), Open vSwitch, PPPoE. */
export function traceInterface(
  context: TraceContext,
  name: string,
  visited: Visited = new Set(),
): Trace {
  return traceNetworkLink(context, joinPath(INTERFACES, name), visited)
}

/** What storage over the network hangs on: the interface with the host's routes, where there is only one. */
export function traceRoutes(context: TraceContext, path: string, what: string): Trace {
  const { routed } = context
  const [only] = routed
  if (only !== undefined && routed.length === 1) return traceInterface(context, only)
  const how =
    only === undefined ? 'no route is known' : `by which of ${routed.join(', ')} is not shown`
  return lostTrace(path, `${what} is reached over the network: ${how}`)
}

function traceNetworkLink(context: TraceContext, link: string, visited: Visited): Trace {
  return followLink(context, link, (folder) => {
    if (visited.has(folder)) return NOTHING
    visited.add(folder)
    const { tree } = context
    const names = tree.list(folder)
    if (isFailure(names)) return { functions: [], gaps: [gapOf(tree.origin, folder, names)] }
    const lower = names.filter((name) => name.startsWith('lower_'))
    if (lower.length > 0) {
      return joinTraces(
        lower.map((name) => traceNetworkLink(context, joinPath(folder, name), visited)),
      )
    }
    return endsHere(tree, folder, names) ? NOTHING : traceUnstacked(context, folder, visited)
  })
}

/** Kinds of interfaces that lead to no hardware by themselves: what they carry is sent by other routes, or stays here. */
const INNER_TYPES: ReadonlySet<string> = new Set([
  'wireguard',
  'bridge',
  'bond',
  'vrf',
  'vxlan',
  'geneve',
  'macsec',
])

/** A bridge or bond without ports, one end of a pair, a tunnel of a program; an interface that is no virtual one has its bus. */
function endsHere(tree: HostTree, folder: string, names: readonly string[]): boolean {
  if (nameOf(folder) === 'lo') return true
  if (!folder.startsWith('sys/devices/virtual/')) return true
  if (['bridge', 'bonding', 'tun_flags'].some((each) => names.includes(each))) return true
  const type = deviceType(tree, folder)
  if (type !== null && INNER_TYPES.has(type)) return true
  return isPair(tree, folder)
}

/** `DEVTYPE` of the interface in `uevent`; null: it states none. */
export function deviceType(tree: HostTree, folder: string): string | null {
  const text = tree.readText(joinPath(folder, 'uevent'))
  return isFailure(text) ? null : (/^DEVTYPE=(\S+)$/m.exec(text)?.[1] ?? null)
}

/** A veth names its other end as the interface below it. */
function isPair(tree: HostTree, folder: string): boolean {
  const [own, other] = ['ifindex', 'iflink'].map((each) => tree.readText(joinPath(folder, each)))
  return typeof own === 'string' && typeof other === 'string' && other !== '0' && own !== other
}

/** What sysfs shows nothing below of: a port of Open vSwitch, a PPPoE session, or a kind that is not known here. */
function traceUnstacked(context: TraceContext, folder: string, visited: Visited): Trace {
  const { tree } = context
  const name = nameOf(folder)
  const session = tree.readText(PPPOE)
  const carriers = isFailure(session) ? [] : pppoeCarriers(session)
  if (name.startsWith('ppp') && carriers.length > 0) {
    return joinTraces(carriers.map((each) => traceInterface(context, each, visited)))
  }
  if (namesIn(tree, INTERFACES).includes(OVS) && name !== OVS) {
    return traceInterface(context, OVS, visited)
  }
  return lostTrace(folder, `${name} is a virtual interface, and nothing is shown below it`)
}

/** Interfaces in `proc/net/pppoe` (`pppoe_seq_show`). */
export function pppoeCarriers(text: string): readonly string[] {
  const names = text
    .split('\n')
    .slice(1)
    .flatMap((line) => line.trim().split(/\s+/)[2] ?? [])
  return [...new Set(names)]
}
