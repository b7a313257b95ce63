import type { Gap } from '../gap.js'
import { comparePciAddress } from '../pci-address.js'
import type { HostNeed } from '../raw-host.js'
import { gapOf } from '../tree/failure.js'
import { type HostTree, isFailure } from '../tree/tree.js'
import { joinPath, nameOf, resolveLink } from '../tree/tree-path.js'
import {
  gapTrace,
  joinTraces,
  type Trace,
  type TraceContext,
  traceBlock,
  traceNetwork,
  traceTerminal,
} from './device-trace.js'
import { BOOT_POINTS, type Mount, mountOf, parseMounts, parseSwaps } from './mounts.js'
import type { FunctionIdentity } from './read-functions.js'

export interface HostNeeds {
  /** By address. */
  readonly needs: readonly HostNeed[]
  /** What could not be traced to a function. */
  readonly gaps: readonly Gap[]
}

/** Lists of mounts and routes grow longer than attributes on hosts with many containers. */
const LIST_LIMIT = 4_194_304

const MOUNTS = 'proc/self/mountinfo'
const SWAPS = 'proc/swaps'
const IPV4_ROUTES = 'proc/net/route'
const IPV6_ROUTES = 'proc/net/ipv6_route'
const ACTIVE_CONSOLES = 'sys/class/tty/console/active'

/** One thing that the host uses, and what stands behind it. */
interface Use {
  readonly kinds: readonly HostNeed['kind'][]
  readonly detail: string
  readonly trace: Trace
}

/** Finds the functions that the host itself leans on (`docs/reference/documents.md#functions-that-the-host-needs`). */
export function readHostNeeds(tree: HostTree, identities: readonly FunctionIdentity[]): HostNeeds {
  const context = { tree, functions: new Set(identities.map(({ facts }) => facts.address)) }
  const gaps: Gap[] = []
  const read = (path: string) => {
    const text = tree.readText(path, LIST_LIMIT)
    if (!isFailure(text)) return text
    gaps.push(gapOf(tree.origin, path, text))
    return ''
  }
  const mounts = parseMounts(read(MOUNTS))
  const uses = [
    ...mountUses(context, mounts),
    ...swapUses(context, mounts, read(SWAPS)),
    ...routeUses(context, read(IPV4_ROUTES), read(IPV6_ROUTES)),
    ...consoleUses(context, identities, read(ACTIVE_CONSOLES)),
  ]
  return { needs: uniqueNeeds(uses), gaps: [...gaps, ...uses.flatMap(({ trace }) => trace.gaps)] }
}

function mountUses(context: TraceContext, mounts: readonly Mount[]): Use[] {
  const use = (point: string, kinds: Use['kinds']): Use[] => {
    const mount = mounts.findLast((each) => each.point === point)
    if (mount === undefined) return []
    return [{ kinds, detail: point, trace: traceMount(context, mount, MOUNTS) }]
  }
  return [
    ...use('/', ['root-filesystem', 'boot-disk']),
    ...BOOT_POINTS.flatMap((point) => use(point, ['boot-disk'])),
  ]
}

/** A swap area is a `partition` or a `file`. */
function swapUses(context: TraceContext, mounts: readonly Mount[], text: string): Use[] {
  return parseSwaps(text).map(({ name, type }) => ({
    kinds: ['swap'],
    detail: name,
    trace: type === 'partition' ? traceDeviceFile(context, name) : traceFile(context, mounts, name),
  }))
}

function traceFile(context: TraceContext, mounts: readonly Mount[], file: string): Trace {
  const mount = mountOf(mounts, file)
  if (mount !== undefined) return traceMount(context, mount, MOUNTS)
  return gapTrace({ path: SWAPS, why: 'unmodelled', detail: `${file} is on no known mount` })
}

function routeUses(context: TraceContext, ipv4: string, ipv6: string): Use[] {
  const names = new Set([...ipv4RouteInterfaces(ipv4), ...ipv6RouteInterfaces(ipv6)])
  return [...names].map((name) => ({
    kinds: ['active-route'],
    detail: name,
    trace: traceNetwork(context, joinPath('sys/class/net', name)),
  }))
}

/** The screen that firmware came up on, and serial consoles. `ttyN` is whatever screen there is. */
function consoleUses(
  context: TraceContext,
  identities: readonly FunctionIdentity[],
  active: string,
): Use[] {
  const screens = identities.filter(
    ({ facts: { bootVga } }) => bootVga.known && bootVga.value === true,
  )
  const lines = active.split(/\s+/).filter((name) => name !== '' && !/^tty\d+$/.test(name))
  return [
    ...screens.map(
      ({ facts }): Use => ({
        kinds: ['console'],
        detail: 'boot_vga',
        trace: { functions: [facts.address], gaps: [] },
      }),
    ),
    ...lines.map(
      (name): Use => ({
        kinds: ['console'],
        detail: name,
        trace: traceTerminal(context, joinPath('sys/class/tty', name)),
      }),
    ),
  ]
}

/** Every need once: two paths of one disk are the same need. By address. */
function uniqueNeeds(uses: readonly Use[]): readonly HostNeed[] {
  const needs = new Map<string, HostNeed>()
  for (const { kinds, detail, trace } of uses) {
    for (const kind of kinds) {
      for (const address of trace.functions) {
        const key = `${kind} ${address} ${detail}`
        if (!needs.has(key)) needs.set(key, { kind, address, detail })
      }
    }
  }
  return [...needs.values()].sort((a, b) => comparePciAddress(a.address, b.address))
}

const RTF_UP = 0x0001
const RTF_REJECT = 0x0200

/** Interfaces with a route in `proc/net/route` (`fib_route_seq_show`). */
export function ipv4RouteInterfaces(text: string): readonly string[] {
  return interfaces(text.split('\n').slice(1), ([name, , , flags]) => ({ name, flags }))
}

/**
 * Interfaces with a route in `proc/net/ipv6_route` (`rt6_info_route`), other than the link-local and multicast routes
 * which every interface has that is up.
 */
export function ipv6RouteInterfaces(text: string): readonly string[] {
  const lines = text.split('\n').filter((line) => !/^(?:fe[89ab]|ff)/.test(line))
  return interfaces(lines, (columns) => ({ name: columns[9], flags: columns[8] }))
}

interface RouteColumns {
  readonly name: string | undefined
  readonly flags: string | undefined
}

function interfaces(
  lines: readonly string[],
  pick: (columns: readonly string[]) => RouteColumns,
): readonly string[] {
  const names = new Set<string>()
  for (const line of lines) {
    const { name, flags } = pick(line.trim().split(/\s+/))
    if (name === undefined || flags === undefined || name === 'lo') continue
    const bits = Number.parseInt(flags, 16)
    if ((bits & RTF_UP) !== 0 && (bits & RTF_REJECT) === 0) names.add(name)
  }
  return [...names]
}

/** File systems that live in memory and need no disk. */
const MEMORY_TYPES: ReadonlySet<string> = new Set(['rootfs', 'tmpfs', 'ramfs', 'devtmpfs'])

/**
 * Functions behind a mounted file system. One without a block device of its own is followed by its source if that is a
 * device (btrfs); what has none either (overlay, zfs, nfs) is a gap in `listing`, the file that lists the mount.
 */
export function traceMount(context: TraceContext, mount: Mount, listing: string): Trace {
  const { device, point, source, type } = mount
  if (MEMORY_TYPES.has(type)) return joinTraces([])
  if (!device.startsWith('0:')) return traceBlock(context, `sys/dev/block/${device}`)
  if (source.startsWith('/dev/')) return traceDeviceFile(context, source)
  const detail = `${point} is ${type}: its disks are not traced`
  return gapTrace({ path: listing, why: 'unmodelled', detail })
}

/** Functions behind a block device that is named by its file, `/dev/sda2` or `/dev/mapper/swap`. */
export function traceDeviceFile(context: TraceContext, file: string): Trace {
  const name = deviceName(context.tree, file)
  const names = btrfsDevices(context.tree, name)
  return joinTraces(names.map((each) => traceBlock(context, joinPath('sys/class/block', each))))
}

/** The kernel's name of a device: what a link in `dev` leads to, or the file's own name. */
function deviceName(tree: HostTree, file: string): string {
  const path = resolveLink('', file)
  const target = path === undefined ? undefined : tree.readLink(path)
  return nameOf(typeof target === 'string' ? target : file)
}

/** All devices of the btrfs that has the device; just itself for others. */
function btrfsDevices(tree: HostTree, name: string): readonly string[] {
  const systems = tree.list('sys/fs/btrfs')
  for (const system of isFailure(systems) ? [] : systems) {
    const devices = tree.list(`sys/fs/btrfs/${system}/devices`)
    if (!isFailure(devices) && devices.includes(name)) return devices
  }
  return [name]
}
