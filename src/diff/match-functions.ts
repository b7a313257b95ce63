import { valueOrNull } from '../host/gap.js'
import type { PciAddress } from '../host/pci-address.js'
import type { RawFunction } from '../host/raw-host.js'
import type { PciDevice } from '../pci/device.js'
import type { Topology } from '../pci/topology.js'
import { groupBy } from '../text/lists.js'

/** A function that both hosts have. */
export interface Pair {
  readonly before: PciDevice
  readonly after: PciDevice
}

/** Which functions of two hosts are the same ones. */
export interface Matching {
  /** In the order of addresses after. */
  readonly pairs: readonly Pair[]
  readonly gone: readonly PciDevice[]
  readonly added: readonly PciDevice[]
  /** The same function after; undefined: it is gone. */
  readonly afterOf: (before: PciAddress) => PciAddress | undefined
  readonly pairOf: (after: PciAddress) => Pair | undefined
}

/**
 * Matches functions by address where the identity is the same too; then those that are left by identity alone, which is how a
 * function is found again that got another bus number. Of several equal ones that are not equally many, none is.
 */
export function matchFunctions(before: Topology, after: Topology): Matching {
  const pairs: Pair[] = []
  const gone: PciDevice[] = []
  for (const device of before.devices) {
    const same = after.byAddress.get(device.address)
    if (same !== undefined && isSame(device.raw, same.raw))
      pairs.push({ before: device, after: same })
    else gone.push(device)
  }
  const paired = new Set(pairs.map((pair) => pair.after.address))
  const added = after.devices.filter(({ address }) => !paired.has(address))
  const moved = matchMoved(gone, added)
  const all = [...pairs, ...moved].sort((a, b) => after.rank(a.after) - after.rank(b.after))
  const afterOf = new Map(all.map((pair) => [pair.before.address, pair.after.address]))
  const pairOf = new Map(all.map((pair) => [pair.after.address, pair]))
  return {
    pairs: all,
    gone: gone.filter(({ address }) => !afterOf.has(address)),
    added: added.filter(({ address }) => !pairOf.has(address)),
    afterOf: (address) => afterOf.get(address),
    pairOf: (address) => pairOf.get(address),
  }
}

function matchMoved(gone: readonly PciDevice[], added: readonly PciDevice[]): readonly Pair[] {
  const candidates = byIdentity(added)
  return [...byIdentity(gone)].flatMap(([identity, were]) => {
    const are = candidates.get(identity) ?? []
    if (are.length !== were.length) return []
    return were.flatMap((before, index) => {
      const now = are[index]
      return now === undefined ? [] : [{ before, after: now }]
    })
  })
}

function byIdentity(devices: readonly PciDevice[]): ReadonlyMap<string, readonly PciDevice[]> {
  const groups = groupBy(devices, ({ raw }) => identityOf(raw) ?? '')
  groups.delete('')
  return groups
}

const IDENTITY = [
  'vendorId',
  'deviceId',
  'subsystemVendorId',
  'subsystemDeviceId',
  'classCode',
] as const

/** What was not read on one side makes no difference. */
function isSame(before: RawFunction, after: RawFunction): boolean {
  return IDENTITY.every((field) => {
    const [was, is] = [before[field], after[field]]
    return !was.known || !is.known || was.value === is.value
  })
}

/** null: too little was read to find the function again somewhere else. */
function identityOf(raw: RawFunction): string | null {
  const { vendorId, deviceId, subsystemVendorId, subsystemDeviceId, classCode } = raw
  if (!vendorId.known || !deviceId.known || !classCode.known) return null
  const subsystem = [subsystemVendorId, subsystemDeviceId].map(valueOrNull)
  return JSON.stringify([vendorId.value, deviceId.value, classCode.value, ...subsystem])
}
