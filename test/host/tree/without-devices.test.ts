import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openDirectoryTree } from '../../../src/host/tree/directory-tree.js'
import { type HostTree, isFailure } from '../../../src/host/tree/tree.js'
import { configBytes } from './tree-literal.js'

// A tree where the kernel opens no device node is read without a look before, and answers like any other.

const { mounts } = vi.hoisted(() => ({ mounts: { isWithoutDevices: true } }))

vi.mock('../../../src/host/watch/own-mounts.js', () => ({
  watchedMounts: () => [{ at: '/', kind: 'tmpfs', ...mounts }],
}))

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vfio-reset-tree-'))
  mkdirSync(join(folder, 'root/sys/class'), { recursive: true })
  writeFileSync(join(folder, 'secret'), 'secret\n')
  writeFileSync(join(folder, 'root/sys/class/name'), 'inside\n')
})

afterEach(() => rmSync(folder, { recursive: true }))

function open(isWithoutDevices: boolean): HostTree {
  mounts.isWithoutDevices = isWithoutDevices
  const tree = openDirectoryTree({ root: join(folder, 'root'), live: false })
  if (isFailure(tree)) throw new Error(tree.detail)
  return tree
}

function both(use: (tree: HostTree) => unknown): unknown {
  const [unseen, seen] = [use(open(true)), use(open(false))]
  expect(unseen).toEqual(seen)
  return unseen
}

describe('without devices', () => {
  test('links are followed inside the tree, and not out of it', () => {
    symlinkSync('class/name', join(folder, 'root/sys/inside'))
    symlinkSync('../../secret', join(folder, 'root/sys/outside'))
    symlinkSync('../..', join(folder, 'root/sys/above'))
    symlinkSync('loop', join(folder, 'root/sys/loop'))
    const refused = { why: 'malformed', detail: 'a link that leads out of the tree' }
    expect(both((tree) => tree.readText('sys/inside'))).toBe('inside')
    expect(both((tree) => tree.readText('sys/outside'))).toMatchObject(refused)
    expect(both((tree) => tree.readConfig('sys/outside'))).toMatchObject(refused)
    expect(both((tree) => tree.readText('sys/above/secret'))).toMatchObject(refused)
    expect(both((tree) => tree.list('sys/above'))).toMatchObject(refused)
    expect(both((tree) => tree.readText('sys/loop'))).toMatchObject({ errno: 'ELOOP' })
    expect(both((tree) => tree.readText('sys/../../secret'))).toMatchObject({ errno: 'ENOENT' })
  })

  test('what is no regular file is named', async () => {
    execFileSync('mkfifo', [join(folder, 'root/sys/fifo')])
    const server = createServer().listen(join(folder, 'root/sys/socket'))
    await new Promise((resolve) => server.once('listening', resolve))
    for (const read of ['readText', 'readConfig'] as const) {
      expect(both((tree) => tree[read]('sys/fifo'))).toMatchObject({ detail: 'a FIFO' })
      expect(both((tree) => tree[read]('sys/class'))).toMatchObject({ detail: 'a folder' })
      expect(both((tree) => tree[read]('sys/socket'))).toMatchObject({ detail: 'a socket' })
    }
    server.close()
  })

  test('a FIFO that somebody writes to is not read', async () => {
    const fifo = join(folder, 'root/sys/fifo')
    execFileSync('mkfifo', [fifo])
    // Opened for both, it has a writer and data without anybody who waits.
    const script = `exec 3<>'${fifo}'; echo data >&3; exec "$@"`
    const node = `const fs = require('node:fs'); const f = fs.openSync('${fifo}', fs.constants.O_RDONLY | fs.constants.O_NONBLOCK)
try { fs.readSync(f, Buffer.alloc(9), 0, 9, 0) } catch (error) { console.log(error.code) }`
    const argv = ['-c', script, 'sh', process.execPath, '-e', node]
    expect(execFileSync('sh', argv, { encoding: 'utf8' }).trim()).toBe('ESPIPE')
  })

  test('what is absent or long is told as ever', () => {
    writeFileSync(join(folder, 'root/sys/long'), 'x'.repeat(70_000))
    writeFileSync(join(folder, 'root/sys/config'), configBytes())
    expect(both((tree) => tree.readText('sys/none'))).toMatchObject({ why: 'absent' })
    expect(both((tree) => tree.readText('no/none'))).toMatchObject({ why: 'absent' })
    expect(both((tree) => tree.readText('sys/class/name/x'))).toMatchObject({ detail: 'a file' })
    expect(both((tree) => tree.readText('sys/long'))).toMatchObject({ why: 'truncated' })
    expect(both((tree) => tree.readText('sys/long', 100_000))).toHaveLength(70_000)
    expect(both((tree) => tree.readConfig('sys/config'))).toMatchObject({ limit: 4096 })
    expect(both((tree) => tree.readPrefix({ path: 'sys/long', length: 3 }))).toMatchObject({
      size: 70_000,
    })
  })
})
