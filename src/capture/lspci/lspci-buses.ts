import { busOf, numbersOf, type PciAddress } from '../../host/pci-address.js'
import { hex } from '../../text/hex.js'
import { append } from '../../text/lists.js'
import { expressType } from '../config-lists.js'
import type { PrintedFunction } from './printed-function.js'

/** `dddd:bb`. */
export type DumpedBus = string

/** Where the functions of a dump stand. */
export interface BusLayout {
  /** Folder of a function in sysfs, made from the bus numbers in the bridges. */
  readonly folderOf: (address: PciAddress) => string
  /** Buses right below a bridge: its secondary one, and those that only VFs of functions there stand on. */
  readonly busesBelow: (address: PciAddress) => readonly DumpedBus[]
}

/** Longest chain of bridges that is followed; bus numbers allow no more. */
const DEPTH_LIMIT = 32

/** Stands in the path of functions for a bridge that is not in the dump: they are not on the root bus, and under no known bridge. */
const UNSEEN = 'bridge-not-in-the-dump'

interface Bridge {
  readonly address: PciAddress
  readonly domain: number
  readonly secondary: number
  readonly subordinate: number
}

/**
 * Puts the functions below the bridges whose registers, or whose `Bus:` line, name their bus. A bus that no bridge names is a
 * root bus, or is below a bridge that was not dumped.
 */
export function layOutBuses(functions: readonly PrintedFunction[]): BusLayout {
  const bridges = functions.flatMap(bridgeOf)
  const onBus = new Map<DumpedBus, PrintedFunction[]>()
  for (const each of functions) append(onBus, busOf(each.address), each)
  const above = new Map<DumpedBus, PciAddress | undefined>()
  const below = new Map<PciAddress, DumpedBus[]>()
  for (const [bus, [first]] of onBus) {
    if (first === undefined) continue
    const bridge = bridgeAbove(bus, numbersOf(first.address), bridges)
    above.set(bus, bridge)
    if (bridge !== undefined) append(below, bridge, bus)
  }
  for (const bridge of bridges) {
    const secondary = `${bridge.address.split(':')[0]}:${hex(bridge.secondary, 2)}`
    const buses = below.get(bridge.address) ?? []
    // A bridge with nothing below it has a bus all the same.
    if (!buses.includes(secondary) && !above.has(secondary)) {
      below.set(bridge.address, [secondary, ...buses])
    }
  }

  function folderOf(address: PciAddress, depth = 0): string {
    const bus = busOf(address)
    const bridge = depth < DEPTH_LIMIT ? above.get(bus) : undefined
    if (bridge !== undefined) return `${folderOf(bridge, depth + 1)}/${address}`
    if (!isBelowUnseen(onBus.get(bus) ?? [])) return `sys/devices/pci${bus}/${address}`
    return `sys/devices/pci${address.split(':')[0]}:00/${UNSEEN}/${address}`
  }

  return { folderOf: (address) => folderOf(address), busesBelow: (each) => below.get(each) ?? [] }
}

/** Header type 1 with bus numbers that firmware or kernel has set. */
function bridgeOf({ address, bytes, buses }: PrintedFunction): readonly Bridge[] {
  const numbers = bytes === undefined ? buses : busesIn(bytes)
  if (numbers === undefined) return []
  const { domain, bus } = numbersOf(address)
  return numbers.secondary > bus ? [{ address, domain, ...numbers }] : []
}

function busesIn(bytes: Buffer): PrintedFunction['buses'] {
  const type = bytes.readUInt8(14) & 0x7f
  if (type !== 1 && type !== 2) return undefined
  return { secondary: bytes.readUInt8(0x19), subordinate: bytes.readUInt8(0x1a) }
}

/** PCIe types that stand below a link or a bridge, and those that stand on a root bus. */
const BELOW_LINK = new Set(['Endpoint', 'Legacy Endpoint', 'Upstream Port', 'Downstream Port'])
const BELOW_LINK_CODES = new Set([0, 1, 5, 6, 7])
const ROOT_PORT = 4

/**
 * Whether functions of a bus that no dumped bridge leads to hang below a bridge all the same: one of them is of a type that does, or
 * registers were not printed and the bus is not the first. A host bridge or a root port settles that it is a root bus.
 */
function isBelowUnseen(functions: readonly PrintedFunction[]): boolean {
  if (functions.some(isOfRootBus)) return false
  const [first] = functions
  if (first === undefined || numbersOf(first.address).bus === 0) return false
  return functions.some(
    ({ bytes, portType }) =>
      (portType !== undefined && BELOW_LINK.has(portType)) ||
      (bytes === undefined
        ? portType === undefined
        : BELOW_LINK_CODES.has(expressType(bytes) ?? -1)),
  )
}

function isOfRootBus({ bytes, classCode, portType }: PrintedFunction): boolean {
  const code = bytes === undefined ? classCode : bytes.readUIntLE(9, 3)
  if (code !== undefined && code >>> 8 === 0x0600) return true
  return portType === 'Root Port' || (bytes !== undefined && expressType(bytes) === ROOT_PORT)
}

/**
 * The bridge whose secondary bus it is; else the nearest one whose range has it, since VFs stand on buses that no bridge
 * names.
 */
function bridgeAbove(
  bus: DumpedBus,
  { domain, bus: number }: { readonly domain: number; readonly bus: number },
  bridges: readonly Bridge[],
): PciAddress | undefined {
  const inDomain = bridges.filter((bridge) => bridge.domain === domain)
  const own = inDomain.find(({ secondary }) => secondary === number)
  if (own !== undefined) return busOf(own.address) === bus ? undefined : own.address
  const around = inDomain.filter(
    ({ secondary, subordinate }) => secondary < number && number <= subordinate,
  )
  return around.sort((a, b) => b.secondary - a.secondary)[0]?.address
}
