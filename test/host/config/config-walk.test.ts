import { describe, expect, test } from 'vitest'
import type { ConfigSpace } from '../../../src/host/config/config-space.js'
import { walkConfig } from '../../../src/host/config/config-walk.js'
import { isFailure } from '../../../src/host/tree/tree.js'
import { configBytes } from '../tree/tree-literal.js'

interface Walk {
  readonly bytes: Uint8Array
  /** What `stat` says; the number of bytes unless told. */
  readonly size?: number
  readonly copy?: boolean
}

function walk({ bytes, size = bytes.length, copy = false }: Walk) {
  const all = Buffer.from(bytes)
  let count = 0
  const space = walkConfig(
    (offset, length) => {
      const answer = all.subarray(offset, offset + length)
      count += answer.length
      return answer
    },
    { size, sizeIsKernels: !copy },
  )
  if (isFailure(space)) throw new Error(space.detail)
  return { space, count }
}

function ids(list: ConfigSpace['capabilities']): readonly number[] | null {
  return list === null ? null : list.map(({ id }) => id)
}

describe('what is read', () => {
  test('of an endpoint: the reset capabilities, in less than 64 bytes', () => {
    const { space, count } = walk({ bytes: configBytes() })
    expect(space).toMatchObject({ limit: 4096, size: 4096 })
    expect(space.header).toMatchObject({ id: 0xa808_144d, revision: 2, busNumbers: null })
    expect(space.capabilities?.map(({ id, offset, bytes }) => [id, offset, bytes.length])).toEqual([
      [0x01, 0x40, 8],
      [0x10, 0x50, 8],
    ])
    expect(count).toBeLessThanOrEqual(64)
  })

  test('of a port: bus numbers, link, slot and ACS, in less than 256 bytes', () => {
    const { space, count } = walk({ bytes: configBytes({ headerType: 1, portType: 4 }) })
    expect(space.header.busNumbers).toBe(0x0002_0100)
    expect(space.capabilities?.[1]?.bytes.length).toBe(0x2c)
    expect(space.extended?.map(({ id, bytes }) => [id, bytes.length])).toEqual([[0x0d, 12]])
    expect(count).toBeLessThanOrEqual(256)
  })

  test('of a function of many: ACS', () => {
    const { space } = walk({ bytes: configBytes({ headerType: 0x80 }) })
    expect(ids(space.extended)).toEqual([0x0d])
  })

  test('of one that answers all ones: nothing but that', () => {
    const { space, count } = walk({ bytes: new Uint8Array(256).fill(0xff) })
    expect(space).toMatchObject({ capabilities: null, extended: null, limit: 256, size: 256 })
    expect(count).toBe(16)
  })

  test('of one whose status says that there is no list: no pointer', () => {
    const bytes = configBytes()
    bytes[0x06] = 0
    expect(walk({ bytes }).space.capabilities).toEqual([])
  })
})

describe('what cannot be read is not absent', () => {
  test('64 bytes without CAP_SYS_ADMIN', () => {
    const bytes = configBytes({ headerType: 1 }).slice(0, 64)
    const { space } = walk({ bytes, size: 4096 })
    expect(space).toMatchObject({ capabilities: null, extended: null, limit: 64, size: 4096 })
    expect(space.header.busNumbers).toBe(0x0002_0100)
  })

  test('128 bytes of a CardBus bridge', () => {
    const bytes = configBytes({ headerType: 2 }).slice(0, 128)
    bytes[0x14] = 0xa0
    const { space } = walk({ bytes, size: 256 })
    expect(space).toMatchObject({ capabilities: null, extended: [], limit: 128, size: 256 })
  })

  test('256 bytes of a kernel are all there is; of a copy of a PCIe function they are not', () => {
    const bytes = configBytes().slice(0, 256)
    expect(walk({ bytes }).space).toMatchObject({ extended: [], size: 256 })
    expect(walk({ bytes, copy: true }).space).toMatchObject({
      extended: null,
      limit: 256,
      size: 4096,
    })
  })

  test('256 bytes of a copy of a conventional function are all there is', () => {
    const bytes = configBytes().slice(0, 256)
    bytes[0x41] = 0
    const { space } = walk({ bytes, copy: true })
    expect(space).toMatchObject({ extended: [], limit: 256, size: 256 })
  })

  test('a file without a whole header is a failure', () => {
    const empty = walkConfig(() => Buffer.alloc(0), {
      size: 0,
      sizeIsKernels: false,
    })
    expect(empty).toMatchObject({ why: 'truncated' })
  })
})

describe('lists end', () => {
  test('at a capability that points back', () => {
    const bytes = configBytes()
    bytes[0x51] = 0x40
    expect(ids(walk({ bytes }).space.capabilities)).toEqual([0x01, 0x10])
  })

  test('at a pointer into the header', () => {
    const bytes = configBytes()
    bytes[0x41] = 0x3c
    expect(ids(walk({ bytes }).space.capabilities)).toEqual([0x01])
  })

  test('at an entry of all ones', () => {
    const bytes = configBytes()
    bytes.fill(0xff, 0x50, 0x54)
    bytes.fill(0xff, 0x100, 0x104)
    const { space } = walk({ bytes })
    expect([ids(space.capabilities), ids(space.extended)]).toEqual([[0x01], []])
  })
})
