import type { MemoryEntry } from '../../src/host/tree/memory-tree.js'
import type { FunctionSpec } from './functions.js'

/** What a function's configuration space says about others. */
export interface ConfigRelations {
  /** Bus number, and the range of bus numbers below a bridge. */
  readonly bus: number
  readonly secondary: number
  readonly subordinate: number
  /** Enabled VFs of a PF: how many, the first one's distance and the distance between two. */
  readonly vfs: {
    readonly total: number
    readonly count: number
    readonly offset: number
    readonly stride: number
  } | null
}

const PM = 0x40
const EXPRESS = 0x50
const AF = 0xa0
const EXTENDED = 0x100

/** `config` as the kernel would hand it out; undefined: there is no such file. */
export function encodeConfig(
  spec: FunctionSpec,
  relations: ConfigRelations,
): MemoryEntry | undefined {
  if (spec.config === 'absent') return undefined
  const size = spec.type === null ? 256 : 4096
  if (spec.config === 'ones') return new Uint8Array(size).fill(0xff)
  const bytes = new Uint8Array(size)
  const view = new DataView(bytes.buffer)
  writeHeader(view, spec, relations)
  writeCapabilities(view, spec)
  if (size === 4096) writeExtended(view, spec, relations)
  if (spec.config !== 'unprivileged') return bytes
  return { bytes: bytes.slice(0, spec.header === 'cardbus' ? 128 : 64), size }
}

/** Splits `vendor:device`. */
export function parseIds(id: string): readonly [number, number] {
  const [vendor = '', device = ''] = id.split(':')
  return [Number.parseInt(vendor, 16), Number.parseInt(device, 16)]
}

function writeHeader(view: DataView, spec: FunctionSpec, relations: ConfigRelations): void {
  const [vendor, device] =
    spec.vf === undefined ? parseIds(spec.id ?? '0000:0000') : [0xffff, 0xffff]
  const layout = { normal: 0, bridge: 1, cardbus: 2 }[spec.header]
  const classCode = spec.class ?? 0
  view.setUint16(0x00, vendor, true)
  view.setUint16(0x02, device, true)
  view.setUint16(0x04, 0x0006, true)
  view.setUint16(0x06, 0x0010, true)
  view.setUint8(0x08, spec.revision ?? 0)
  view.setUint8(0x09, classCode & 0xff)
  view.setUint8(0x0a, (classCode >> 8) & 0xff)
  view.setUint8(0x0b, classCode >> 16)
  view.setUint8(0x0e, layout | (spec.mfd === true ? 0x80 : 0))
  view.setUint8(spec.header === 'cardbus' ? 0x14 : 0x34, PM)
  if (spec.header === 'normal') {
    const [subVendor, subDevice] = parseIds(spec.subsystem ?? '0000:0000')
    view.setUint16(0x2c, subVendor, true)
    view.setUint16(0x2e, subDevice, true)
    return
  }
  view.setUint8(0x18, relations.bus)
  view.setUint8(0x19, relations.secondary)
  view.setUint8(0x1a, relations.subordinate)
}

function writeCapabilities(view: DataView, spec: FunctionSpec): void {
  const express = spec.type !== null
  const next = express ? EXPRESS : spec.afFlr === true ? AF : 0
  view.setUint16(PM, 0x01 | (next << 8), true)
  view.setUint16(PM + 2, 0x0003, true)
  view.setUint16(PM + 4, spec.pm === true ? 0 : 0x0008, true)
  if (express) writeExpress(view, spec, spec.type)
  if (spec.afFlr === true) {
    view.setUint16(AF, 0x13, true)
    view.setUint8(AF + 2, 6)
    view.setUint8(AF + 3, 0x03)
  }
}

function writeExpress(view: DataView, spec: FunctionSpec, type: number): void {
  const { slot, linkActive = null } = spec
  view.setUint16(EXPRESS, 0x10 | ((spec.afFlr === true ? AF : 0) << 8), true)
  view.setUint16(EXPRESS + 2, 0x0002 | (type << 4) | (slot === undefined ? 0 : 0x0100), true)
  view.setUint32(EXPRESS + 4, spec.flr === true ? 0x1000_0000 : 0, true)
  view.setUint32(EXPRESS + 0x0c, linkActive === null ? 0x0013 : 0x0010_0013, true)
  view.setUint16(EXPRESS + 0x12, linkActive === true ? 0x2013 : 0x0013, true)
  if (spec.header === 'bridge' && spec.ari === true) view.setUint16(EXPRESS + 0x28, 0x20, true)
  if (slot === undefined) return
  view.setUint32(EXPRESS + 0x14, ((slot.number ?? 0) << 19) | (slot.hotplug ? 0x40 : 0), true)
}

function writeExtended(view: DataView, spec: FunctionSpec, relations: ConfigRelations): void {
  const parts = [
    acs(spec),
    ari(spec),
    sriov(relations),
    dpc(spec),
    cxl(spec),
    flexBus(spec),
  ].flatMap((part) => (part === null ? [] : [part]))
  parts.forEach(({ id, write }, index) => {
    const at = EXTENDED + 0x40 * index
    const next = index === parts.length - 1 ? 0 : at + 0x40
    view.setUint32(at, ((next << 20) | 0x10000 | id) >>> 0, true)
    write(at)
  })

  function acs({ acs: registers }: FunctionSpec) {
    if (registers === undefined || registers === null) return null
    return part(0x0d, (at) => {
      if (registers.wide === true) {
        view.setUint32(at + 4, registers.cap, true)
        view.setUint32(at + 8, registers.ctl, true)
        return
      }
      view.setUint16(at + 4, registers.cap, true)
      view.setUint16(at + 6, registers.ctl, true)
    })
  }

  function ari({ ari: there }: FunctionSpec) {
    return there === true ? part(0x0e, () => {}) : null
  }

  function sriov({ vfs }: ConfigRelations) {
    if (vfs === null) return null
    return part(0x10, (at) => {
      view.setUint16(at + 0x08, vfs.count > 0 ? 0x0009 : 0, true)
      view.setUint16(at + 0x0c, vfs.total, true)
      view.setUint16(at + 0x0e, vfs.total, true)
      view.setUint16(at + 0x10, vfs.count, true)
      view.setUint16(at + 0x14, vfs.offset, true)
      view.setUint16(at + 0x16, vfs.stride, true)
    })
  }

  function dpc({ dpc: containment }: FunctionSpec) {
    if (containment === undefined || containment === null) return null
    return part(0x1d, (at) => view.setUint16(at + 8, containment.triggered ? 1 : 0, true))
  }

  function cxl({ cxl: port }: FunctionSpec) {
    if (port === undefined || port === null) return null
    return part(0x23, (at) => {
      view.setUint32(at + 4, ((0x28 << 20) | 0x1e98) >>> 0, true)
      view.setUint16(at + 8, 3, true)
      view.setUint16(at + 0x0c, port.unmaskSbr ? 1 : 0, true)
    })
  }

  function flexBus({ cxl: port }: FunctionSpec) {
    const link = port?.link
    if (link === undefined) return null
    return part(0x23, (at) => {
      view.setUint32(at + 4, ((0x20 << 20) | 0x20000 | 0x1e98) >>> 0, true)
      view.setUint16(at + 8, 7, true)
      // CXL.io, with CXL.mem beside it, or neither.
      view.setUint16(at + 0x0e, link === 'cxl' ? 0x0006 : 0, true)
    })
  }
}

function part(id: number, write: (at: number) => void) {
  return { id, write }
}
