import type { Drivers } from '../agent/protocol.js'
import { distantGroupMembers, type Machine, siblingsOf, type TestFunction } from '../machine.js'

/** Which drivers the functions around a target are on. */
export interface BindState {
  readonly name: string
  readonly drivers: Drivers
  /** Everything that could be bound to vfio-pci is: the state in which all ways of opening are tried. */
  readonly isComplete: boolean
}

/** The complete state, and those in which one neighbour deviates from it in one way. */
export function bindStates(machine: Machine, target: TestFunction): readonly BindState[] {
  const siblings = siblingsOf(machine, target)
  const distant = distantGroupMembers(machine, target)
  const all = [target, ...siblings, ...distant]
  const state = (name: string, changed: Drivers, isComplete = false): BindState => ({
    name,
    drivers: { ...Object.fromEntries(all.map((one) => [one.address, driverOf(one)])), ...changed },
    isComplete,
  })
  const deviations = [
    ...deviationsOf('sibling', siblings.find(isFree)),
    ...deviationsOf('distant', distant.find(isFree)),
  ]
  return [
    state('all', {}, true),
    ...deviations.map(({ name, address, driver }) => state(name, { [address]: driver })),
  ]
}

function deviationsOf(role: string, one: TestFunction | undefined) {
  if (one === undefined) return []
  const { address, hostDriver } = one
  const drivers = { unbound: null, stub: 'pci-stub', host: hostDriver }
  return Object.entries(drivers).map(([how, driver]) => ({
    name: `${role}-${how}`,
    address,
    driver,
  }))
}

function driverOf({ fixedDriver }: TestFunction): string {
  return fixedDriver ?? 'vfio-pci'
}

function isFree({ fixedDriver }: TestFunction): boolean {
  return fixedDriver === null
}
