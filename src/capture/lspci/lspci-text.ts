import { busOf, deviceOf, functionOf, numbersOf, type PciAddress } from '../../host/pci-address.js'
import { failure } from '../../host/tree/failure.js'
import { createMemoryTree, type MemoryEntry } from '../../host/tree/memory-tree.js'
import type { HostTree, TreeOrigin } from '../../host/tree/tree.js'
import { hex } from '../../text/hex.js'
import { EXTENDED_START } from '../config-lists.js'
import { type DumpedBus, layOutBuses } from './lspci-buses.js'
import { findVirtfns, type Virtfns } from './lspci-virtfns.js'
import { mergePrinted } from './merge-printed.js'
import { parseLspci } from './parse-lspci.js'
import { spaceOf } from './printed-config.js'
import type { PrintedFunction } from './printed-function.js'
import { SRIOV } from './printed-registers.js'

/** More functions than any output has. */
const FUNCTION_LIMIT = 65_536

const NOT_PRINTED: MemoryEntry = { failure: failure('not-captured', 'not in the text of lspci') }

const NO_DUMP =
  'it is neither an archive nor a dump by `lspci -xxxx`, nor other text of `lspci -nn` or a listing of IOMMU groups'

/**
 * The tree that text by lspci stands for, or a listing of IOMMU groups as people's scripts print it, or both one below the other:
 * what is printed of topology, registers, groups and drivers; all else is a gap. A string is the phrase that says why the text is
 * none of these.
 */
export function lspciTree(text: string, source: TreeOrigin): HostTree | string {
  const printed = parseLspci(text)
  if (printed.length === 0) return NO_DUMP
  if (printed.length > FUNCTION_LIMIT) return `it has more than ${FUNCTION_LIMIT} functions`
  const functions = mergePrinted(printed)
  if (typeof functions === 'string') return functions
  return createMemoryTree(entriesOf(functions), source)
}

type Entry = readonly [path: string, entry: MemoryEntry]

function* entriesOf(functions: readonly PrintedFunction[]): Generator<Entry> {
  const { folderOf, busesBelow } = layOutBuses(functions)
  const virtfns = findVirtfns(functions)
  const devices = devicesWithOthers(functions, virtfns)
  yield ['sys/bus/pci/devices', null]
  for (const each of functions) {
    const folder = folderOf(each.address)
    yield [`sys/bus/pci/devices/${each.address}`, { link: `../../../../${folder}` }]
    yield [folder, null]
    yield [`${folder}/config`, each.bytes ?? printedConfig(each, devices)]
    yield* links(folder, each)
    yield* attributes(folder, each, virtfns)
    yield* busEntries(folder, busesBelow(each.address))
    yield* virtualEntries(folder, each, virtfns)
  }
}

/** Bus and device numbers of devices of which functions beside 0 were printed. VFs are none of the device's own. */
function devicesWithOthers(
  functions: readonly PrintedFunction[],
  { physfnOf }: Virtfns,
): ReadonlySet<string> {
  const others = functions.filter(
    ({ address, isVirtual }) =>
      functionOf(address) > 0 && !isVirtual && physfnOf(address) === undefined,
  )
  return new Set(others.map(({ address }) => deviceNameOf(address)))
}

function deviceNameOf(address: PciAddress): string {
  return `${busOf(address)}:${deviceOf(address)}`
}

/** Registers that were printed by name, where the bytes were not. */
function printedConfig(
  { address, space, ids, revision, buses }: PrintedFunction,
  devices: ReadonlySet<string>,
): MemoryEntry {
  if (space === undefined) return NOT_PRINTED
  const { bus } = numbersOf(address)
  const config = spaceOf(space, {
    id: ids === undefined ? undefined : ((ids.device << 16) | ids.vendor) >>> 0,
    revision,
    busNumbers:
      buses === undefined ? null : bus | (buses.secondary << 8) | (buses.subordinate << 16),
    hasOthers: functionOf(address) === 0 && devices.has(deviceNameOf(address)),
  })
  return { config }
}

/** What the kernel states by links: lspci prints them from there. */
function* links(
  folder: string,
  { address, driver, group, isListed }: PrintedFunction,
): Generator<Entry> {
  if (driver === undefined) yield [`${folder}/driver`, NOT_PRINTED]
  else if (driver !== null)
    yield [`${folder}/driver`, { link: `../../../bus/pci/drivers/${driver}` }]
  if (group === undefined) yield [`${folder}/iommu_group`, NOT_PRINTED]
  else if (group !== null) {
    yield [`${folder}/iommu_group`, { link: `../../../kernel/iommu_groups/${group}` }]
    const members = `sys/kernel/iommu_groups/${group}/devices`
    if (isListed) yield [`${members}/${address}`, { link: `../../../../../${folder}` }]
  }
}

/**
 * Identity as the kernel keeps it, which lspci prints with `-n` and `-nn`; else as the registers state it, unless they answer all
 * ones. A VF answers all ones for its ids while it is well, and its PF states them.
 */
function* attributes(folder: string, each: PrintedFunction, virtfns: Virtfns): Generator<Entry> {
  const { address, bytes, ids, classCode, subsystem, revision, numaNode, space } = each
  const virtual = virtfns.idsOf(address)
  const isSilent = bytes === undefined || (isDead(bytes) && virtual === undefined)
  const registers = isSilent ? undefined : bytes
  const isNormal = registers !== undefined && (registers.readUInt8(14) & 0x7f) === 0
  const own = virtual ?? ids ?? pairAt(registers, 0)
  const sub = subsystem ?? (isNormal ? pairAt(registers, 0x2c) : undefined)
  yield* attribute(folder, 'vendor', own?.vendor, 4)
  yield* attribute(folder, 'device', own?.device, 4)
  yield* attribute(
    folder,
    'revision',
    registers?.readUInt8(8) ?? (isDead(bytes) || space?.isDead === true ? undefined : revision),
    2,
  )
  yield* attribute(folder, 'class', registers?.readUIntLE(9, 3) ?? classCode, 6)
  yield* attribute(folder, 'subsystem_vendor', sub?.vendor, 4)
  yield* attribute(folder, 'subsystem_device', sub?.device, 4)
  if (numaNode !== undefined) yield [`${folder}/numa_node`, `${numaNode}\n`]
}

/** Its registers answer all ones, also the one that lspci prints the revision from. */
function isDead(bytes: Buffer | undefined): boolean {
  return bytes !== undefined && bytes.readUInt32LE(0) === 0xffffffff
}

function pairAt(bytes: Buffer | undefined, at: number) {
  return bytes === undefined
    ? undefined
    : { vendor: bytes.readUInt16LE(at), device: bytes.readUInt16LE(at + 2) }
}

function* attribute(
  folder: string,
  name: string,
  value: number | undefined,
  digits: number,
): Generator<Entry> {
  if (value !== undefined) yield [`${folder}/${name}`, `0x${hex(value, digits)}\n`]
}

function* busEntries(folder: string, buses: readonly DumpedBus[]): Generator<Entry> {
  for (const bus of buses) yield [`${folder}/pci_bus/${bus}`, null]
}

function* virtualEntries(
  folder: string,
  { address, bytes, isVirtual, space }: PrintedFunction,
  { physfnOf, totalOf, virtfnsOf }: Virtfns,
): Generator<Entry> {
  const physfn = physfnOf(address)
  if (physfn !== undefined) yield [`${folder}/physfn`, { link: `../${physfn}` }]
  else if (isVirtual) yield [`${folder}/physfn`, NOT_PRINTED]
  const total = totalOf(address)
  if (total !== undefined) yield [`${folder}/sriov_totalvfs`, `${total}\n`]
  else if (bytes === undefined ? !isWithoutSriov(space) : isCut(bytes, physfn)) {
    yield [`${folder}/sriov_totalvfs`, NOT_PRINTED]
  }
  for (const [index, virtfn] of virtfnsOf(address)) {
    yield [`${folder}/virtfn${index}`, { link: `../${virtfn}` }]
  }
}

/** The list of extended capabilities was printed to its end, without it. */
function isWithoutSriov(space: PrintedFunction['space']): boolean {
  return space?.isExtendedWhole === true && !space.extended.some(({ id }) => id === SRIOV)
}

/** The extended space, in which SR-IOV stands, was not dumped; a VF has none. */
function isCut(bytes: Buffer, physfn: PciAddress | undefined): boolean {
  return physfn === undefined && bytes.length <= EXTENDED_START
}
