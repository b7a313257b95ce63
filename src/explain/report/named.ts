import type { PciAddress } from '../../host/pci-address.js'
import type { RawFunction, RawHost } from '../../host/raw-host.js'
import type { Gathered } from '../log/gathered.js'
import type { Counted } from '../log/kept-messages.js'

/** Functions of the host that are looked at for one message. */
const LIMIT = 16

/**
 * For each message the functions of the host that it names: by address, else by device file, else by group. A group that
 * stands beside an address is no name of its own.
 */
export function functionsNamed(
  messages: readonly Counted[],
  raw: Pick<RawHost, 'functions'>,
): ReadonlyMap<Counted, readonly PciAddress[]> {
  return new Map(messages.map((counted) => [counted, namedBy(counted, raw.functions)]))
}

/** Whether most of the functions that the messages name by address are missing on the host: another's, or gone. */
export function isOfAnotherHost(
  messages: readonly Counted[],
  raw: { readonly functions: readonly Pick<RawFunction, 'address'>[] },
): boolean {
  const named = new Set(messages.flatMap(({ message }) => message.devices))
  const present = raw.functions.filter(({ address }) => named.has(address))
  return present.length * 2 < named.size
}

/** Vendors of what a driver binds to, for drivers of one vendor. */
const VENDORS: ReadonlyMap<string, number> = new Map([
  ...['i915', 'xe', 'igb', 'igc', 'ixgbe', 'i40e', 'ice', 'e1000e', 'iwlwifi'].map(
    (driver) => [driver, 0x8086] as const,
  ),
  ...['nvidia', 'nouveau', 'NVRM: GPU'].map((driver) => [driver, 0x10de] as const),
  ...['amdgpu', 'radeon'].map((driver) => [driver, 0x1002] as const),
  ['mlx5_core', 0x15b3],
  ['virtio-pci', 0x1af4],
])

/** Vendors that have more than one number. */
const SAME_VENDOR: ReadonlyMap<number, number> = new Map([[0x1022, 0x1002]])

const PRINTED_BY = /(?:^|\s)([\w-]{1,32}|NVRM: GPU) ([0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]):/i

/**
 * Whether a message was printed by a driver that cannot have the function which the host has at that address: one of another
 * vendor, a port's for no bridge, or vfio-pci for a bridge.
 */
export function isOfOtherFunction(
  messages: readonly Pick<Gathered, 'message' | 'evidence'>[],
  { functions }: Pick<RawHost, 'functions'>,
): boolean {
  const at = new Map<string, RawFunction>(functions.map((each) => [each.address, each]))
  const texts = messages.flatMap(({ message, evidence }) => [
    message.text,
    ...evidence.map((each) => each.message.text),
  ])
  return texts.some((text) => {
    const [, driver = '', address = ''] = PRINTED_BY.exec(text) ?? []
    const found = at.get(address.toLowerCase())
    return found !== undefined && !canHave(driver, found)
  })
}

function canHave(driver: string, { vendorId, classCode }: RawFunction): boolean {
  const isBridge = classCode.known ? classCode.value >> 8 === 0x0604 : null
  if (driver === 'pcieport') return isBridge !== false
  if (driver === 'vfio-pci') return isBridge !== true
  const vendor = VENDORS.get(driver)
  if (vendor === undefined || !vendorId.known) return true
  return (SAME_VENDOR.get(vendorId.value) ?? vendorId.value) === vendor
}

/** A mediated device, of which the group is its own and no function's. */
const MEDIATED = /\/mdev\/devices\/|\bvfio [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-/i

function namedBy({ message }: Counted, functions: readonly RawFunction[]): readonly PciAddress[] {
  const { devices, cdevs, groups } = message
  if (devices.length === 0 && MEDIATED.test(message.text)) return []
  const matches = (test: (each: RawFunction) => boolean): readonly PciAddress[] =>
    functions
      .filter(test)
      .map(({ address }) => address)
      .slice(0, LIMIT)
  if (devices.length > 0) {
    const present = new Set(matches(({ address }) => devices.includes(address)))
    return devices.filter((address) => present.has(address))
  }
  if (cdevs.length > 0) {
    return matches(
      ({ vfioDev }) =>
        vfioDev.known && vfioDev.value !== null && cdevs.includes(vfioDev.value.name),
    )
  }
  return matches(
    ({ iommuGroup }) =>
      iommuGroup.known && iommuGroup.value !== null && groups.includes(iommuGroup.value),
  )
}
