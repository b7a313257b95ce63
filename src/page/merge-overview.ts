import { isStated } from '../document/stated.js'
import type { PciAddress } from '../host/pci-address.js'
import type { DeviceReport, InspectReport } from '../inspect/document.js'
import type { Given } from '../topology/scene-options.js'
import type { AnalysedHost } from '../vfio/analysed-host.js'

/** The host as it would be, and how VM A and VM B would be answered about some functions. */
export interface Changed {
  readonly given: Given
  readonly world: AnalysedHost
  readonly ofA: (targets: readonly PciAddress[]) => InspectReport
  readonly ofB: (targets: readonly PciAddress[]) => InspectReport
}

/**
 * The report on a host on which some functions were given away, made from the one on the host as it was read. Only what
 * cannot be used independently of a function that was given, or of one that vanished with it, is asked about again: what
 * is bound outside of a unit changes nothing inside. The sentences of the others on who was asked stay as they were.
 */
export function withWhatDiffers(before: InspectReport, changed: Changed): InspectReport {
  const { given, world, ofA, ofB } = changed
  const { byAddress } = world.topology
  const vanished = before.devices.flatMap(({ address }) => (byAddress.has(address) ? [] : address))
  const met = withUnits([...given.keys(), ...vanished], before)
  let there: readonly PciAddress[] = []
  let answers: InspectReport = before
  // What is bound otherwise can be tied to others than before.
  for (let more = true; more; more = grow(met, answers)) {
    there = [...met].filter((address) => byAddress.has(address))
    answers = ofA(there)
  }
  const ofOther = there.filter((address) => given.get(address) === 'b')
  const fresh = new Map<PciAddress, DeviceReport>(
    [...answers.devices, ...(ofOther.length === 0 ? [] : ofB(ofOther).devices)].map((each) => [
      each.address,
      each,
    ]),
  )
  const isMet = (devices: readonly PciAddress[]) => devices.some((address) => met.has(address))
  const others = <T>(all: readonly T[], devicesOf: (each: T) => readonly PciAddress[]) =>
    all.filter((each) => !isMet(devicesOf(each)))
  const anew = <T>(all: readonly T[], devicesOf: (each: T) => readonly PciAddress[]) =>
    all.filter((each) => isMet(devicesOf(each)))
  return {
    ...before,
    host: answers.host,
    devices: before.devices.flatMap((each) =>
      met.has(each.address) ? (fresh.get(each.address) ?? []) : each,
    ),
    groups: [
      ...others(before.groups, ({ devices }) => devices),
      ...anew(answers.groups, ({ devices }) => devices),
    ].sort((a, b) => a.id - b.id),
    devSets: [
      ...others(before.devSets, ({ members }) => members),
      ...anew(answers.devSets, ({ members }) => members),
    ],
    units: [
      ...others(before.units, ({ devices }) => devices),
      ...anew(answers.units, ({ devices }) => devices),
    ].sort((a, b) => ((a.devices[0] ?? '') < (b.devices[0] ?? '') ? -1 : 1)),
    warnings: [
      ...before.warnings.filter(({ address }) => address === undefined || !met.has(address)),
      ...answers.warnings.filter(({ address }) => address !== undefined && met.has(address)),
    ],
  }
}

/** Functions, all that cannot be used independently of them, and the bridges above, whose warnings are on resets through them. */
function withUnits(
  functions: readonly PciAddress[],
  { units, devices }: InspectReport,
): Set<PciAddress> {
  const unitOf = new Map(units.flatMap((unit) => unit.devices.map((each) => [each, unit.devices])))
  const together = new Set(
    functions.flatMap((address) => [address, ...(unitOf.get(address) ?? [])]),
  )
  const parentOf = new Map(devices.map(({ address, parent }) => [address, parent]))
  // What is added is looked at too: all the way up to the root bus.
  for (const address of together) {
    const parent = parentOf.get(address) ?? null
    if (isStated(parent) && parent !== null) together.add(parent)
  }
  return together
}

/** Adds what the answers tie to what they are about; false: nothing. */
function grow(met: Set<PciAddress>, { units }: InspectReport): boolean {
  const before = met.size
  const tied = units.filter(({ devices }) => devices.some((address) => met.has(address)))
  for (const { devices } of tied) for (const address of devices) met.add(address)
  return met.size > before
}
