import { valueOrNull } from '../host/gap.js'
import { type BusId, mapByAddress, type PciAddress, slotKeyOf } from '../host/pci-address.js'
import type { RawFunction, RawHost } from '../host/raw-host.js'
import { append } from '../text/lists.js'
import { decodeDevice, type Relatives } from './decode-device.js'
import type { PciDevice } from './device.js'
import { placeOf } from './place.js'
import type { PciBus, Topology } from './topology.js'

/**
 * Decodes every function of a host and builds the indices that the rules walk. Linear in the number of functions. `like`: of
 * a host that differs in few of them; the others are taken from there.
 */
export function buildTopology(raw: RawHost, like?: Topology): Topology {
  const byAddress = decodeAll(raw, like?.byAddress ?? NOTHING)
  const devices = raw.functions.flatMap(({ address }) => byAddress.get(address) ?? [])
  const children = new Map<PciAddress, PciDevice[]>()
  const behindDmaDevice = new Map<PciAddress, PciDevice[]>()
  const ranks = new Map<PciDevice, number>()
  const bySlot = new Map<string, PciDevice[]>()
  const onBus = new Map<BusId, PciDevice[]>()
  for (const device of devices) {
    ranks.set(device, ranks.size)
    if (device.parent !== null) append(children, device.parent, device)
    if (device.dmaDevice !== null) append(behindDmaDevice, device.dmaDevice, device)
    append(bySlot, slotKeyOf(device.address), device)
    append(onBus, device.bus, device)
  }
  const byBus = new Map<BusId, PciBus>()
  for (const [id, members] of onBus) byBus.set(id, describeBus(id, members))
  return {
    raw,
    devices,
    byAddress,
    byBus,
    children,
    bySlot,
    behindDmaDevice,
    rank: (device) => ranks.get(device) ?? ranks.size,
    slots: raw.slots,
  }
}

const NOTHING: ReadonlyMap<PciAddress, PciDevice> = new Map()

/** Parents and PFs are decoded before what refers to them; a loop of references in a hostile tree ends. */
function decodeAll(
  raw: RawHost,
  like: ReadonlyMap<PciAddress, PciDevice>,
): Map<PciAddress, PciDevice> {
  const functions = mapByAddress(raw.functions)
  const decoded = new Map<PciAddress, PciDevice>()
  const visiting = new Set<PciAddress>()
  const visit = (address: PciAddress | null): PciDevice | undefined => {
    if (address === null) return undefined
    const done = decoded.get(address)
    const each = functions.get(address)
    if (done !== undefined || each === undefined || visiting.has(address)) return done
    visiting.add(address)
    const before = like.get(address)
    const isPlaced = before !== undefined && before.raw.path === each.path
    const place = isPlaced ? before : placeOf(address, each.path)
    const relatives = { parent: visit(place.parent), physfn: visit(physfnOf(each)) }
    const isDecoded =
      isPlaced && isReadAlike(before.raw, each) && isSame(relatives, relativesIn(like, before))
    const device = isDecoded ? withRaw(before, each) : decodeDevice(each, place, relatives)
    visiting.delete(address)
    decoded.set(address, device)
    return device
  }
  for (const { address } of raw.functions) visit(address)
  return decoded
}

function relativesIn(
  devices: ReadonlyMap<PciAddress, PciDevice>,
  { parent, raw }: PciDevice,
): Relatives {
  const at = (address: PciAddress | null) => (address === null ? undefined : devices.get(address))
  return { parent: at(parent), physfn: at(physfnOf(raw)) }
}

/** Whether all that is decoded of a function is the same; its driver, for one, is not. */
function isReadAlike(one: RawFunction, other: RawFunction): boolean {
  return (
    one === other ||
    (one.config === other.config &&
      one.physfn === other.physfn &&
      one.classCode === other.classCode &&
      one.childBuses === other.childBuses)
  )
}

function withRaw(before: PciDevice, raw: RawFunction): PciDevice {
  return before.raw === raw ? before : { ...before, raw }
}

function isSame(one: Relatives, other: Relatives): boolean {
  return isDecodedAlike(one.parent, other.parent) && isDecodedAlike(one.physfn, other.physfn)
}

/** As far as the decoding of others asks. */
function isDecodedAlike(one: PciDevice | undefined, other: PciDevice | undefined): boolean {
  if (one === undefined || other === undefined) return one === other
  return (
    one.raw.config === other.raw.config &&
    one.portType === other.portType &&
    one.secondaryBus === other.secondaryBus
  )
}

function physfnOf(raw: RawFunction): PciAddress | null {
  return valueOrNull(raw.physfn)
}

function describeBus(id: BusId, members: readonly PciDevice[]): PciBus {
  // A VF can share the bus number of a real bus: any member that is not on a virtual bus settles it.
  const real = members.find(({ onVirtualBus }) => !onVirtualBus.known || !onVirtualBus.value)
  if (real === undefined) return { id, bridge: null, kind: 'virtual', devices: members }
  if (real.onRootBus) return { id, bridge: null, kind: 'root', devices: members }
  if (real.parent === null) return { id, bridge: null, kind: 'unseen', devices: members }
  return { id, bridge: real.parent, kind: 'secondary', devices: members }
}
