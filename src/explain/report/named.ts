import type { PciAddress } from '../../host/pci-address.js'
import type { RawFunction, RawHost } from '../../host/raw-host.js'
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
