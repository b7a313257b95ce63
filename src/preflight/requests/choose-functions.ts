import { isKnownAs } from '../../host/gap.js'
import type { PciAddress } from '../../host/pci-address.js'
import type { RawFunction, RawHost } from '../../host/raw-host.js'
import { PCI_BASE_CLASS_BRIDGE } from '../../pci/registers.js'
import type {
  ByIds,
  ByNetdev,
  ByNetwork,
  DeviceChoice,
  FunctionPattern,
  ListedFunction,
  NotFollowed,
} from '../inputs/vm-input.js'
import { addressesAt, type Choice, type ChosenFunction, type RequestHost } from './choice.js'
import { mappedFunctions } from './mapped-functions.js'

/** The functions that a choice means; or why that cannot be told. */
export function chooseFunctions(which: DeviceChoice, host: RequestHost): Choice | NotFollowed {
  const { raw } = host
  switch (which.by) {
    case 'address':
      return only(addressesAt(which.place, raw))
    case 'group':
      return matching(which.text, raw, ({ iommuGroup }) => isKnownAs(iommuGroup, which.group))
    case 'cdev':
      return matching(
        which.text,
        raw,
        ({ vfioDev }) => vfioDev.known && vfioDev.value?.name === which.name,
      )
    case 'ids':
      return byIds(which, raw)
    case 'netdev':
      return byNetdev(which, host)
    case 'vf': {
      const [parent] = addressesAt(which.parent, raw)
      return parent === undefined
        ? { cause: 'no-match', text: which.text }
        : vfsOf(parent, which.text, raw)
    }
    case 'list':
      return listed(which.functions, raw)
    case 'mapping':
      return mappedFunctions(which.name, host)
    case 'network':
      return byNetwork(which, host)
  }
}

function only(addresses: readonly PciAddress[]): Choice {
  return { sets: [addresses.map(unmapped)], gives: 'one' }
}

export function unmapped(address: PciAddress): ChosenFunction {
  return { address, mapped: null }
}

/** Bridges are in groups too, and no VM gets them. */
function matching(
  text: string,
  raw: RawHost,
  accepts: (each: RawFunction) => boolean,
): Choice | NotFollowed {
  const found = raw.functions.filter((each) => accepts(each) && !isBridge(each))
  if (found.length === 0) return { cause: 'no-match', text }
  return only(found.map(({ address }) => address))
}

function isBridge({ classCode }: RawFunction): boolean {
  return classCode.known && classCode.value >>> 16 === PCI_BASE_CLASS_BRIDGE
}

function byIds({ pattern, count, text }: ByIds, raw: RawHost): Choice | NotFollowed {
  const fits = raw.functions.map((each) => ({ address: each.address, fits: fitOf(pattern, each) }))
  const found = fits.filter((each) => each.fits === true).map(({ address }) => unmapped(address))
  if (fits.some((each) => each.fits === null)) return { cause: 'pool', text }
  if (found.length === 0) return { cause: 'no-match', text }
  if (count === found.length) return { sets: [found], gives: 'one' }
  if (count === 1) return { sets: found.map((each) => [each]), gives: 'one' }
  if (count === 'each') return { sets: found.map((each) => [each]), gives: 'all' }
  return { cause: 'pool', text }
}

/** Whether a function fits; null: that hangs on what was not read. */
function fitOf(pattern: FunctionPattern, raw: RawFunction): boolean | null {
  if (pattern.address !== null && !pattern.address.test(raw.address)) return false
  let fits: boolean | null = true
  for (const [wanted, found] of [
    [pattern.vendor, raw.vendorId],
    [pattern.device, raw.deviceId],
  ] as const) {
    if (wanted === null) continue
    if (found.known && found.value !== wanted) return false
    if (!found.known) fits = null
  }
  return fits
}

function byNetwork({ name }: ByNetwork, host: RequestHost): Choice | NotFollowed {
  const text = `network ${name}`
  const network = host.surroundings.networks.get(name)
  if (network === undefined) return { cause: 'network', text }
  if (network.kind === 'plain') return only([])
  const { parent, places } = network
  if (parent !== null) return byNetdev({ by: 'netdev', name: parent, gives: 'a-vf', text }, host)
  if (places.length === 0) return { cause: 'pool', text }
  const sets = places.map((place) => addressesAt(place, host.raw).map(unmapped))
  return { sets, gives: 'one' }
}

/** One whose IDs are others is not given away, and may be another card than the list means. */
function listed(functions: readonly ListedFunction[], raw: RawHost): Choice | NotFollowed {
  const other = functions.find((each) => isOther(each, raw))
  if (other !== undefined) return { cause: 'no-match', text: other.text }
  const addresses = [...new Set(functions.flatMap(({ place }) => addressesAt(place, raw)))]
  const sets = new Map<number | PciAddress, ChosenFunction[]>()
  for (const address of addresses) {
    const group = raw.functions.find((each) => each.address === address)?.iommuGroup
    const key = group?.known === true && group.value !== null ? group.value : address
    sets.set(key, [...(sets.get(key) ?? []), unmapped(address)])
  }
  return { sets: [...sets.values()], gives: 'all' }
}

/** One that is not there, or was not read, is no other. */
function isOther({ place, vendor, device }: ListedFunction, raw: RawHost): boolean {
  const addresses = addressesAt(place, raw)
  const found = raw.functions.filter(({ address }) => addresses.includes(address))
  return found.some((each) => fitOf({ vendor, device, address: null }, each) === false)
}

function byNetdev(
  { name, gives, text }: ByNetdev,
  { raw, surroundings }: RequestHost,
): Choice | NotFollowed {
  const address = surroundings.netdevs.get(name)
  if (address === undefined) return { cause: 'no-match', text }
  return gives === 'itself' ? only([address]) : vfsOf(address, text, raw)
}

function vfsOf(address: PciAddress, text: string, raw: RawHost): Choice | NotFollowed {
  const vfs = raw.functions.find((each) => each.address === address)?.virtfns ?? []
  if (vfs.length === 0) return { cause: 'no-match', text }
  return { sets: vfs.map((each) => [unmapped(each)]), gives: 'one' }
}
