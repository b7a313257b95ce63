import { expect, test } from 'vitest'
import { readHolders } from '../../../src/host/read/read-holders.js'
import { errnoFailure } from '../../../src/host/tree/failure.js'
import { type Files, read, treeOf } from '../tree/tree-literal.js'

const PROCESSES: Files = {
  'proc/1/fd/0': { link: '/dev/null' },
  'proc/1/comm': 'init\n',
  'proc/812/comm': 'qemu-system-x86\n',
  'proc/812/fd/11': { link: '/dev/vfio/12' },
  'proc/812/fd/12': { link: 'anon_inode:[vfio-device]' },
  'proc/812/fd/13': { link: '/dev/vfio/devices/vfio3' },
  'proc/812/fd/14': { link: 'socket:[4711]' },
  'proc/812/fdinfo/12':
    'pos:\t0\nflags:\t02\nvfio-device-syspath: /sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0\n',
  'proc/9000/fd/3': { link: '/dev/iommu' },
}

test('names whoever holds a group, a device or an iommufd', async () => {
  const { holders, gaps } = await readHolders(treeOf(PROCESSES))
  expect(holders).toEqual([
    { pid: 812, command: 'qemu-system-x86', target: '/dev/vfio/12', fd: '11', device: null },
    {
      pid: 812,
      command: 'qemu-system-x86',
      target: 'anon_inode:[vfio-device]',
      fd: '12',
      device: '0000:01:00.0',
    },
    {
      pid: 812,
      command: 'qemu-system-x86',
      target: '/dev/vfio/devices/vfio3',
      fd: '13',
      device: null,
    },
    { pid: 9000, command: '', target: '/dev/iommu', fd: '3', device: null },
  ])
  expect(gaps).toEqual([])
})

test('processes that may not be looked into are one gap', async () => {
  const denied = { failure: errnoFailure('EACCES') }
  const { gaps } = await readHolders(
    treeOf({ ...PROCESSES, 'proc/2/fd': denied, 'proc/3/fd': denied, 'proc/4/comm': 'gone\n' }),
  )
  expect(gaps).toEqual([{ path: 'proc/*/fd', why: 'denied', detail: 'open files of 2 processes' }])
})

test('a copy without processes says nothing of holders', async () => {
  const { holders, gaps } = await readHolders(treeOf({ 'proc/version': 'Linux\n' }, 'directory'))
  expect(holders).toEqual([])
  expect(gaps).toMatchObject([{ path: 'proc', why: 'not-captured' }])
})

test('nobody is looked for where there is nothing to hold', async () => {
  const host = await read({ ...PROCESSES, 'dev/vfio/vfio': '' })
  expect(host.holders).toEqual([])
  const bound = await read({ ...PROCESSES, 'dev/vfio/vfio': '', 'dev/vfio/12': '' })
  expect(bound.holders).toHaveLength(4)
})
