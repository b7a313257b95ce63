import { failure } from '../tree/failure.js'
import type { ReadFailure } from '../tree/tree.js'
import {
  type CapabilityBytes,
  type ConfigSpace,
  EXTENDED_SIZE,
  type HeaderRegisters,
  PLAIN_SIZE,
} from './config-space.js'

/**
 * Reads `length` bytes at `offset`; fewer when the readable part ends before. The bytes stay valid until the next call.
 */
export type ConfigReader = (offset: number, length: number) => Buffer

export interface WalkRequest {
  /** Size of the file: what `stat` says. */
  readonly size: number
  /** False for a copy: its size is that of the copy, not the kernel's word on the function. */
  readonly sizeIsKernels: boolean
}

/** Bounds of `__pci_find_next_cap_ttl` and `pci_find_next_ext_capability`; no list is longer, loops end. */
export const CAPABILITY_HOPS = 48
export const EXTENDED_HOPS = 480

/** Where the readable part can end before the size: without CAP_SYS_ADMIN, CardBus, without extended space. */
const UNPRIVILEGED_LIMIT = 64
const CARDBUS_LIMIT = 128

/** What the bus answers for a function that is not there. A VF answers the same, but VFs are not read. */
const DEAD = 0xffffffff

const NO_BYTES = new Uint8Array(0)

/**
 * Walks one configuration space by small reads, bodies only of the capabilities that verdicts rest on. Ends on any bytes;
 * 64 bytes are enough for a usual endpoint, 256 for a port.
 */
export function walkConfig(read: ConfigReader, request: WalkRequest): ConfigSpace | ReadFailure {
  let limit = request.size
  const take: ConfigReader = (offset, length) => {
    const bytes = read(offset, length)
    if (bytes.length < length) limit = Math.min(limit, limitBelow(offset + bytes.length))
    return bytes
  }
  const header = readHeader(take)
  if (header === undefined) return failure('truncated', `${request.size} bytes, no whole header`)
  const isDead = header.id === DEAD
  const capabilities = isDead ? null : readCapabilities(take, header)
  const extended = isDead ? null : readExtended(take, request, capabilities)
  const size = sizeOf(request, capabilities)
  return { header, capabilities, extended, limit: Math.min(limit, size), size }
}

type HeaderBytes = HeaderRegisters & { readonly headerType: number }

function readHeader(take: ConfigReader): HeaderBytes | undefined {
  const start = take(0, 16)
  if (start.length < 16) return undefined
  const header = {
    id: start.readUInt32LE(0),
    commandStatus: start.readUInt32LE(4),
    revision: start.readUInt8(8),
    headerType: start.readUInt8(14),
  }
  const type = header.headerType & 0x7f
  const hasBusNumbers = header.id !== DEAD && (type === 1 || type === 2)
  const buses = hasBusNumbers ? take(0x18, 4) : undefined
  return { ...header, busNumbers: buses?.length === 4 ? buses.readUInt32LE(0) : null }
}

/** `pci_find_capability`: status bit 4 says whether there is a list; a CardBus header keeps its start at 0x14. */
function readCapabilities(
  take: ConfigReader,
  { commandStatus, headerType }: HeaderBytes,
): CapabilityBytes[] | null {
  if ((commandStatus & 0x0010_0000) === 0) return []
  const pointer = take((headerType & 0x7f) === 2 ? 0x14 : 0x34, 1)
  if (pointer.length === 0) return null
  const found = new Map<number, CapabilityBytes>()
  let offset = pointer.readUInt8(0) & 0xfc
  while (offset >= 0x40 && found.size < CAPABILITY_HOPS && !found.has(offset)) {
    const entry = take(offset, 4)
    if (entry.length < 4) return null
    const id = entry.readUInt8(0)
    if (id === 0xff) break
    const next = entry.readUInt8(1)
    const wanted = wantedLength(id, entry.readUInt8(2))
    found.set(offset, { id, offset, bytes: readBody(take, offset, entry, wanted) })
    offset = next & 0xfc
  }
  return [...found.values()]
}

/** null: there may be a list, and it was not walked to its end. */
function readExtended(
  take: ConfigReader,
  request: WalkRequest,
  capabilities: readonly CapabilityBytes[] | null,
): CapabilityBytes[] | null {
  if (request.size <= PLAIN_SIZE && request.sizeIsKernels) return []
  if (capabilities === null) return null
  if (request.size <= PLAIN_SIZE && !capabilities.some(isExpress)) return []
  return walkExtended(take, capabilities.some(isPort))
}

/** `pci_find_ext_capability`. */
function walkExtended(take: ConfigReader, port: boolean): CapabilityBytes[] | null {
  const found = new Map<number, CapabilityBytes>()
  let offset = PLAIN_SIZE
  while (offset >= PLAIN_SIZE && found.size < EXTENDED_HOPS && !found.has(offset)) {
    const entry = take(offset, 4)
    if (entry.length < 4) return null
    const word = entry.readUInt32LE(0)
    if (word === 0 || word === 0xffffffff) break
    const id = word & 0xffff
    found.set(offset, {
      id,
      offset,
      bytes: readBody(take, offset, entry, extendedLength(id, port)),
    })
    offset = (word >>> 20) & 0xffc
  }
  return [...found.values()]
}

function readBody(take: ConfigReader, offset: number, entry: Buffer, wanted: number): Uint8Array {
  if (wanted === 0) return NO_BYTES
  const start = Uint8Array.from(entry)
  const rest = take(offset + start.length, wanted - start.length)
  const bytes = new Uint8Array(start.length + rest.length)
  bytes.set(start)
  bytes.set(rest, start.length)
  return bytes
}

/** Bytes wanted of a capability: PM to PMCSR, PCIe to DevCap (ports: to DevCtl2), AF to its status. */
function wantedLength(id: number, flags: number): number {
  if (id === 0x01) return 8
  if (id === 0x10) return isPortType(flags >> 4) ? 0x2c : 8
  return id === 0x13 ? 6 : 0
}

/** ACS (12: Intel's dword layout reaches to +0xb), ARI, SR-IOV; of ports also DPC and DVSEC. */
function extendedLength(id: number, port: boolean): number {
  if (id === 0x0d) return 12
  if (id === 0x0e) return 8
  if (id === 0x10) return 0x24
  if (id === 0x1d && port) return 12
  return id === 0x23 && port ? 0x10 : 0
}

function isExpress({ id }: CapabilityBytes): boolean {
  return id === 0x10
}

function isPort({ id, bytes }: CapabilityBytes): boolean {
  const flags = bytes[2]
  return id === 0x10 && flags !== undefined && isPortType(flags >> 4)
}

/** Root, upstream and downstream ports, and bridges between PCIe and PCI. */
function isPortType(type: number): boolean {
  return type >= 4 && type <= 8
}

/**
 * `pci_cfg_space_size` gives a PCIe function 4096 unless its extended space cannot be reached, so a copy that ends at 256
 * has probably lost the rest; without a PCIe capability 256 is all there is.
 */
function sizeOf(request: WalkRequest, found: readonly CapabilityBytes[] | null): number {
  if (request.size > PLAIN_SIZE) return EXTENDED_SIZE
  return !request.sizeIsKernels && found?.some(isExpress) ? EXTENDED_SIZE : PLAIN_SIZE
}

function limitBelow(end: number): number {
  if (end >= PLAIN_SIZE) return PLAIN_SIZE
  return end >= CARDBUS_LIMIT ? CARDBUS_LIMIT : UNPRIVILEGED_LIMIT
}
