import { numbersOf, type PciAddress, parsePciAddress } from '../../host/pci-address.js'
import { hex } from '../../text/hex.js'
import { extendedOffsets } from '../config-lists.js'
import type { DumpedFunction } from './lspci-buses.js'

/** Which functions of a dump are VFs of which, by the SR-IOV registers of the PFs. */
export interface Virtfns {
  readonly physfnOf: (address: PciAddress) => PciAddress | undefined
  readonly virtfnsOf: (address: PciAddress) => readonly (readonly [index: number, PciAddress])[]
  /** TotalVFs of a PF. */
  readonly totalOf: (address: PciAddress) => number | undefined
  /** Vendor and device of a VF, which its own registers do not tell. */
  readonly idsOf: (address: PciAddress) => Ids | undefined
}

interface Ids {
  readonly vendor: number
  readonly device: number
}

/** Bytes of the SR-IOV capability up to the VFs' device ID (PCIe 9.3.3). */
const SRIOV_ID = 0x10
const SRIOV_LENGTH = 0x1c
const VF_ENABLE = 0x1

/** Follows the SR-IOV capability of every function of which the dump has the extended space. */
export function findVirtfns(functions: readonly DumpedFunction[]): Virtfns {
  const dumped = new Set(functions.map(({ address }) => address))
  const physfns = new Map<PciAddress, PciAddress>()
  const virtfns = new Map<PciAddress, (readonly [number, PciAddress])[]>()
  const totals = new Map<PciAddress, number>()
  const ids = new Map<PciAddress, Ids>()
  for (const { address, bytes } of functions) {
    const at = findSriov(bytes)
    if (at === undefined) continue
    totals.set(address, bytes.readUInt16LE(at + 0x0e))
    const vendor = bytes.readUInt16LE(0)
    const device = bytes.readUInt16LE(at + 0x1a)
    const own = enabledVirtfns(address, bytes, at).filter(([, each]) => dumped.has(each))
    virtfns.set(address, own)
    for (const [, virtfn] of own) {
      physfns.set(virtfn, address)
      ids.set(virtfn, { vendor, device })
    }
  }
  return {
    physfnOf: (address) => physfns.get(address),
    virtfnsOf: (address) => virtfns.get(address) ?? [],
    totalOf: (address) => totals.get(address),
    idsOf: (address) => ids.get(address),
  }
}

/** Offset of the capability, wholly dumped. */
function findSriov(bytes: Buffer): number | undefined {
  const at = extendedOffsets(bytes).find((each) => bytes.readUInt16LE(each) === SRIOV_ID)
  return at !== undefined && at + SRIOV_LENGTH <= bytes.length ? at : undefined
}

/** `pci_iov_virtfn_bus` and `pci_iov_virtfn_devfn`: routing IDs from First VF Offset on, in steps of VF Stride. */
function enabledVirtfns(
  address: PciAddress,
  bytes: Buffer,
  at: number,
): readonly (readonly [number, PciAddress])[] {
  if ((bytes.readUInt16LE(at + 0x08) & VF_ENABLE) === 0) return []
  const count = bytes.readUInt16LE(at + 0x10)
  const offset = bytes.readUInt16LE(at + 0x14)
  const stride = bytes.readUInt16LE(at + 0x16)
  const { bus, device, func } = numbersOf(address)
  const start = (bus << 8) | (device << 3) | func
  const found: (readonly [number, PciAddress])[] = []
  for (let index = 0; index < count; index++) {
    const id = start + offset + index * stride
    const virtfn = id <= 0xffff ? addressOf(address.split(':', 1).join(''), id) : undefined
    if (virtfn === undefined) break
    if (virtfn !== address) found.push([index, virtfn])
  }
  return found
}

function addressOf(domain: string, id: number): PciAddress | undefined {
  const bus = hex(id >> 8, 2)
  const device = hex((id >> 3) & 0x1f, 2)
  return parsePciAddress(`${domain}:${bus}:${device}.${id & 7}`)
}
