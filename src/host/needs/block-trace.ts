import { gapOf } from '../tree/failure.js'
import { type HostTree, isFailure } from '../tree/tree.js'
import { joinPath, nameOf, parentOf, resolveLink } from '../tree/tree-path.js'
import { canNeedDevice, isDiskless, isOnOtherMachine } from './file-systems.js'
import { type Mount, mountOf } from './mounts.js'
import { traceRoutes } from './network-trace.js'
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

export const MOUNTS = 'proc/self/mountinfo'

/** File systems that the hypervisor serves through a virtio function. */
const VIRTIO: ReadonlyMap<string, string> = new Map([
  ['virtiofs', 'virtiofs'],
  ['9p', '9pnet_virtio'],
])

/**
 * Functions behind a mounted file system: by its block device; by its source where it has none of its own (btrfs, bcachefs);
 * through what it lies on (overlay), the network or virtio. ZFS shows no disks in sysfs, so that it is a gap.
 */
export function traceMount(
  context: TraceContext,
  mount: Mount,
  visited: Visited = new Set(),
): Trace {
  const { device, point, source, type } = mount
  if (isDiskless(mount)) return NOTHING
  if (!device.startsWith('0:')) return traceBlock(context, `sys/dev/block/${device}`, visited)
  if (source.startsWith('/dev/')) {
    return joinTraces(source.split(':').map((each) => traceDeviceFile(context, each, visited)))
  }
  if (isOnOtherMachine(mount)) return traceRoutes(context, MOUNTS, point)
  const driver = VIRTIO.get(type)
  if (driver !== undefined) return traceVirtio(context, driver, mount)
  // Layers, and what a program serves, lie on file systems that are followed for themselves.
  if (!canNeedDevice(mount)) return NOTHING
  if (type === 'overlay') return traceLayers(context, mount, visited)
  return lostTrace(MOUNTS, `${point} is ${type}: its disks are not traced`)
}

/** Functions behind a block device that is named by its file, `/dev/sda2` or `/dev/mapper/swap`. */
export function traceDeviceFile(
  context: TraceContext,
  file: string,
  visited: Visited = new Set(),
): Trace {
  const name = deviceName(context.tree, file)
  const names = btrfsDevices(context.tree, name)
  return joinTraces(
    names.map((each) => traceBlock(context, joinPath('sys/class/block', each), visited)),
  )
}

/** Functions behind a file, by the mount that holds it. */
export function traceFile(
  context: TraceContext,
  file: string,
  { named, visited = new Set() }: { readonly named: string; readonly visited?: Visited },
): Trace {
  const mount = mountOf(context.mounts, file)
  if (mount !== undefined) return traceMount(context, mount, visited)
  return lostTrace(named, `${file} is on no known mount`)
}

/** Functions behind a block device, by its link `sys/dev/block/MAJ:MIN` or `sys/class/block/NAME`. */
export function traceBlock(
  context: TraceContext,
  link: string,
  visited: Visited = new Set(),
): Trace {
  return followLink(context, link, (folder) => traceBlockFolder(context, folder, visited))
}

/** `folder` lies below no function: what is it made of? */
function traceBlockFolder(context: TraceContext, folder: string, visited: Visited): Trace {
  const { tree } = context
  if (visited.has(folder)) return NOTHING
  visited.add(folder)
  const names = tree.list(folder)
  if (isFailure(names)) return { functions: [], gaps: [gapOf(tree.origin, folder, names)] }
  const slaves = namesIn(tree, joinPath(folder, 'slaves'))
  if (slaves.length > 0) {
    const links = slaves.map((name) => joinPath(folder, `slaves/${name}`))
    return joinTraces(links.map((each) => traceBlock(context, each, visited)))
  }
  // Partitions of stacked devices have no slaves of their own.
  if (names.includes('partition')) return traceBlockFolder(context, parentOf(folder), visited)
  const controllers = nvmeControllers(tree, folder)
  if (controllers.length > 0) {
    return joinTraces(controllers.map((each) => traceBlock(context, each, visited)))
  }
  return traceUnstacked(context, folder, visited)
}

/** A device that is backed by a file, by memory, or by another machine. */
function traceUnstacked(context: TraceContext, folder: string, visited: Visited): Trace {
  const { tree } = context
  const name = nameOf(folder)
  if (name.startsWith('zram')) {
    const file = tree.readText(joinPath(folder, 'backing_dev'))
    const isBacked = !isFailure(file) && file.startsWith('/')
    return isBacked ? traceDeviceFile(context, file, visited) : NOTHING
  }
  // A RAM disk, and one of which nothing is left.
  if (/^(?:ram|pmem)\d/.test(name)) return NOTHING
  const loop = joinPath(folder, 'loop/backing_file')
  const file = tree.readText(loop)
  if (!isFailure(file)) return traceFile(context, file, { named: loop, visited })
  if (REMOTE.test(folder)) return traceRoutes(context, folder, name)
  if (!folder.startsWith('sys/devices/virtual/') && !folder.startsWith('sys/devices/pci')) {
    // On a bus of the board, of firmware or of a hypervisor.
    return NOTHING
  }
  return lostTrace(folder, 'leads to no PCI function')
}

/** NVMe over fabrics, a session of software iSCSI, RBD, NBD, ATA over Ethernet. */
const REMOTE = /\/nvme-fabrics\/|\/session\d+\/|^sys\/devices\/rbd\/|\/(?:nbd\d+|etherd!)/

/** Links to the controllers of an NVMe namespace with native multipath, whose block device hangs below the subsystem. */
function nvmeControllers(tree: HostTree, folder: string): readonly string[] {
  const subsystem = /^.*\/nvme-subsystem\/[^/]+/.exec(folder)?.[0]
  if (subsystem === undefined) return []
  return namesIn(tree, subsystem)
    .filter((name) => /^nvme\d+$/.test(name))
    .map((name) => joinPath(subsystem, name))
}

/** The kernel's name of a device: what a link in `dev` leads to, or the file's own name. */
function deviceName(tree: HostTree, file: string): string {
  const path = resolveLink('', file)
  const target = path === undefined ? undefined : tree.readLink(path)
  return nameOf(typeof target === 'string' ? target : file)
}

/** Every btrfs that is mounted, by its devices. */
export function btrfsSystems(tree: HostTree): readonly (readonly string[])[] {
  return namesIn(tree, 'sys/fs/btrfs').flatMap((system) => {
    const devices = namesIn(tree, `sys/fs/btrfs/${system}/devices`)
    return devices.length === 0 ? [] : [devices]
  })
}

/** All devices of the btrfs that has the device; just itself for others. */
function btrfsDevices(tree: HostTree, name: string): readonly string[] {
  return btrfsSystems(tree).find((devices) => devices.includes(name)) ?? [name]
}

/** The functions that a driver of virtio serves: which of them has the tag is not shown by all releases. */
function traceVirtio(context: TraceContext, driver: string, { point }: Mount): Trace {
  const folder = `sys/bus/virtio/drivers/${driver}`
  const names = namesIn(context.tree, folder).filter((name) => /^virtio\d+$/.test(name))
  if (names.length === 0) return lostTrace(folder, `which function serves ${point} is not shown`)
  return joinTraces(names.map((name) => followLink(context, joinPath(folder, name), () => NOTHING)))
}

/** An overlay lies on the file systems of its layers. */
function traceLayers(context: TraceContext, mount: Mount, visited: Visited): Trace {
  const { point, layers } = mount
  const key = `overlay ${point}`
  if (visited.has(key)) return NOTHING
  visited.add(key)
  const known = layers.filter((layer) => layer.startsWith('/'))
  // Layers of a root that was set up before it was mounted are on none of the mounts that are left.
  if (known.length > 0 && known.every((layer) => mountOf(context.mounts, layer) !== mount)) {
    return joinTraces(known.map((layer) => traceFile(context, layer, { named: MOUNTS, visited })))
  }
  return lostTrace(MOUNTS, `${point} is overlay: its disks are not traced`)
}
