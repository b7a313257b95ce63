import type { PciAddresses } from '../host/pci-address.js'
import type { GroupNumbers } from '../host/scalars.js'
import { groupNumbers } from '../iommu/groups.js'
import type { PciDevice } from '../pci/device.js'
import { remembered } from '../text/lists.js'
import type { VfioHost } from '../vfio/vfio-host.js'
import type { ResetCase } from './reset-case.js'

/**
 * What the caller must have for a reset of the case's target, everything in `affected` being bound; null: never enough.
 */
export type NeedsOf = (c: ResetCase) => Needs | null

/** Group files and functions that the caller has to open. */
export interface Needs {
  /** Groups whose files the caller has to open and pass; none where the policy asks for no group files. */
  readonly groups: GroupNumbers
  /** Functions that the caller has to open. */
  readonly devices: PciAddresses
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
  const functions = withTarget(c, c.affected)
  const groups = remembered(GROUPS, functions, () => groupNumbers(functions))
  return { groups, devices: [c.target.address] }
}

/** Lists of affected functions are shared by all that they affect. */
const GROUPS = new WeakMap<readonly PciDevice[], GroupNumbers>()

/** The target, and the lowest function of each further group; of fake noiommu groups that is every function. */
export function oneDeviceOfEachGroup(c: ResetCase): Needs {
  const others = new Set(representatives(c.host, c.target, c.affected))
  const devices = withTarget(c, c.affected).filter((each) => each === c.target || others.has(each))
  return { groups: [], devices: devices.map(({ address }) => address) }
}

/** The first of `members` in each group other than the target's; each for itself where groups are fake. */
export function representatives(
  host: VfioHost,
  target: PciDevice,
  members: Iterable<PciDevice>,
): readonly PciDevice[] {
  const seen = new Set([groupKey(host, target)])
  return [...members].filter((device) => {
    const key = groupKey(host, device)
    return device !== target && !seen.has(key) && seen.add(key)
  })
}

/** Functions with the same key need one bound device between them. */
function groupKey({ groupOf }: VfioHost, device: PciDevice): string {
  const group = groupOf(device)
  if (!group.known || group.value.kind === 'none' || group.value.fake) return device.address
  return `group ${group.value.id}`
}

function withTarget(c: ResetCase, functions: readonly PciDevice[]): readonly PciDevice[] {
  return functions.includes(c.target) ? functions : [c.target, ...functions]
}
