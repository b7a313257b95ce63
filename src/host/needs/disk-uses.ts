import type { PciAddress } from '../pci-address.js'
import { joinPath } from '../tree/tree-path.js'
import {
  btrfsSystems,
  MOUNTS,
  traceBlock,
  traceDeviceFile,
  traceFile,
  traceMount,
} from './block-trace.js'
import { BOOT_POINTS, type Mount, parseSwaps } from './mounts.js'
import {
  functionAbove,
  joinTraces,
  lostTrace,
  namesIn,
  type Trace,
  type TraceContext,
} from './trace.js'
import type { TracedUse, Use } from './use.js'

export const BLOCK = 'sys/class/block'

/**
 * Everything that the host keeps on disks: what it boots from, every mounted file system, swap, pools, and devices that were put
 * together of others and are not mounted (volume groups, arrays, the store of an OSD).
 */
export function diskUses(context: TraceContext, swaps: string): readonly Use[] {
  const candidates = diskFunctions(context)
  const uses = [
    ...bootUses(context),
    ...mountUses(context),
    ...swapUses(context, swaps),
    ...poolUses(context),
    ...stackUses(context),
  ]
  return uses.map((use) => ({ ...use, candidates }))
}

/** Functions with a block device. */
function diskFunctions({ tree, functions }: TraceContext): readonly PciAddress[] {
  const found = namesIn(tree, BLOCK).flatMap((name) => {
    const target = tree.readLink(joinPath(BLOCK, name))
    return typeof target === 'string' ? (functionAbove(target, functions) ?? []) : []
  })
  return [...new Set(found)]
}

/** Of several mounts at one point the last one covers the others. */
function bootUses(context: TraceContext): readonly TracedUse[] {
  const use = (point: string, kinds: Use['kinds']): TracedUse[] => {
    const mount = context.mounts.findLast((each) => each.point === point)
    return mount === undefined ? [] : [{ kinds, detail: point, trace: traceMount(context, mount) }]
  }
  return [
    ...use('/', ['root-filesystem', 'boot-disk']),
    ...BOOT_POINTS.flatMap((point) => use(point, ['boot-disk'])),
  ]
}

/** Every other file system once, by the first point that it is mounted at. */
function mountUses(context: TraceContext): readonly TracedUse[] {
  const covered = new Set(['/', ...BOOT_POINTS])
  const seen = new Set<string>()
  const firsts = context.mounts.filter((mount) => {
    if (covered.has(mount.point) && isLast(mount, context.mounts)) return false
    const key = `${mount.device} ${mount.source}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
  return firsts.map((mount) => ({
    kinds: ['mounted-filesystem'],
    detail: mount.point,
    trace: traceMount(context, mount),
  }))
}

function isLast(mount: Mount, mounts: readonly Mount[]): boolean {
  return mounts.findLast(({ point }) => point === mount.point) === mount
}

/** A swap area is a `partition` or a `file`. */
function swapUses(context: TraceContext, text: string): readonly TracedUse[] {
  return parseSwaps(text).map(({ name, type }) => ({
    kinds: ['swap'],
    detail: name,
    trace:
      type === 'partition'
        ? traceDeviceFile(context, name)
        : traceFile(context, name, { named: 'proc/swaps' }),
  }))
}

/** Pools whose file systems need not be mounted here: btrfs names its disks, ZFS does not. */
function poolUses(context: TraceContext): readonly TracedUse[] {
  const { tree, mounts } = context
  const btrfs = btrfsSystems(tree).map(
    (devices): TracedUse => ({
      kinds: ['storage-in-use'],
      detail: `btrfs of ${devices.join(', ')}`,
      trace: joinTraces(devices.map((each) => traceBlock(context, joinPath(BLOCK, each)))),
    }),
  )
  const mounted = new Set(
    mounts.flatMap(({ type, source }) => (type === 'zfs' ? (source.split('/')[0] ?? []) : [])),
  )
  const idle = namesIn(tree, ZFS).filter((name) => isPool(context, name) && !mounted.has(name))
  const zfs = idle.map(
    (pool): TracedUse => ({
      kinds: ['storage-in-use'],
      detail: `pool ${pool}`,
      trace: lostTrace(`${ZFS}/${pool}`, `${pool} is a ZFS pool: its disks are not traced`),
    }),
  )
  return [...btrfs, ...zfs]
}

/** One folder a pool, among statistics of ZFS as a whole. */
const ZFS = 'proc/spl/kstat/zfs'

function isPool({ tree }: TraceContext, name: string): boolean {
  return namesIn(tree, `${ZFS}/${name}`).includes('state')
}

/** Stacked devices that nothing is stacked upon: a volume group is in use as long as it is active. */
function stackUses(context: TraceContext): readonly TracedUse[] {
  const { tree } = context
  return namesIn(tree, BLOCK).flatMap((name) => {
    if (!STACKED.test(name)) return []
    const folder = `sys/devices/virtual/block/${name}`
    if (namesIn(tree, `${folder}/slaves`).length === 0) return []
    if (namesIn(tree, `${folder}/holders`).length > 0) return []
    return [
      {
        kinds: ['storage-in-use'],
        detail: name,
        trace: traceBlock(context, joinPath(BLOCK, name)),
      },
    ]
  })
}

const STACKED = /^(?:dm-|md|bcache|drbd)[\d_a-z]+$/

/** What a list that was cut down by an older version of this tool says nothing about. */
export function unlistedMounts(): Trace {
  return lostTrace(MOUNTS, 'this capture holds only what the host boots from', 'not-captured')
}
