import { expect, test } from 'vitest'
import { errnoFailure } from '../../../src/host/tree/failure.js'
import { treeOf } from './tree-literal.js'

test('folders need not be named, and are listed in order', () => {
  const tree = treeOf({ 'sys/b/x': '1\n', 'sys/a': null, 'sys/b/w': '2\n' })
  expect(tree.list('')).toEqual(['sys'])
  expect(tree.list('sys')).toEqual(['a', 'b'])
  expect(tree.list('sys/a')).toEqual([])
  expect(tree.list('sys/b')).toEqual(['w', 'x'])
  expect(tree.list('sys/b/x')).toMatchObject({ why: 'malformed' })
  expect(tree.list('sys/c')).toMatchObject({ why: 'absent' })
})

test('links lead inside only, and a chain of them ends', () => {
  const tree = treeOf({
    'sys/devices/pci/name': 'one\n',
    'sys/bus/pci': { link: '../devices/pci' },
    'sys/absolute': { link: '/sys/devices/pci/name' },
    'sys/out': { link: '../../etc/passwd' },
    'sys/a': { link: 'b' },
    'sys/b': { link: 'a' },
  })
  expect(tree.readText('sys/bus/pci/name')).toBe('one')
  expect(tree.readText('sys/absolute')).toBe('one')
  expect(tree.readLink('sys/bus/pci')).toBe('../devices/pci')
  expect(tree.readLink('sys/devices/pci/name')).toMatchObject({ errno: 'EINVAL' })
  expect(tree.readText('sys/out')).toMatchObject({ why: 'malformed' })
  expect(tree.readText('sys/a')).toMatchObject({ errno: 'ELOOP' })
})

test('a failing entry is listed, and fails whoever touches it', () => {
  const tree = treeOf({ 'proc/1/fd': { failure: errnoFailure('EACCES') } })
  expect(tree.list('proc/1')).toEqual(['fd'])
  expect(tree.list('proc/1/fd')).toMatchObject({ why: 'denied', errno: 'EACCES' })
  expect(tree.readText('proc/1/fd')).toMatchObject({ why: 'denied' })
  expect(tree.readLink('proc/1/fd')).toMatchObject({ why: 'denied' })
})
