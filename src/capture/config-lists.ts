import { CAPABILITY_HOPS, EXTENDED_HOPS } from '../host/config/config-walk.js'

/** Where extended capabilities begin; before it stand the header and the standard ones. */
export const EXTENDED_START = 0x100

/** Offsets of the standard capabilities in a configuration space, as the kernel walks their list. */
export function capabilityOffsets(config: Buffer): readonly number[] {
  if (config.length <= 0x40 || (config.readUInt16LE(6) & 0x10) === 0) return []
  const type = config.readUInt8(14) & 0x7f
  const found = new Set<number>()
  let at = config.readUInt8(type === 2 ? 0x14 : 0x34) & 0xfc
  while (at >= 0x40 && at + 2 <= config.length && found.size < CAPABILITY_HOPS && !found.has(at)) {
    if (config.readUInt8(at) === 0xff) break
    found.add(at)
    at = config.readUInt8(at + 1) & 0xfc
  }
  return [...found]
}

/** Offsets of the extended capabilities. */
export function extendedOffsets(config: Buffer): readonly number[] {
  const found = new Set<number>()
  let at = EXTENDED_START
  while (at >= EXTENDED_START && at + 4 <= config.length && found.size < EXTENDED_HOPS) {
    const word = config.readUInt32LE(at)
    if (word === 0 || word === 0xffffffff || found.has(at)) break
    found.add(at)
    at = (word >>> 20) & 0xffc
  }
  return [...found]
}

const EXPRESS_ID = 0x10

/** Device/port type in the PCIe capability (PCIe 7.5.3.2); undefined: there is no such capability in these bytes. */
export function expressType(config: Buffer): number | undefined {
  const at = capabilityOffsets(config).find((each) => config.readUInt8(each) === EXPRESS_ID)
  return at === undefined || at + 4 > config.length
    ? undefined
    : (config.readUInt16LE(at + 2) >>> 4) & 0xf
}
