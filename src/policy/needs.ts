import type { PciAddress } from '../host/pci-address.js'
import type { GroupNumber } from '../host/scalars.js'
import { groupNumbers } from '../iommu/groups.js'
import type { PciDevice } from '../pci/device.js'
import type { ResetCase } from './reset-case.js'

/**
 * What the caller must have for a reset of the case's target, everything in `affected` being bound; null: never enough.
 */
export type NeedsOf = (c: ResetCase) => Needs | null

/** Group files and functions that the caller has to open. */
export interface Needs {
  readonly groups: readonly GroupNumber[]
  readonly devices: readonly PciAddress[]
}

/** The target alone. */
export function targetOnly(c: ResetCase): Needs {
  return { groups: [], devices: [c.target.address] }
}

/** The target alone, as long as its reset affects nothing else. */
export function aloneOnly(c: ResetCase): Needs | null {
  return c.affected.length > 1 ? null : targetOnly(c)
}

/** The target and its group file. */
export function ownGroupFile(c: ResetCase): Needs {
  return { groups: groupNumbers([c.target]), devices: [c.target.address] }
}

/** The target, and the group file of every affected function: bound, they are the dev_set. */
export function everyGroupFile(c: ResetCase): Needs {
  return { groups: groupNumbers(withTarget(c, c.affected)), devices: [c.target.address] }
}

/** The target, and the lowest function of each further group; of fake noiommu groups that is every function. */
export function oneDeviceOfEachGroup(c: ResetCase): Needs {
  const seen = new Set([groupKey(c, c.target)])
  const others = withTarget(c, c.affected).filter((device) => {
    const key = groupKey(c, device)
    return device === c.target || (!seen.has(key) && seen.add(key))
  })
  return { groups: [], devices: others.map(({ address }) => address) }
}

/** Functions with the same key need one bound device between them. */
function groupKey(c: ResetCase, device: PciDevice): string {
  const group = c.host.groupOf(device)
  if (!group.known || group.value.kind === 'none' || group.value.fake) return device.address
  return `group ${group.value.id}`
}

function withTarget(c: ResetCase, functions: readonly PciDevice[]): readonly PciDevice[] {
  return functions.includes(c.target) ? functions : [c.target, ...functions]
}
