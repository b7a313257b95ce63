import { numbersOf, type PciAddress } from '../../host/pci-address.js'
import type { IdPair } from '../../host/read/function-attributes.js'
import { append } from '../../text/lists.js'
import { extendedOffsets } from '../config-lists.js'
import type { PrintedFunction } from './printed-function.js'
import type { PrintedSriov } from './printed-sriov.js'

/** Which functions of a dump are VFs of which, by the SR-IOV registers of the PFs. */
export interface Virtfns {
  readonly physfnOf: (address: PciAddress) => PciAddress | undefined
  readonly virtfnsOf: (address: PciAddress) => readonly (readonly [index: number, PciAddress])[]
  /** TotalVFs of a PF. */
  readonly totalOf: (address: PciAddress) => number | undefined
  /** Vendor and device of a VF, which its own registers do not tell. */
  readonly idsOf: (address: PciAddress) => IdPair | undefined
}

/** `PCI_EXT_CAP_ID_SRIOV` (PCIe 9.3.3), and its bytes up to the VFs' device ID. */
const SRIOV_ID = 0x10
const SRIOV_LENGTH = 0x1c
const VF_ENABLE = 0x1

/** More functions than any host looks at; registers can state anything. */
const MOST_VISITS = 4_194_304

/** Follows the SR-IOV capability of every function of which the dump has the extended space. */
export function findVirtfns(functions: readonly PrintedFunction[]): Virtfns {
  const physfns = new Map<PciAddress, PciAddress>()
  const virtfns = new Map<PciAddress, (readonly [number, PciAddress])[]>()
  const totals = new Map<PciAddress, number>()
  const ids = new Map<PciAddress, IdPair>()
  const owners = functions.flatMap((each): readonly Owner[] => {
    const sriov = each.bytes === undefined ? each.sriov : sriovIn(each.bytes)
    return sriov === undefined ? [] : [{ address: each.address, ids: idsOf(each), sriov }]
  })
  const candidates = candidatesIn(functions, owners)
  const budget = { left: MOST_VISITS }
  for (const owner of owners) {
    const { address, ids: physical, sriov } = owner
    totals.set(address, sriov.total)
    const own = enabledVirtfns(owner, candidates, budget).filter(([, each]) => !physfns.has(each))
    virtfns.set(address, own)
    for (const [, virtfn] of own) {
      physfns.set(virtfn, address)
      if (physical !== undefined) {
        ids.set(virtfn, { vendor: physical.vendor, device: sriov.device })
      }
    }
  }
  return {
    physfnOf: (address) => physfns.get(address),
    virtfnsOf: (address) => virtfns.get(address) ?? [],
    totalOf: (address) => totals.get(address),
    idsOf: (address) => ids.get(address),
  }
}

/** A function whose SR-IOV capability was wholly dumped or printed. */
interface Owner {
  readonly address: PciAddress
  readonly ids: IdPair | undefined
  readonly sriov: PrintedSriov
}

function idsOf({ bytes, ids }: PrintedFunction): IdPair | undefined {
  return bytes === undefined
    ? ids
    : { vendor: bytes.readUInt16LE(0), device: bytes.readUInt16LE(2) }
}

/** A dumped function that can be a VF, by its routing ID. */
interface Candidate {
  readonly id: number
  readonly address: PciAddress
}

/** By domain, in order: all but those that have SR-IOV themselves. */
function candidatesIn(
  functions: readonly PrintedFunction[],
  owners: readonly Owner[],
): ReadonlyMap<number, readonly Candidate[]> {
  const physical = new Set(owners.map(({ address }) => address))
  const found = new Map<number, Candidate[]>()
  for (const { address } of functions) {
    if (physical.has(address)) continue
    append(found, numbersOf(address).domain, { id: routingId(address), address })
  }
  for (const each of found.values()) each.sort((a, b) => a.id - b.id)
  return found
}

function routingId(address: PciAddress): number {
  const { bus, device, func } = numbersOf(address)
  return (bus << 8) | (device << 3) | func
}

function sriovIn(bytes: Buffer): PrintedSriov | undefined {
  const at = extendedOffsets(bytes).find((each) => bytes.readUInt16LE(each) === SRIOV_ID)
  if (at === undefined || at + SRIOV_LENGTH > bytes.length) return undefined
  return {
    isEnabled: (bytes.readUInt16LE(at + 0x08) & VF_ENABLE) !== 0,
    total: bytes.readUInt16LE(at + 0x0e),
    count: bytes.readUInt16LE(at + 0x10),
    offset: bytes.readUInt16LE(at + 0x14),
    stride: bytes.readUInt16LE(at + 0x16),
    device: bytes.readUInt16LE(at + 0x1a),
  }
}

/**
 * `pci_iov_virtfn_bus` and `pci_iov_virtfn_devfn`: routing IDs from First VF Offset on, in steps of VF Stride. The dumped functions are
 * walked and not the numbers that the registers state.
 */
function enabledVirtfns(
  { address, sriov: { isEnabled, count, offset, stride } }: Owner,
  candidates: ReadonlyMap<number, readonly Candidate[]>,
  budget: { left: number },
): readonly (readonly [number, PciAddress])[] {
  if (!isEnabled) return []
  const start = routingId(address) + offset
  const own = candidates.get(numbersOf(address).domain) ?? []
  // Stride 0 puts all of them on one address.
  const last = start + (stride === 0 ? 0 : (count - 1) * stride)
  const found: (readonly [number, PciAddress])[] = []
  for (let place = firstFrom(own, start); count > 0 && place < own.length; place += 1) {
    const each = own[place]
    budget.left -= 1
    if (each === undefined || each.id > last || budget.left < 0) break
    const index = (each.id - start) / Math.max(stride, 1)
    if (Number.isInteger(index)) found.push([index, each.address])
  }
  return found
}

/** Place of the first candidate with that routing ID or a higher one. */
function firstFrom(candidates: readonly Candidate[], id: number): number {
  let [low, high] = [0, candidates.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((candidates[middle]?.id ?? 0) < id) low = middle + 1
    else high = middle
  }
  return low
}
