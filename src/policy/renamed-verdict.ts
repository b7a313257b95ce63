import type { PciAddress } from '../host/pci-address.js'
import type { GroupNumber } from '../host/scalars.js'
import { groupNumber } from '../iommu/groups.js'
import type { PciDevice } from '../pci/device.js'
import type { Reason } from './reason.js'
import type { Requirement, Verdict } from './verdict.js'

/** Functions and groups; null: something else that is of one function, such as a file. */
export function namesIn({
  reasons,
  requires,
}: Verdict): readonly (PciAddress | GroupNumber | null)[] {
  const named = reasons.flatMap((reason) => ('address' in reason ? [reason.address] : []))
  const isPlain = reasons.every(({ kind }) => PLAIN.has(kind))
  return [...named, ...(isPlain ? [] : [null]), ...(requires === null ? [] : namesNeeded(requires))]
}

function namesNeeded({ bind, denied = [], release, groups, devices }: Requirement) {
  return [...bind, ...denied, ...groups, ...devices, ...(release.length > 0 ? [null] : [])]
}

/** Reasons that hold nothing but their kind, or beside it the function. */
const PLAIN: ReadonlySet<Reason['kind']> = new Set<Reason['kind']>([
  'no-reset',
  'root-bus',
  'virtual-bus',
  'no-bus-reset',
  'blocked',
  'no-cdev',
  'unsafe-interrupts',
])

/** The verdict on another function, which names nobody but that. */
export function renamed(verdict: Verdict, target: PciDevice): Verdict {
  const { address } = target
  const { reasons, requires } = verdict
  const own = reasons.length === 0 ? reasons : reasons.map((each) => underName(each, address))
  return withReasons(verdict, own, requires === null ? null : ownNeeds(requires, target))
}

function underName(reason: Reason, address: PciAddress): Reason {
  return 'address' in reason ? { ...reason, address } : reason
}

/** Written out field by field: objects that are spread take far longer to make. */
export function withReasons(
  { policy, outcome, errno, at, implemented, hypothetical, requires }: Verdict,
  reasons: readonly Reason[],
  needed: Requirement | null = requires,
): Verdict {
  return { policy, outcome, errno, at, implemented, hypothetical, reasons, requires: needed }
}

function ownNeeds(
  { bind, denied, release, groups, devices }: Requirement,
  target: PciDevice,
): Requirement {
  const self = [target.address]
  const id = groupNumber(target)
  const own = { bind: bind.length === 0 ? bind : self, release }
  const needs = {
    groups: groups.length === 0 || id === null ? groups : [id],
    devices: devices.length === 0 ? devices : self,
  }
  return denied === undefined ? { ...own, ...needs } : { ...own, denied: self, ...needs }
}
