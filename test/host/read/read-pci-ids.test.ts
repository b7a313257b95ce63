import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { readPciIds, readSystemPciIds } from '../../../src/host/read/read-pci-ids.js'

const folder = mkdtempSync(join(tmpdir(), 'pci-ids-'))
afterAll(() => rmSync(folder, { recursive: true }))

const file = (name: string): string => join(folder, name)
const text = (bytes: unknown): string => Buffer.from(bytes as Uint8Array).toString()

writeFileSync(file('plain'), '10de  NVIDIA Corporation\n')
writeFileSync(file('packed'), gzipSync('10de  NVIDIA Corporation\n'))

describe('readPciIds', () => {
  it('reads a plain and a compressed list alike', () => {
    expect(text(readPciIds(file('plain')))).toBe('10de  NVIDIA Corporation\n')
    expect(text(readPciIds(file('packed')))).toBe('10de  NVIDIA Corporation\n')
  })

  it('says why there is none', () => {
    expect(readPciIds(file('missing'))).toMatchObject({ why: 'absent', errno: 'ENOENT' })
    expect(readPciIds(folder)).toMatchObject({ why: 'malformed', detail: 'not a regular file' })
  })

  it('does not wait for the other end of a FIFO', () => {
    execFileSync('sh', ['-c', 'mkfifo "$0"', file('fifo')])
    expect(readPciIds(file('fifo'))).toMatchObject({ why: 'malformed' })
  })

  it('takes neither a file that is too large nor one that unpacks to too much', () => {
    writeFileSync(file('huge'), '')
    truncateSync(file('huge'), 17 * 1024 * 1024)
    expect(readPciIds(file('huge'))).toMatchObject({ why: 'truncated' })
    writeFileSync(file('bomb'), gzipSync(Buffer.alloc(17 * 1024 * 1024)))
    expect(readPciIds(file('bomb'))).toMatchObject({ why: 'malformed' })
  })
})

describe('readSystemPciIds', () => {
  it('takes the first place that has a list', () => {
    expect(text(readSystemPciIds([file('missing'), file('packed'), file('plain')]))).toContain(
      'NVIDIA',
    )
    expect(readSystemPciIds([file('missing')])).toBeNull()
  })
})
