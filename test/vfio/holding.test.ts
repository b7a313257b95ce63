import { describe, expect, test } from 'vitest'
import { isOpenElsewhere, type VfioHost } from '../../src/vfio/vfio-host.js'
import { at, decide, fullAddress, host, read } from '../support/ask.js'
import { hide } from '../support/hide.js'
import type { HolderSpec } from '../support/host-spec.js'
import { holdsCdev, holdsGroup, t2, t3, t10 } from '../support/topologies.js'

const DEVICE_FD: HolderSpec = {
  pid: 77,
  command: 'dpdk',
  fd: 9,
  target: 'anon_inode:[vfio-device]',
}

describe('what a process holds', () => {
  test('a group file, by the group', async () => {
    const { holding } = await host({ functions: t3(), holders: [holdsGroup(11)] })
    expect([...holding.groups.keys()]).toEqual([11])
    expect(holding.groups.get(11)).toMatchObject([{ pid: 4242, command: 'qemu-system-x86' }])
  })

  test('the file of a fake group', async () => {
    const holder = { ...holdsGroup(0), target: '/dev/vfio/noiommu-0' }
    const { holding } = await host({ ...t10(), holders: [holder] })
    expect([...holding.groups.keys()]).toEqual([0])
  })

  test('a cdev, by the function that it stands for', async () => {
    const { holding } = await host({ functions: t3(), holders: [holdsCdev(1)] })
    expect([...holding.devices.keys()]).toEqual(['0000:01:00.1'])
  })

  test('a device fd, where fdinfo names the function', async () => {
    const holders = [{ ...DEVICE_FD, device: '0000:01:00.1' }]
    const { holding } = await host({ functions: t3(), holders, kernel: '6.18.15' })
    expect([...holding.devices.keys()]).toEqual(['0000:01:00.1'])
  })

  test('a device fd of nobody knows what', async () => {
    const { holding } = await host({ functions: t3(), holders: [DEVICE_FD] })
    expect(holding.devices.size).toBe(0)
    expect(holding.unplaced).toMatchObject([{ pid: 77 }])
  })

  test('a cdev of no function that is there', async () => {
    const { holding } = await host({ functions: t3(), holders: [holdsCdev(9)] })
    expect(holding.devices.size).toBe(0)
  })

  test('a file by two processes', async () => {
    const holders = [holdsCdev(0), { ...holdsCdev(0), pid: 4243 }]
    const { holding } = await host({ functions: t3(), holders })
    expect(holding.devices.get(fullAddress('01:00.0'))?.map(({ pid }) => pid)).toEqual([4242, 4243])
  })

  test('a container says nothing about groups', async () => {
    const { holding } = await host({
      functions: t3(),
      holders: [{ ...holdsGroup(0), target: '/dev/vfio/vfio' }],
    })
    expect(holding.groups.size).toBe(0)
  })
})

describe('whether a function is open elsewhere', () => {
  test('not where nobody was seen, whatever its enable count', async () => {
    expect(isOpen(await host({ functions: t2({}, { enable: 1 }) }))).toEqual({
      known: true,
      value: false,
    })
  })

  test('by its enable count where its cdev is held: open is not bound', async () => {
    const holders = [holdsCdev(1)]
    expect(isOpen(await host({ functions: t2({}, { enable: 1 }), holders }))).toMatchObject({
      value: true,
    })
    expect(isOpen(await host({ functions: t2({}, { enable: 0 }), holders }))).toMatchObject({
      value: false,
    })
  })

  test('by its enable count where its group file is held', async () => {
    const holders = [holdsGroup(10)]
    expect(isOpen(await host({ functions: t2({}, { enable: 1 }), holders }))).toMatchObject({
      value: true,
    })
    expect(isOpen(await host({ functions: t2({}, { enable: 0 }), holders }))).toMatchObject({
      value: false,
    })
  })

  test('unknown where the count was not read', async () => {
    const raw = await read({ functions: t2({}, { enable: 1 }), holders: [holdsCdev(1)] })
    expect(isOpen(decide(hide(raw, '01:00.1', 'enabled')))).toMatchObject({
      known: false,
      gap: { why: 'denied' },
    })
  })

  test('unknown where the kernel has no count and only the group file is held', async () => {
    const raw = await read({ functions: t2({}, { enable: 1 }), holders: [holdsGroup(10)] })
    const functions = raw.functions.map((each) => ({
      ...each,
      enabled: { known: true, value: null } as const,
    }))
    expect(isOpen(decide({ ...raw, functions }))).toMatchObject({
      known: false,
      gap: { why: 'absent' },
    })
  })

  test('certain from a device fd got through the group', async () => {
    const holders = [{ ...DEVICE_FD, device: '0000:01:00.1' }]
    const raw = await read({ functions: t2({}, { enable: 1 }), holders, kernel: '6.18.15' })
    expect(isOpen(decide(hide(raw, '01:00.1', 'enabled')))).toEqual({ known: true, value: true })
  })
})

function isOpen(vfio: VfioHost) {
  return isOpenElsewhere(at(vfio, '01:00.1'), vfio)
}
