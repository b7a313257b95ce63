import fc from 'fast-check'
import { expect, test } from 'vitest'
import { walkConfig } from '../../src/host/config/config-walk.js'

/** Bytes as they come, and lists that point anywhere, back to themselves above all. */
const space = fc.oneof(
  fc.uint8Array({ maxLength: 4096, size: 'max' }),
  fc
    .constantFrom(64, 128, 256, 4096)
    .chain((size) => fc.uint8Array({ minLength: size, maxLength: size })),
  fc
    .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 255 }))
    .map(([a, b]) => cyclic(a, b)),
)

test('a walk of any bytes ends, and reads nothing outside of them', () => {
  fc.assert(
    fc.property(space, fc.boolean(), (bytes, sizeIsKernels) => {
      let reads = 0
      const all = Buffer.from(bytes)
      const walked = walkConfig(
        (offset, length) => {
          reads += 1
          expect(offset).toBeGreaterThanOrEqual(0)
          return all.subarray(offset, offset + length)
        },
        { size: bytes.length, sizeIsKernels },
      )
      // Two reads a hop, at most 48 and 480 hops.
      expect(reads).toBeLessThan(2 * (48 + 480) + 8)
      if ('why' in walked) expect(bytes.length).toBeLessThan(16)
      else expect(walked.limit).toBeLessThanOrEqual(walked.size)
    }),
  )
})

/** Two capabilities that point at each other, in both lists. */
function cyclic(a: number, b: number): Uint8Array {
  const bytes = new Uint8Array(4096)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, 0x8086, true)
  view.setUint16(6, 0x0010, true)
  view.setUint8(0x34, a)
  view.setUint16(a & 0xfc, 0x10 | (b << 8), true)
  view.setUint16(b & 0xfc, 0x01 | (a << 8), true)
  view.setUint32(0x100, (((0x200 + (a & 0xfc)) << 20) | 0x1000d) >>> 0, true)
  view.setUint32(0x200 + (a & 0xfc), ((0x100 << 20) | 0x1000d) >>> 0, true)
  return bytes
}
