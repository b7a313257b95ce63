import { busOf, numbersOf, type PciAddress } from '../../host/pci-address.js'
import { hex } from '../../text/hex.js'
import { append } from '../../text/lists.js'

/** One function as a dump shows it: its address and the beginning of its configuration space. */
export interface DumpedFunction {
  readonly address: PciAddress
  readonly bytes: Buffer
}

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

interface Bridge {
  readonly address: PciAddress
  readonly domain: number
  readonly secondary: number
  readonly subordinate: number
}

/** Puts the functions below the bridges whose registers name their bus. A bus that no bridge names is a root bus. */
export function layOutBuses(functions: readonly DumpedFunction[]): BusLayout {
  const bridges = functions.flatMap(bridgeOf)
  const above = new Map<DumpedBus, PciAddress | undefined>()
  const below = new Map<PciAddress, DumpedBus[]>()
  for (const { address } of functions) {
    const bus = busOf(address)
    if (above.has(bus)) continue
    const bridge = bridgeAbove(bus, numbersOf(address), bridges)
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
    const parent = bridge === undefined ? `sys/devices/pci${bus}` : folderOf(bridge, depth + 1)
    return `${parent}/${address}`
  }

  return { folderOf: (address) => folderOf(address), busesBelow: (each) => below.get(each) ?? [] }
}

/** Header type 1 with bus numbers that firmware or kernel has set. */
function bridgeOf({ address, bytes }: DumpedFunction): readonly Bridge[] {
  const type = bytes.readUInt8(14) & 0x7f
  if (type !== 1 && type !== 2) return []
  const secondary = bytes.readUInt8(0x19)
  const subordinate = bytes.readUInt8(0x1a)
  const { domain, bus } = numbersOf(address)
  return secondary > bus ? [{ address, domain, secondary, subordinate }] : []
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
