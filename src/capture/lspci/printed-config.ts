import type { CapabilityBytes, ConfigSpace } from '../../host/config/config-space.js'
import { EXTENDED_SIZE, PLAIN_SIZE } from '../../host/config/config-space.js'
import {
  ACS,
  DPC,
  DVSEC,
  PRINTED_REGISTERS,
  type PrintedCapability,
  SRIOV,
} from './printed-registers.js'

/** What the lines of `lspci -v` say of one function's configuration space, without its bytes. */
export interface PrintedSpace {
  /** It answers all ones: lspci prints `Unknown header type 7f`. */
  readonly isDead: boolean
  readonly capabilities: readonly CapabilityBytes[]
  readonly extended: readonly CapabilityBytes[]
  /**
   * The list was printed to its end. lspci prints standard capabilities, then extended ones, then drivers: what stands behind a
   * list shows that nothing of it is missing.
   */
  readonly isWhole: boolean
  readonly isExtendedWhole: boolean
}

/** Takes the lines of one function's block one after the other. */
export interface SpaceReading {
  take(line: string): void
  /** undefined: nothing of the space was printed. */
  finish(): PrintedSpace | undefined
}

const CAPABILITY = /^\s+Capabilities: \[([0-9a-f]{2,3})(?: v\d+)?\] (\S.*)$/i
/** `<access denied>`, `<chain broken>`: the list goes on, unseen. */
const BROKEN = /^\s+Capabilities: (?:\[[0-9a-f]{2,3}\] )?</i
const NO_LIST = /^\s+Status: Cap- /
const DEAD = /Unknown header type 7f/
const DRIVERS = /^\s+Kernel (?:driver in use|modules): /
const SECTION = /^\s+(\w+):\s(.*)$/

export function readSpace(): SpaceReading {
  const drafts: Draft[] = []
  const seen = { dead: false, noList: false, broken: false, drivers: false }

  function take(line: string): void {
    const draft = beginCapability(line)
    if (draft !== undefined) drafts.push(draft)
    else if (BROKEN.test(line)) seen.broken = true
    else if (DRIVERS.test(line)) seen.drivers = true
    else if (drafts.length > 0) addLine(drafts.at(-1), line)
    else takeHeaderLine(line)
  }

  function takeHeaderLine(line: string): void {
    seen.dead ||= DEAD.test(line)
    seen.noList ||= NO_LIST.test(line)
  }

  function finish(): PrintedSpace | undefined {
    if (!seen.dead && !seen.noList && drafts.length === 0) return undefined
    const capabilities = drafts.filter(({ offset }) => offset < PLAIN_SIZE).map(capabilityOf)
    const extended = drafts.filter(({ offset }) => offset >= PLAIN_SIZE).map(capabilityOf)
    const isWhole = seen.noList || (!seen.broken && (seen.drivers || extended.length > 0))
    const isConventional = isWhole && !capabilities.some(({ id }) => id === 0x10)
    const isExtendedWhole = isConventional || (!seen.broken && seen.drivers && extended.length > 0)
    return { isDead: seen.dead, capabilities, extended, isWhole, isExtendedWhole }
  }

  return { take, finish }
}

/** A capability whose lines are being read: texts by the name in front, such as `DevCap`. */
interface Draft {
  readonly offset: number
  readonly name: string
  readonly sections: Map<string, string>
  current: string
}

function beginCapability(line: string): Draft | undefined {
  const [, at, name] = CAPABILITY.exec(line) ?? []
  if (at === undefined || name === undefined || name.startsWith('<')) return undefined
  return { offset: Number.parseInt(at, 16), name, sections: new Map(), current: '' }
}

function addLine(draft: Draft | undefined, line: string): void {
  if (draft === undefined || !/^\s/.test(line)) return
  const [, section, rest] = SECTION.exec(line) ?? []
  if (section !== undefined) draft.current = section
  const before = draft.sections.get(draft.current) ?? ''
  draft.sections.set(draft.current, `${before} ${rest ?? line.trim()}`)
}

function capabilityOf({ offset, name, sections }: Draft): CapabilityBytes {
  const kind = kindOf(name, offset)
  const bytes: (number | undefined)[] = []
  const put = (at: number, size: number, value: number) => {
    for (let byte = 0; byte < size; byte += 1) bytes[at + byte] = (value >>> (byte * 8)) & 0xff
  }
  if (kind.id === EXPRESS) putExpressFlags(name, put)
  if (kind.id === DVSEC) putVendor(name, put)
  for (const { capability, section, at, size, flags } of PRINTED_REGISTERS) {
    const text = capability === kind.capability ? sections.get(section) : undefined
    const value = text === undefined ? undefined : registerIn(text, flags)
    if (value !== undefined) put(at, size, value)
  }
  return { id: kind.id, offset, bytes }
}

const EXPRESS = 0x10

interface Kind {
  readonly id: number
  readonly capability: PrintedCapability | null
}

/** By the names that lspci gives; 0 of a capability that no verdict needs. */
function kindOf(name: string, offset: number): Kind {
  if (offset >= PLAIN_SIZE)
    return KINDS_EXTENDED.find(([start]) => name.startsWith(start))?.[1] ?? OTHER
  return KINDS.find(([start]) => name.startsWith(start))?.[1] ?? OTHER
}

const OTHER: Kind = { id: 0, capability: null }

const KINDS: readonly (readonly [start: string, kind: Kind])[] = [
  ['Power Management', { id: 0x01, capability: 'pm' }],
  ['Express', { id: EXPRESS, capability: 'express' }],
  ['PCI Advanced Features', { id: 0x13, capability: 'af' }],
]

const KINDS_EXTENDED: readonly (readonly [start: string, kind: Kind])[] = [
  ['Access Control Services', { id: ACS, capability: 'acs' }],
  ['Single Root I/O Virtualization', { id: SRIOV, capability: null }],
  ['Downstream Port Containment', { id: DPC, capability: 'dpc' }],
  ['Designated Vendor-Specific', { id: DVSEC, capability: 'dvsec' }],
]

type Put = (at: number, size: number, value: number) => void

/** Device/port types (PCIe 7.5.3.2) in lspci's words, old and new. */
const PORT_TYPES: readonly (readonly [start: string, code: number])[] = [
  ['Endpoint', 0],
  ['Legacy Endpoint', 1],
  ['Root Port', 4],
  ['Upstream Port', 5],
  ['Downstream Port', 6],
  ['PCI-Express to PCI/PCI-X Bridge', 7],
  ['PCI/PCI-X Bridge', 7],
  ['PCI/PCI-X to PCI-Express Bridge', 8],
  ['Root Complex Integrated Endpoint', 9],
  ['Root Complex Event Collector', 10],
]

/** `Express (v2) Root Port (Slot+), MSI 00`: the flags register. */
function putExpressFlags(name: string, put: Put): void {
  const [, version = '0', words = ''] = /^Express (?:\(v(\d)\) )?(.*)$/.exec(name) ?? []
  const type = PORT_TYPES.find(([start]) => words.startsWith(start))?.[1]
  if (type === undefined) return
  const slot = words.includes('(Slot+)') ? 0x100 : 0
  put(2, 2, Number(version) | (type << 4) | slot)
}

/** `Designated Vendor-Specific: Vendor=1e98 ID=0003 Rev=0 Len=40`. */
function putVendor(name: string, put: Put): void {
  const [, vendor, id] = /Vendor=([0-9a-f]{4}) ID=([0-9a-f]{4})\b/i.exec(name) ?? []
  if (vendor === undefined || id === undefined) return
  put(4, 4, Number.parseInt(vendor, 16))
  put(8, 2, Number.parseInt(id, 16))
}

/** The register with the bits that verdicts ask; undefined unless all of them were printed. */
function registerIn(text: string, flags: ReadonlyMap<string, number>): number | undefined {
  const words = new Map(text.split(/[\s,;]+/).map((word) => [word.slice(0, -1), word.slice(-1)]))
  let value = 0
  for (const [name, bit] of flags) {
    const sign = words.get(name)
    if (sign !== '+' && sign !== '-') return undefined
    if (sign === '+') value |= bit
  }
  return value >>> 0
}

/** What is known of the header beside the printed lists. */
export interface PrintedHeader {
  readonly id: number | undefined
  readonly revision: number | undefined
  /** Bus numbers of a bridge as the dword at 0x18 has them, without the latency. */
  readonly busNumbers: number | null
  /** Other functions of the device were printed, so its function 0 has bit 7 set. */
  readonly hasOthers: boolean
}

/** The configuration space that the lines stand for: registers that were not printed are not in it. */
export function spaceOf(printed: PrintedSpace, header: PrintedHeader): ConfigSpace {
  const { id, revision = 0, busNumbers, hasOthers } = header
  const layout = busNumbers === null ? 0 : 1
  const cut: ('capabilities' | 'extended')[] = []
  if (!printed.isWhole) cut.push('capabilities')
  if (!printed.isExtendedWhole) cut.push('extended')
  return {
    header: {
      id: printed.isDead ? 0xffffffff : (id ?? 0),
      commandStatus: printed.isDead ? 0xffffffff : 0,
      revision,
      headerType: hasOthers ? layout | 0x80 : null,
      busNumbers: printed.isDead ? null : busNumbers,
    },
    capabilities: printed.isDead ? null : printed.capabilities,
    extended: printed.isDead ? null : printed.extended,
    limit: EXTENDED_SIZE,
    size: EXTENDED_SIZE,
    cut,
  }
}
