import { describe, expect, it } from 'vitest'
import { isWithoutDevices, parseMounts } from '../../../src/host/watch/mounts.js'

const MOUNTS = `/dev/sda1 / ext4 rw,relatime 0 0
udev /dev devtmpfs rw,nosuid 0 0
tmpfs /dev/shm tmpfs rw,nosuid,nodev 0 0
tmpfs /tmp tmpfs rw,nosuid,nodev,relatime 0 0
/dev/sdb1 /tmp/disk ext4 rw 0 0
tmpfs /tmp/with\\040blank tmpfs rw,nodev 0 0
tmpfs /run tmpfs rw,nodev 0 0
tmpfs /run tmpfs rw 0 0
tmpfs /srv tmpfs nodevice,rw 0 0
tmpfs /over/below tmpfs rw,nodev 0 0
/dev/sdc1 /over ext4 rw 0 0
`

function ask(folder: string): boolean {
  return isWithoutDevices(parseMounts(MOUNTS) ?? [], folder)
}

describe('no device node can be opened', () => {
  it.each(['/dev/shm', '/dev/shm/host', '/tmp/a', '/tmp/with blank', '/tmp/diskette'])(
    'in %s',
    (folder) => expect(ask(folder)).toBe(true),
  )

  it.each([
    ['', 'it is the root'],
    ['/home', 'the root allows them'],
    ['/dev', 'it is where they are'],
    ['/dev/shmall', 'its name only begins like that of a mount'],
    ['/tmp', 'something else is mounted in it'],
    ['/tmp/disk', 'it is another mount'],
    ['/run/a', 'it is mounted twice, once with devices'],
    ['/over/below', 'a later mount with devices lies over the one that stands there'],
    ['/srv', 'the option is another one'],
  ])('but it may in %s: %s', (folder) => expect(ask(folder)).toBe(false))

  it('but it may where no mount is told', () => {
    expect(isWithoutDevices([], '/a')).toBe(false)
  })
})
