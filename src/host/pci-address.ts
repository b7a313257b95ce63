import { hex } from '../text/hex.js'

/**
 * Name of a PCI function as the kernel writes it, in hexadecimal: domain (at least four digits), bus, device, function, such
 * as `0000:65:00.1`.
 * @pattern ^[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$
 */
export type PciAddress = string & { readonly brand: 'PciAddress' }

/**
 * PCI functions, each once, sorted by domain, bus, device and function.
 * @uniqueItems true
 */
export type PciAddresses = readonly PciAddress[]

/**
 * Name of a PCI bus: domain and bus number in hexadecimal, such as `0000:65`.
 * @pattern ^[0-9a-f]{4,8}:[0-9a-f]{2}$
 */
export type BusId = string & { readonly brand: 'BusId' }

/** Domain, bus, device and function of an address as numbers; `device` and `func` are the two halves of devfn. */
export interface PciNumbers {
  readonly domain: number
  readonly bus: number
  readonly device: number
  readonly func: number
}

const ADDRESS = /^[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/
const BUS = /^[0-9a-f]{4,8}:[0-9a-f]{2}$/

/** The address in `text` if it has exactly the kernel's form (`pci_setup_device`), else undefined. */
export function parsePciAddress(text: string): PciAddress | undefined {
  return ADDRESS.test(text) ? (text as PciAddress) : undefined
}

/** The last address in a path: a class device's link leads through the folder of the function that carries it. */
export function lastAddressIn(path: string): PciAddress | undefined {
  return path
    .split('/')
    .flatMap((part) => parsePciAddress(part) ?? [])
    .at(-1)
}

/** The bus in `text` (`dddd:bb`), else undefined. */
export function parseBusId(text: string): BusId | undefined {
  return BUS.test(text) ? (text as BusId) : undefined
}

/** Bus of a function: everything before the last colon. */
export function busOf(address: PciAddress): BusId {
  return address.slice(0, -5) as BusId
}

/** Function number, the lower three bits of devfn. */
export function functionOf(address: PciAddress): number {
  return address.charCodeAt(address.length - 1) - 48
}

/** Device number, the upper five bits of devfn. */
export function deviceOf(address: PciAddress): number {
  return Number.parseInt(address.slice(-4, -2), 16)
}

/** All functions of one slot (same bus, same devfn >> 3) share this key. */
export function slotKeyOf(address: PciAddress): string {
  return address.slice(0, -2)
}

export function numbersOf(address: PciAddress): PciNumbers {
  const domain = address.slice(0, -8)
  return {
    domain: Number.parseInt(domain, 16),
    bus: Number.parseInt(address.slice(-7, -5), 16),
    device: deviceOf(address),
    func: functionOf(address),
  }
}

/** Builds the address the kernel would print for these numbers. */
export function formatPciAddress({ domain, bus, device, func }: PciNumbers): PciAddress {
  return `${hex(domain, 4)}:${hex(bus, 2)}:${hex(device, 2)}.${func}` as PciAddress
}

export function formatBusId(domain: number, bus: number): BusId {
  return `${hex(domain, 4)}:${hex(bus, 2)}` as BusId
}

export function mapByAddress<T extends { readonly address: PciAddress }>(
  values: readonly T[],
): Map<PciAddress, T> {
  return new Map(values.map((each) => [each.address, each]))
}

/** Orders by domain, bus, device, function. A longer domain is the greater one: the kernel prints no superfluous zero. */
export function comparePciAddress(a: PciAddress, b: PciAddress): number {
  if (a.length !== b.length) return a.length - b.length
  return a < b ? -1 : a > b ? 1 : 0
}
