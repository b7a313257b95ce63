import { type PciAddress, parsePciAddress } from '../../host/pci-address.js'
import { failure } from '../../host/tree/failure.js'
import { createMemoryTree, type MemoryEntry } from '../../host/tree/memory-tree.js'
import type { HostTree, TreeOrigin } from '../../host/tree/tree.js'
import { hex } from '../../text/hex.js'
import { type DumpedBus, type DumpedFunction, layOutBuses } from './lspci-buses.js'
import { findVirtfns, type Virtfns } from './lspci-virtfns.js'

/** Address in front of a function's line; domain 0 is left out unless the host has others. */
const HEADER = /^((?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[01][0-9a-f]\.[0-7])\s/i

/** Sixteen bytes of configuration space behind their offset. */
const DUMP = /^([0-9a-f]{2,3}):((?: [0-9a-f]{2}){16})\s*$/i

/** Whole standard header: without it a function has no place. */
const HEADER_LENGTH = 64

/** More functions than any output has. */
const FUNCTION_LIMIT = 65_536

/** What `lspci` prints of a driver or group is for people; here they count as not recorded. */
const NOT_PRINTED: MemoryEntry = { failure: failure('not-captured', 'not in the dump of lspci') }

/**
 * The tree that a dump by `lspci -xxxx` (or `-xxx`, `-x`) stands for: topology and registers; all else is a gap. A string is the
 * phrase that says why the text is no such dump.
 */
export function lspciTree(text: string, source: TreeOrigin): HostTree | string {
  const functions = parseDump(text)
  if (functions.length === 0) return 'it is neither an archive nor a dump by `lspci -xxxx`'
  if (functions.length > FUNCTION_LIMIT) return `it dumps more than ${FUNCTION_LIMIT} functions`
  const twice = functions.find(({ address }, index) => functions[index + 1]?.address === address)
  if (twice !== undefined) return `it dumps ${twice.address} twice`
  return createMemoryTree(entriesOf(functions), source)
}

/** Functions with at least a whole header, by address. */
function parseDump(text: string): readonly DumpedFunction[] {
  const functions: { address: PciAddress; bytes: number[] }[] = []
  let current: { address: PciAddress; bytes: number[] } | undefined
  for (const line of text.split('\n')) {
    const address = addressIn(line)
    if (address !== undefined) {
      current = { address, bytes: [] }
      functions.push(current)
      continue
    }
    const [, offset, digits] = DUMP.exec(line) ?? []
    if (current === undefined || offset === undefined || digits === undefined) continue
    if (Number.parseInt(offset, 16) !== current.bytes.length) continue
    for (const byte of digits.trim().split(' ')) current.bytes.push(Number.parseInt(byte, 16))
  }
  return functions
    .filter(({ bytes }) => bytes.length >= HEADER_LENGTH)
    .map(({ address, bytes }) => ({ address, bytes: Buffer.from(bytes) }))
    .sort((a, b) => (a.address < b.address ? -1 : 1))
}

function addressIn(line: string): PciAddress | undefined {
  const text = HEADER.exec(line)?.[1]?.toLowerCase()
  if (text === undefined) return undefined
  return parsePciAddress(text.split(':').length === 2 ? `0000:${text}` : text)
}

function* entriesOf(
  functions: readonly DumpedFunction[],
): Generator<readonly [string, MemoryEntry]> {
  const { folderOf, busesBelow } = layOutBuses(functions)
  const virtfns = findVirtfns(functions)
  yield ['sys/bus/pci/devices', null]
  for (const each of functions) {
    const folder = folderOf(each.address)
    yield [`sys/bus/pci/devices/${each.address}`, { link: `../../../../${folder}` }]
    yield [`${folder}/config`, each.bytes]
    yield [`${folder}/driver`, NOT_PRINTED]
    yield [`${folder}/iommu_group`, NOT_PRINTED]
    yield* attributes(folder, each, virtfns)
    yield* busEntries(folder, busesBelow(each.address))
    yield* virtualEntries(folder, each.address, virtfns)
  }
}

/** Identity as sysfs states it. A VF answers all ones for its ids, which its PF states for it. */
function* attributes(
  folder: string,
  { address, bytes }: DumpedFunction,
  virtfns: Virtfns,
): Generator<readonly [string, MemoryEntry]> {
  const ids = virtfns.idsOf(address) ?? {
    vendor: bytes.readUInt16LE(0),
    device: bytes.readUInt16LE(2),
  }
  yield [`${folder}/vendor`, attribute(ids.vendor, 4)]
  yield [`${folder}/device`, attribute(ids.device, 4)]
  yield [`${folder}/revision`, attribute(bytes.readUInt8(8), 2)]
  yield [`${folder}/class`, attribute(bytes.readUIntLE(9, 3), 6)]
  if ((bytes.readUInt8(14) & 0x7f) !== 0) return
  yield [`${folder}/subsystem_vendor`, attribute(bytes.readUInt16LE(0x2c), 4)]
  yield [`${folder}/subsystem_device`, attribute(bytes.readUInt16LE(0x2e), 4)]
}

function* busEntries(
  folder: string,
  buses: readonly DumpedBus[],
): Generator<readonly [string, MemoryEntry]> {
  for (const bus of buses) yield [`${folder}/pci_bus/${bus}`, null]
}

function* virtualEntries(
  folder: string,
  address: PciAddress,
  { physfnOf, totalOf, virtfnsOf }: Virtfns,
): Generator<readonly [string, MemoryEntry]> {
  const physfn = physfnOf(address)
  if (physfn !== undefined) yield [`${folder}/physfn`, { link: `../${physfn}` }]
  const total = totalOf(address)
  if (total !== undefined) yield [`${folder}/sriov_totalvfs`, `${total}\n`]
  for (const [index, virtfn] of virtfnsOf(address)) {
    yield [`${folder}/virtfn${index}`, { link: `../${virtfn}` }]
  }
}

function attribute(value: number, digits: number): string {
  return `0x${hex(value, digits)}\n`
}
