import { describe, expect, test } from 'vitest'
import { createMemoryTree } from '../../../src/host/tree/memory-tree.js'
import { isFailure } from '../../../src/host/tree/tree.js'
import { LABS, openFixture, openLabState, REAL_HOSTS } from '../../support/fixtures.js'
import { captured, documentOf, unpacked } from '../captures.js'

const LAB_STATES = LABS.flatMap((lab) => ['boot', 's0', 's2'].map((state) => [lab, state] as const))

describe('what a capture says is what the host says', () => {
  test.each(REAL_HOSTS)('%s', async (name) => {
    const host = await openFixture(name)
    const copy = await unpacked(await captured(host))
    expect(await documentOf(copy)).toBe(await documentOf(host))
  })

  test.each(LAB_STATES)('%s %s', async (lab, state) => {
    const host = openLabState(lab, state)
    const copy = await unpacked(await captured(host))
    expect(await documentOf(copy)).toBe(await documentOf(host))
  })

  test.each(LAB_STATES)('%s %s, if it were the live host', async (lab, state) => {
    const host = openLabState(lab, state, { kind: 'live', path: null })
    const entries = await captured(host)
    const copy = await unpacked(entries)
    expect(await documentOf(copy)).toBe(await documentOf(host))
    // A capture of the capture is the same again.
    expect(await captured(copy)).toEqual(entries)
  })
})

describe('a capture', () => {
  const live = { kind: 'live', path: null } as const

  test('holds no other process, mount or address', async () => {
    const copy = await unpacked(
      await captured(
        createMemoryTree(
          Object.entries({
            'sys/bus/pci/devices': null,
            'dev/vfio/12': '',
            'dev/sda': '',
            'proc/1/fd/3': { link: '/home/alice/diary' },
            'proc/7/fd/9': { link: '/dev/vfio/12' },
            'proc/7/comm': 'qemu-system-x86\n',
            'proc/self/mountinfo':
              '1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:9 / /mnt rw - nfs secret:/x rw\n',
            'proc/net/route':
              'Iface\tDestination\tGateway\tFlags\neth0\t00000000\t010200C0\t0003\t0\t0\t0\t0\t0\t0\t0\n',
          }),
          live,
        ),
      ),
    )
    expect(copy.list('proc')).toEqual(['7', 'net', 'self'])
    expect(copy.readText('proc/self/mountinfo')).not.toContain('secret')
    expect(copy.readText('proc/net/route')).not.toContain('010200C0')
    expect(copy.list('dev')).toEqual(['vfio'])
    expect(copy.readLink('proc/7/fd/9')).toBe('/dev/vfio/12')
  })

  test('keeps what the mounts of the host rest on', async () => {
    const copy = await unpacked(
      await captured(
        createMemoryTree(
          Object.entries({
            'sys/bus/pci/devices': null,
            'proc/self/mountinfo':
              '1 0 8:1 /@ / rw shared:1 - ext4 /dev/sda1 rw,errors=remount-ro\n' +
              '2 1 8:2 /mail /var/mail rw - xfs /dev/sda2 rw\n' +
              '3 1 0:5 / /proc rw - proc proc rw\n' +
              '4 1 0:6 / /run/user/1000/doc rw - fuse.portal portal rw\n' +
              '5 1 0:7 / /x rw - overlay overlay rw,lowerdir=/y\n',
          }),
          live,
        ),
      ),
    )
    expect(copy.readText('proc/self/mountinfo')).toBe(
      '1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 8:2 / /var/mail rw - xfs /dev/sda2 rw',
    )
  })

  test('tells what was not there from what was not asked', async () => {
    const copy = await unpacked(
      await captured(
        createMemoryTree(
          Object.entries({ 'sys/bus/pci/devices': null, 'sys/class/vfio': null, 'sys/other': 'x' }),
          live,
        ),
      ),
    )
    expect(copy.list('sys/class/vfio')).toEqual([])
    expect(copy.readText('sys/class/vfio/vfio0')).toMatchObject({ errno: 'ENOENT' })
    expect(copy.readText('proc/version')).toMatchObject({ errno: 'ENOENT' })
    expect(copy.readText('sys/other')).toMatchObject({ why: 'not-captured' })
    expect(isFailure(copy.list('sys'))).toBe(true)
  })

  test('keeps a refusal as it was', async () => {
    const denied = { why: 'denied', errno: 'EACCES', detail: 'EACCES' } as const
    const host = createMemoryTree(
      Object.entries({
        'sys/bus/pci/devices': null,
        'dev/vfio/1': '',
        'proc/1/fd': { failure: denied },
        'proc/cmdline': { failure: denied },
      }),
      live,
    )
    const copy = await unpacked(await captured(host))
    expect(copy.readText('proc/cmdline')).toEqual(denied)
    expect(await documentOf(copy)).toBe(await documentOf(host))
  })
})
