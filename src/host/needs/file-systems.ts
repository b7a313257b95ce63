import type { Mount } from './mounts.js'

/** File systems that live in memory, in the kernel, or in a program, and need no disk of their own. */
const DISKLESS: ReadonlySet<string> = new Set(
  (
    'rootfs tmpfs ramfs devtmpfs proc sysfs devpts cgroup cgroup2 cpuset mqueue hugetlbfs debugfs tracefs securityfs pstore ' +
    'bpf configfs fusectl efivarfs autofs binfmt_misc nsfs rpc_pipefs selinuxfs smackfs resctrl nfsd fuse secretmem ' +
    'bdev sockfs pipefs anon_inodefs xenfs ocfs2_dlmfs dlmfs spufs ibmasmfs usbfs functionfs gadgetfs'
  ).split(' '),
)

export function isDiskless({ type }: Mount): boolean {
  return DISKLESS.has(type)
}

/** Whether a mount can rest on a device: others take no part in what the host needs, wherever they are mounted. */
export function canNeedDevice(mount: Mount): boolean {
  const { type, point } = mount
  if (isDiskless(mount)) return false
  return point === '/' || (type !== 'overlay' && !type.startsWith('fuse.'))
}

/** File systems on other machines. */
const NETWORK =
  /^(?:nfs4?|cifs|smb3|ceph|afs|lustre|glusterfs|beegfs|gfs2_remote|fuse\.(?:glusterfs|sshfs|ceph|s3fs|rclone))$/

/** Whether the source of a mount names another machine. */
export function isOnOtherMachine({ type }: Mount): boolean {
  return NETWORK.test(type)
}
