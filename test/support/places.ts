import type { FunctionSpec } from './functions.js'

/** Folders of all functions, worked out from bus numbers as the kernel lays them out. */
export interface Places {
  readonly byAddress: ReadonlyMap<string, FunctionSpec>
  pathOf(address: string): string
  /** Buses that hang in a function's folder: its secondary bus and the virtual buses of PFs below it. */
  childBuses(spec: FunctionSpec): readonly string[]
  /** VFs of a PF, by index. */
  virtfns(pf: string): readonly FunctionSpec[]
  /** Highest bus number below a bridge, its own secondary bus included. */
  subordinate(spec: FunctionSpec): number
}

/** `rootPaths` says where a root bus hangs if not directly below `sys/devices`. */
export function placeFunctions(
  functions: readonly FunctionSpec[],
  rootPaths: Readonly<Record<string, string>>,
): Places {
  const byAddress = new Map(functions.map((each) => [each.address, each]))
  const bridges = new Map(functions.flatMap((each) => entry(secondaryBus(each), each)))
  const domains = new Map(functions.flatMap((each) => entry(each.childDomain, each)))
  const paths = new Map<string, string>()
  const subordinates = new Map<string, number>()
  const virtfns = new Map<string, FunctionSpec[]>()
  const bridgesOn = new Map<string, FunctionSpec[]>()
  const virtualBuses = new Map<string, Set<string>>()
  for (const each of functions) {
    const bus = busOf(each.address)
    if (each.secondary !== undefined) push(bridgesOn, bus, each)
    if (each.vf === undefined) continue
    push(virtfns, each.vf.pf, each)
    const pfBus = busOf(each.vf.pf)
    virtualBuses.set(pfBus, (virtualBuses.get(pfBus) ?? new Set()).add(bus))
  }
  for (const list of virtfns.values()) list.sort((a, b) => (a.vf?.index ?? 0) - (b.vf?.index ?? 0))

  function pathOf(address: string): string {
    const done = paths.get(address)
    if (done !== undefined) return done
    const path = `${folderOf(address)}/${address}`
    paths.set(address, path)
    return path
  }

  function folderOf(address: string): string {
    const bus = busOf(address)
    const bridge = bridges.get(bus)
    if (bridge !== undefined) return pathOf(bridge.address)
    const pf = byAddress.get(address)?.vf?.pf
    if (pf !== undefined && busOf(pf) !== bus) return pathOf(pf).split('/').slice(0, -1).join('/')
    const owner = domains.get(bus)
    if (owner !== undefined) return `${pathOf(owner.address)}/pci${bus}`
    return rootPaths[bus] ?? `sys/devices/pci${bus}`
  }

  function childBuses(spec: FunctionSpec): readonly string[] {
    const real = secondaryBus(spec)
    if (real === undefined) return []
    return [...new Set([real, ...(virtualBuses.get(real) ?? [])])].sort()
  }

  function subordinate(spec: FunctionSpec): number {
    const done = subordinates.get(spec.address)
    if (done !== undefined) return done
    const buses = childBuses(spec)
    const below = buses.flatMap((bus) => bridgesOn.get(bus) ?? [])
    const highest = Math.max(...buses.map(busNumber), ...below.map(subordinate), 0)
    subordinates.set(spec.address, highest)
    return highest
  }

  return { byAddress, pathOf, childBuses, virtfns: (pf) => virtfns.get(pf) ?? [], subordinate }
}

/** `dddd:bb` of an address. */
export function busOf(address: string): string {
  return address.slice(0, -5)
}

/** Number of a bus within its domain. */
export function busNumber(bus: string): number {
  return Number.parseInt(bus.slice(-2), 16)
}

/** Bus, device and function as the 16-bit requester ID. */
export function requesterId(address: string): number {
  const device = Number.parseInt(address.slice(-4, -2), 16)
  return (busNumber(busOf(address)) << 8) | (device << 3) | Number(address.slice(-1))
}

function secondaryBus({ address, secondary }: FunctionSpec): string | undefined {
  return secondary === undefined ? undefined : `${address.slice(0, -8)}:${secondary}`
}

function entry(key: string | undefined, spec: FunctionSpec): [string, FunctionSpec][] {
  return key === undefined ? [] : [[key, spec]]
}

function push(map: Map<string, FunctionSpec[]>, key: string, spec: FunctionSpec): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [spec])
  else list.push(spec)
}
