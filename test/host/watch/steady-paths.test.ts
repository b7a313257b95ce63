import { describe, expect, it } from 'vitest'
import { errnoFailure } from '../../../src/host/tree/failure.js'
import type { EntryKind } from '../../../src/host/tree/link-resolver.js'
import { parseMounts } from '../../../src/host/watch/mounts.js'
import { createSteadyPaths } from '../../../src/host/watch/steady-paths.js'

const MOUNTS = `/dev/sda1 / ext4 rw,relatime 0 0
proc /proc proc rw 0 0
sysfs /sys sysfs rw 0 0
udev /dev devtmpfs rw 0 0
tmpfs /dev/shm tmpfs rw 0 0
nas:/home /home nfs4 rw,hard 0 0
/dev/loop0 /home/disk ext4 rw 0 0
/dev/fuse /etc/pve fuse rw 0 0
hung /srv/tree/sys/a/uevent fuse.hung rw 0 0
nas:/data /mnt/with\\040blank nfs rw 0 0
`

/** What stands at the paths that are no folders; a link by its target. */
const ENTRIES: Readonly<Record<string, EntryKind | `-> ${string}`>> = {
  '/srv/file': 'file',
  '/srv/fifo': 'FIFO',
  '/srv/device': 'device node',
  '/srv/to-file': '-> file',
  '/srv/to-home': '-> /home/user/file',
  '/srv/around': '-> ../srv/./to-file',
  '/srv/loop': '-> loop',
  '/data': '-> /mnt/with blank',
}

function pathsWith(mounts: string, touched: string[] = []) {
  const look = (path: string): EntryKind | ReturnType<typeof errnoFailure> => {
    touched.push(path)
    if (path.startsWith('/gone')) return errnoFailure('ENOENT')
    const entry = ENTRIES[path] ?? 'folder'
    return entry.startsWith('-> ') ? 'link' : (entry as EntryKind)
  }
  const readLink = (path: string) => (ENTRIES[path] ?? '').slice(3)
  return createSteadyPaths(parseMounts(mounts) ?? [], { look, readLink }, '/srv')
}

describe('a path is steady', () => {
  it.each([
    '/srv/file',
    'file',
    './../srv/file',
    '/srv/to-file',
    '/srv/around',
    '/gone/file',
    '/dev/shm/host',
    '/',
  ])('%s', (path) => {
    expect(pathsWith(MOUNTS).isSteady(path)).toBe(true)
  })

  it.each([
    '/sys/bus/pci/devices',
    '/proc/self/maps',
    '/home/user/file',
    '/home/disk/file',
    '/srv/to-home',
    '/etc/pve/qemu-server/100.conf',
    '/srv/fifo',
    '/srv/device',
    '/srv/loop',
    '/data/file',
    '/mnt/with blank',
    '/srv/tree/sys/a/uevent',
  ])('and %s is not', (path) => {
    expect(pathsWith(MOUNTS).isSteady(path)).toBe(false)
  })

  it('and nothing behind a mount that may be dead is touched to find that out', () => {
    const touched: string[] = []
    pathsWith(MOUNTS, touched).isSteady('/srv/to-home')
    expect(touched).toEqual(['/srv', '/srv/to-home'])
  })

  it('nor is anything where the root itself may hang, or is not told of', () => {
    expect(pathsWith('nas:/ / nfs rw 0 0\n').isSteady('/srv/file')).toBe(false)
    expect(pathsWith('tmpfs /srv tmpfs rw 0 0\n').isSteady('/srv/file')).toBe(false)
    expect(pathsWith(`${MOUNTS}nas:/ / nfs rw 0 0\n`).isSteady('/srv/file')).toBe(false)
  })
})

it('a tree is steady if nothing that may hang is mounted in it', () => {
  const paths = pathsWith(MOUNTS)
  expect(paths.isSteadyTree('/srv/other')).toBe(true)
  expect(paths.isSteadyTree('/srv/tre')).toBe(true)
  expect(paths.isSteadyTree('/srv/tree')).toBe(false)
  expect(paths.isSteadyTree('/')).toBe(false)
})

it('what is no list of mounts is taken for none', () => {
  expect(parseMounts('x\n')).toBeNull()
  expect(parseMounts('')).toEqual([])
})
