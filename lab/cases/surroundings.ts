import {
  distantGroupMembers,
  type Machine,
  siblingsOf,
  strangerTo,
  type TestFunction,
} from '../machine.js'

/** What stands around a target, as far as calls differ by it. */
export interface Surroundings {
  readonly target: string
  /** Functions on its bus. */
  readonly siblings: readonly string[]
  /** Functions of its group on other buses. */
  readonly distant: readonly string[]
  /** One function of every group on its bus: those whose group files a caller has to pass. */
  readonly groupOwners: readonly string[]
  /** A function that has nothing to do with it; null where the machine has none. */
  readonly stranger: string | null
}

export function surroundingsOf(machine: Machine, target: TestFunction): Surroundings {
  const siblings = siblingsOf(machine, target)
  const owners = new Map<number | string, string>()
  for (const { address, group } of [target, ...siblings]) {
    // Without an IOMMU each function gets a group of its own.
    const key = group ?? address
    if (!owners.has(key)) owners.set(key, address)
  }
  return {
    target: target.address,
    siblings: siblings.map(({ address }) => address),
    distant: distantGroupMembers(machine, target).map(({ address }) => address),
    groupOwners: [...owners.values()],
    stranger: strangerTo(machine, target)?.address ?? null,
  }
}
