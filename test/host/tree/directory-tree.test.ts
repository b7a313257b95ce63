import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openDirectoryTree } from '../../../src/host/tree/directory-tree.js'
import { type HostTree, isFailure } from '../../../src/host/tree/tree.js'
import { configBytes } from './tree-literal.js'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vfio-reset-tree-'))
  write('outside/secret', 'secret\n')
  write('root/sys/class/name', 'inside\n')
})

afterEach(() => rmSync(folder, { recursive: true }))

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), content)
}

function link(path: string, target: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  symlinkSync(target, join(folder, path))
}

function open(root = join(folder, 'root'), live = false): HostTree {
  const tree = openDirectoryTree({ root, live })
  if (isFailure(tree)) throw new Error(tree.detail)
  return tree
}

describe('the root', () => {
  test('is a folder that is there', () => {
    const missing = openDirectoryTree({ root: join(folder, 'no'), live: false })
    expect(missing).toMatchObject({ errno: 'ENOENT' })
    const file = openDirectoryTree({
      root: join(folder, 'outside/secret'),
      live: false,
    })
    expect(file).toMatchObject({ errno: 'ENOTDIR' })
  })

  test('is followed if it is a link itself', () => {
    link('alias', 'root')
    expect(open(join(folder, 'alias')).readText('sys/class/name')).toBe('inside')
  })

  test('is named as the user named it, a live one not at all', () => {
    expect(open().origin).toEqual({ kind: 'directory', path: join(folder, 'root') })
    expect(open('/', true).origin).toEqual({ kind: 'live', path: null })
  })
})

describe('a link in a tree', () => {
  test('is followed inside, from the root of the tree if it is absolute', () => {
    link('root/sys/relative', 'class')
    link('root/sys/absolute', '/sys/class/name')
    expect(open().readText('sys/relative/name')).toBe('inside')
    expect(open().readText('sys/absolute')).toBe('inside')
    expect(open().list('sys/relative')).toEqual(['name'])
    expect(open().readLink('sys/relative')).toBe('class')
  })

  test.each([
    ['by dots', '../../outside/secret', '../../outside'],
    ['by an absolute path', '/../outside/secret', '/../outside'],
  ])('does not lead out %s', (_, toFile, toFolder) => {
    link('root/sys/file', toFile)
    link('root/sys/folder', toFolder)
    const tree = open()
    const refused = { why: 'malformed', detail: 'a link that leads out of the tree' }
    expect(tree.readText('sys/file')).toMatchObject(refused)
    expect(tree.readText('sys/folder/secret')).toMatchObject(refused)
    expect(tree.list('sys/folder')).toMatchObject(refused)
    expect(tree.readLink('sys/folder/secret')).toMatchObject(refused)
    expect(tree.readConfig('sys/file')).toMatchObject(refused)
    expect(tree.readPrefix({ path: 'sys/file', length: 4 })).toMatchObject(refused)
  })

  test('does not lead out after its folder was listed', () => {
    link('root/sys/class/file', '../../../outside/secret')
    const tree = open()
    expect(tree.list('sys/class')).toEqual(['file', 'name'])
    expect(tree.readText('sys/class/file')).toMatchObject({ why: 'malformed' })
    expect(tree.readText('sys/class/name')).toBe('inside')
  })

  test('does not lead to a file of the real root', () => {
    link('root/sys/passwd', '/etc/passwd')
    expect(open().readText('sys/passwd')).toMatchObject({ errno: 'ENOENT' })
  })

  test('is not followed for ever', () => {
    link('root/sys/a', 'b')
    link('root/sys/b', 'a')
    expect(open().readText('sys/a')).toMatchObject({ why: 'malformed', errno: 'ELOOP' })
    expect(open().list('sys/a/x')).toMatchObject({ errno: 'ELOOP' })
  })

  test('dots in a path lead nowhere', () => {
    expect(open().readText('sys/../../outside/secret')).toMatchObject({ errno: 'ENOENT' })
    expect(open().list('..')).toMatchObject({ errno: 'ENOENT' })
    expect(open().readLink('sys/..')).toMatchObject({ errno: 'ENOENT' })
  })
})

describe('what is no regular file', () => {
  test('a FIFO, a socket, a folder: said, not waited for', async () => {
    execFileSync('mkfifo', [join(folder, 'root/sys/fifo')])
    mkdirSync(join(folder, 'root/sys/folder'))
    const server = createServer().listen(join(folder, 'root/sys/socket'))
    await new Promise((resolve) => server.once('listening', resolve))
    const tree = open()
    const details = () => ['fifo', 'folder', 'socket'].map((name) => tree.readText(`sys/${name}`))
    const refused = [{ detail: 'a FIFO' }, { detail: 'a folder' }, { detail: 'a socket' }]
    expect(details()).toMatchObject(refused)
    tree.list('sys')
    expect(details()).toMatchObject(refused)
    expect(tree.readConfig('sys/fifo')).toMatchObject({ why: 'malformed', detail: 'a FIFO' })
    server.close()
  })

  test('a file where a folder should be', () => {
    expect(open().list('sys/class/name')).toMatchObject({ why: 'malformed', detail: 'a file' })
  })

  test('an absent file is absent, listed folder or not', () => {
    const tree = open()
    expect(tree.readText('sys/class/none')).toMatchObject({ why: 'absent' })
    tree.list('sys/class')
    expect(tree.readText('sys/class/none')).toMatchObject({ why: 'absent' })
    expect(tree.list('sys/class/none')).toMatchObject({ why: 'absent' })
  })
})

describe('texts', () => {
  test('lose one line break, and are bounded', () => {
    write('root/sys/two', 'a\n\n')
    write('root/sys/long', 'x'.repeat(70_000))
    const tree = open()
    expect(tree.readText('sys/two')).toBe('a\n')
    expect(tree.readText('sys/long')).toMatchObject({ why: 'truncated' })
    expect(tree.readText('sys/long', 100_000)).toHaveLength(70_000)
  })

  test('of the running host', () => {
    const tree = open('/', true)
    expect(tree.readText('proc/version')).toMatch(/^Linux version /)
    expect(tree.readText('proc/sys/kernel/arch')).toMatch(/^\w+$/)
    expect(tree.readText('proc/self/mountinfo', 4_194_304)).toMatch(/ \/ /)
    expect(tree.list('proc/self/no')).toMatchObject({ why: 'absent' })
  })
})

test('config files are walked, and the size of a copy is not the word of a kernel', () => {
  write('root/sys/whole', configBytes())
  write('root/sys/cut', configBytes().slice(0, 256))
  write('root/sys/again', configBytes())
  const tree = open()
  const whole = tree.readConfig('sys/whole')
  expect(whole).toMatchObject({ limit: 4096, size: 4096, extended: [{ id: 0x0d }] })
  const cut = tree.readConfig('sys/cut')
  expect(cut).toMatchObject({ limit: 256, size: 4096, extended: null })
  expect(tree.readConfig('sys/none')).toMatchObject({ errno: 'ENOENT' })
  // Functions of one model share what they answer alike.
  expect(tree.readConfig('sys/again')).toBe(whole)
})
