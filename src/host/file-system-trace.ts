import {
  gapTrace,
  joinTraces,
  type Trace,
  type TraceContext,
  traceBlock,
} from './read/device-trace.js'
import type { Mount } from './read/mounts.js'
import { type HostTree, isFailure } from './tree/tree.js'
import { joinPath, nameOf, resolveLink } from './tree/tree-path.js'

/** File systems that live in memory and need no disk. */
const MEMORY_TYPES: ReadonlySet<string> = new Set(['rootfs', 'tmpfs', 'ramfs', 'devtmpfs'])

/**
 * Functions behind a mounted file system. One without a block device of its own is followed by its source if that is a device
 * (btrfs); what has none either (overlay, zfs, nfs) is a gap in `listing`, the file that lists the mount.
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
