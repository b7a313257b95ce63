import { isKnownAs } from '../../host/gap.js'
import { lastAddressIn, numbersOf, type PciAddress } from '../../host/pci-address.js'
import type { RawFunction, RawHost } from '../../host/raw-host.js'
import { NAMED_CLASSES } from '../../host/read/named-classes.js'
import type { HostTree } from '../../host/tree/tree.js'
import { PCI_BASE_CLASS_BRIDGE } from '../../pci/registers.js'
import { UsageError } from '../errors.js'
import { type DeviceQuery, parseDeviceQuery } from './device-query.js'
import { functionsNamed, type NamesOf, nearName } from './named-functions.js'

/** A host in which functions are looked for. */
export interface Searched {
  readonly raw: RawHost
  readonly tree: HostTree
  readonly names: NamesOf
}

/** The functions that the DEVICE arguments name, in the order given, each once. Throws a UsageError that says what was near. */
export function findDevices(arguments_: readonly string[], host: Searched): readonly PciAddress[] {
  const found = new Set<PciAddress>()
  for (const argument of arguments_) {
    for (const address of findDevice(argument, host)) found.add(address)
  }
  return [...found]
}

function findDevice(argument: string, host: Searched): readonly PciAddress[] {
  const query = parseDeviceQuery(argument)
  if (query === undefined) {
    throw new UsageError(`"${argument}" does not look like a device.`, {
      hint: 'Give an address such as 65:00.0, an ID such as 10de:2204, group:14, vfio3, the name of an interface or disk, or words of a name such as "RTX 3090".',
    })
  }
  const matches = matching(query, host)
  if (matches.length > 0) return matches
  throw new UsageError(`No function on this host matches "${argument}".`, {
    hint: nearHint(argument, query, host),
  })
}

function matching(query: DeviceQuery, host: Searched): readonly PciAddress[] {
  const { raw } = host
  switch (query.kind) {
    case 'address':
      return byAddress(query, raw)
    case 'id':
      return addresses(
        raw,
        ({ vendorId, deviceId }) =>
          isKnownAs(vendorId, query.vendor) &&
          (query.device === null || isKnownAs(deviceId, query.device)),
      )
    case 'group':
      return addresses(raw, ({ iommuGroup }) => isKnownAs(iommuGroup, query.group))
    case 'cdev':
      return addresses(raw, ({ vfioDev }) => vfioDev.known && vfioDev.value?.name === query.name)
    case 'name':
      return byName(query.name, host)
  }
}

/** Without a domain, domain 0 is meant where it matches; another domain only if it is the one that does. */
function byAddress(
  query: Extract<DeviceQuery, { kind: 'address' }>,
  raw: RawHost,
): readonly PciAddress[] {
  const matches = addresses(raw, ({ address }) => {
    const { domain, bus, device, func } = numbersOf(address)
    return (
      bus === query.bus &&
      (query.domain === null || domain === query.domain) &&
      (query.device === null || device === query.device) &&
      (query.func === null || func === query.func)
    )
  })
  if (query.domain !== null) return matches
  const domains = [...new Set(matches.map((address) => numbersOf(address).domain))]
  if (domains.includes(0)) return matches.filter((address) => numbersOf(address).domain === 0)
  if (domains.length < 2) return matches
  throw new UsageError(`The address is ambiguous: ${matches.slice(0, 4).join(', ')}.`, {
    hint: 'Write it with its domain.',
  })
}

/** Whether DEVICE can be there later although it is not now: words that no name has are a slip. */
export function canCome(argument: string): boolean {
  const query = parseDeviceQuery(argument)
  return query !== undefined && (query.kind !== 'name' || isOneWord(query.name))
}

/** What an interface or a disk can be called. */
function isOneWord(name: string): boolean {
  return /^[A-Za-z][\w.@-]*$/.test(name)
}

/** By the links of the classes whose names people use; else by the words of its name. */
function byName(name: string, { raw, tree, names }: Searched): readonly PciAddress[] {
  for (const each of isOneWord(name) ? NAMED_CLASSES : []) {
    const target = tree.readLink(`sys/class/${each}/${name}`)
    if (typeof target !== 'string') continue
    const carrier = lastAddressIn(target)
    if (carrier !== undefined) return addresses(raw, ({ address }) => address === carrier)
  }
  return functionsNamed(name, raw.functions, names())
}

function nearHint(argument: string, query: DeviceQuery, { raw, names }: Searched): string {
  if (query.kind === 'group') {
    const groups = raw.groups.map(({ id }) => id)
    const last = groups[groups.length - 1]
    return last === undefined
      ? 'This host has no IOMMU groups.'
      : `The host has groups ${groups[0]} to ${last}.`
  }
  const near = query.kind === 'name' ? nearName(query.name, names()) : undefined
  if (near !== undefined) return `Did you mean "${near}"?`
  const close = query.kind === 'address' ? nearAddress(argument, query, raw) : undefined
  return close ?? '`vfio-reset inspect --all` lists every function.'
}

/** What is on the bus, the nearest first; else an address in which one digit is another. Nobody means a bridge. */
function nearAddress(
  argument: string,
  { domain, bus, device }: Extract<DeviceQuery, { kind: 'address' }>,
  raw: RawHost,
): string | undefined {
  const endpoints = raw.functions
    .filter(({ classCode }) => !classCode.known || classCode.value >>> 16 !== PCI_BASE_CLASS_BRIDGE)
    .map(({ address }) => address)
  const distance = (address: PciAddress) => Math.abs(numbersOf(address).device - (device ?? 0))
  const near = endpoints
    .filter(
      (each) =>
        numbersOf(each).bus === bus && (domain === null || numbersOf(each).domain === domain),
    )
    .sort((one, other) => distance(one) - distance(other))
    .slice(0, 4)
  if (near.length > 0) return `On that bus there is ${near.join(', ')}.`
  const written = argument.toLowerCase()
  const close = endpoints.find((each) =>
    [each, each.slice('0000:'.length)].some((name) => isOneOff(written, name)),
  )
  return close === undefined ? undefined : `Did you mean ${close}?`
}

/** Whether one character is another one. */
function isOneOff(one: string, other: string): boolean {
  if (one.length !== other.length) return false
  return [...one].filter((char, index) => char !== other[index]).length === 1
}

function addresses(
  { functions }: RawHost,
  accepts: (each: RawFunction) => boolean,
): readonly PciAddress[] {
  return functions.filter(accepts).map(({ address }) => address)
}
