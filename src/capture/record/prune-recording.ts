import type { Listing, Recording } from '../../host/archive/recording-tree.js'
import { canNeedDevice, isOnOtherMachine } from '../../host/needs/file-systems.js'
import { BOOT_POINTS, type Mount, parseMounts, parseSwaps } from '../../host/needs/mounts.js'
import { isVfioTarget } from '../../host/read/read-holders.js'
import type { MemoryEntry } from '../../host/tree/memory-tree.js'
import {
  inputText,
  interruptsText,
  ipv4RoutesText,
  ipv6RoutesText,
  netconsoleText,
  pppoeText,
  routeTablesText,
  swapsText,
} from './proc-texts.js'

/** Names of device nodes that tell something about VFIO. */
const DEVICE_NODES: ReadonlySet<string> = new Set(['vfio', 'iommu'])

/** Mount points that are looked for by name. */
const MOUNT_POINTS: ReadonlySet<string> = new Set(['/', ...BOOT_POINTS])

/** Lists that hold far more than analysis takes of them: what is left of each. */
const TEXTS: ReadonlyMap<string, (text: string) => string> = new Map([
  ['proc/net/route', ipv4RoutesText],
  ['proc/net/ipv6_route', ipv6RoutesText],
  ['proc/swaps', swapsText],
  ['proc/interrupts', interruptsText],
  ['proc/bus/input/devices', inputText],
  ['proc/net/fib_triestat', routeTablesText],
  ['proc/net/pppoe', pppoeText],
  ['sys/module/netconsole/parameters/netconsole', netconsoleText],
])

const PROCESS = /^proc\/([1-9]\d*)(?:\/|$)/
const OPEN_FILES = /^proc\/[1-9]\d*\/fd$/

/**
 * A recording without what the reader had to look through to find something else: other processes and their open files, other
 * mounts, routes' addresses, counters. What analysis makes of it stays the same, and what changes by itself is gone.
 */
export function pruneRecording(recording: Recording): Recording {
  const pids = keptProcesses(recording)
  const isKept = (path: string) => processOf(path).every((pid) => pids.has(pid))
  const entries = new Map<string, MemoryEntry>()
  for (const [path, entry] of recording.entries) {
    const isForeign = isOpenFile(path) && !isVfioFile(path, entry)
    if (isKept(path) && !isForeign) entries.set(path, pruneText(path, entry, recording))
  }
  const listings = new Map(
    [...recording.listings]
      .filter(([path]) => isKept(path))
      .map(([path, { folder, names }]): [string, Listing] => [
        path,
        { folder, names: pruneNames(path, names, entries, pids) },
      ]),
  )
  for (const [path, entry] of deviceNodes(listings)) entries.set(path, entry)
  const failures = new Map(
    [...recording.failures].filter(([path]) => isKept(path) && !isOpenFile(path)),
  )
  const made = new Map([...recording.made].filter(([path]) => isKept(path)))
  return { origin: recording.origin, entries, listings, failures, made }
}

/** Processes that hold a VFIO file or may not be looked into; where there are none, one that tells that there are processes. */
function keptProcesses({ entries, listings, failures }: Recording): ReadonlySet<string> {
  const holders = [...entries].flatMap(([path, entry]) =>
    isVfioFile(path, entry) ? processOf(path) : [],
  )
  const denied = [...failures].flatMap(([path, { why }]) =>
    why === 'denied' && OPEN_FILES.test(path) ? processOf(path) : [],
  )
  const kept = new Set([...holders, ...denied])
  const pids = listings.get('proc')?.names.filter((name) => /^[1-9]\d*$/.test(name))
  const first = pids?.sort((a, b) => Number(a) - Number(b))[0]
  if (kept.size === 0 && first !== undefined) kept.add(first)
  return kept
}

function processOf(path: string): readonly string[] {
  const pid = PROCESS.exec(path)?.[1]
  return pid === undefined ? [] : [pid]
}

function isOpenFile(path: string): boolean {
  return /^proc\/[1-9]\d*\/fd\//.test(path)
}

function isVfioFile(path: string, entry: MemoryEntry): boolean {
  if (!isOpenFile(path) || entry === null || typeof entry === 'string' || !('link' in entry))
    return false
  return isVfioTarget(entry.link)
}

function pruneNames(
  path: string,
  names: readonly string[],
  entries: ReadonlyMap<string, MemoryEntry>,
  pids: ReadonlySet<string>,
): readonly string[] {
  if (path === 'dev') return names.filter((name) => DEVICE_NODES.has(name))
  if (path === 'proc') return names.filter((name) => pids.has(name))
  if (OPEN_FILES.test(path)) return names.filter((name) => entries.has(`${path}/${name}`))
  return names
}

function pruneText(path: string, entry: MemoryEntry, { entries }: Recording): MemoryEntry {
  if (typeof entry !== 'string') return entry
  if (path === 'proc/self/mountinfo') return mountsText(entry, entries.get('proc/swaps'))
  return TEXTS.get(path)?.(entry) ?? entry
}

/** Mounts that can rest on a device, those that boot and root come from, and those that swap files lie on. */
function mountsText(text: string, swaps: MemoryEntry | undefined): string {
  const files = typeof swaps === 'string' ? parseSwaps(swaps).map(({ name }) => name) : []
  const lines = text.split('\n').flatMap((line) => {
    const [mount] = parseMounts(line)
    if (mount === undefined) return []
    const { point } = mount
    const isKept =
      canNeedDevice(mount) ||
      MOUNT_POINTS.has(point) ||
      files.some((file) => file.startsWith(`${point}/`))
    return isKept ? [`${mountText(line, mount)}\n`] : []
  })
  return lines.join('')
}

/** What was mounted from where, if it is not from another machine: without other options than the layers of an overlay, and what is mounted of the file system. */
function mountText(line: string, mount: Mount): string {
  const [left = '', right = ''] = line.split(' - ')
  const [id, parent, device, , point, flags] = left.split(' ')
  const [type, named] = right.split(' ')
  const source = isOnOtherMachine(mount) ? 'none' : named
  const layers = mount.layers.map((layer) => `,lowerdir=${layer.replaceAll(' ', '\\040')}`)
  return `${id} ${parent} ${device} / ${point} ${flags} - ${type} ${source} rw${layers.join('')}`
}

/** Device nodes as empty files: an archive with real ones could not be unpacked by everybody, nor should it be. */
function* deviceNodes(
  listings: ReadonlyMap<string, Listing>,
): Generator<readonly [string, MemoryEntry]> {
  const namesIn = (folder: string) => listings.get(folder)?.names ?? []
  if (namesIn('dev').includes('iommu')) yield ['dev/iommu', '']
  for (const name of namesIn('dev/vfio')) if (name !== 'devices') yield [`dev/vfio/${name}`, '']
  for (const name of namesIn('dev/vfio/devices')) yield [`dev/vfio/devices/${name}`, '']
}
