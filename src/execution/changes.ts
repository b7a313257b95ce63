import type { PciAddress } from '../host/pci-address.js'
import type { RawFunction, RawHost } from '../host/raw-host.js'
import { isSame } from '../text/lists.js'
import type { ResetDraft } from './report/reset-draft.js'

/** A reset that was thought through, and the host on which it was. */
export interface PlannedReset {
  readonly raw: RawHost
  readonly draft: ResetDraft
}

/** What became different between two plans of one reset. */
export type PlanChange =
  /** A function came into what is reset or opened, went out of it, or stands otherwise there. */
  | { readonly kind: 'function'; readonly address: PciAddress }
  /** Other dangers. */
  | { readonly kind: 'dangers' }
  /** Other calls, or another answer of the kernel is predicted. */
  | { readonly kind: 'plan' }

/** Everything that a plan and its dangers rest on and that is not as it was. Empty: what was allowed is what would be done. */
export function changesBetween(before: PlannedReset, after: PlannedReset): readonly PlanChange[] {
  const [earlier, later] = [functionsOf(before), functionsOf(after)]
  const addresses = [...new Set([...earlier.keys(), ...later.keys()])]
  const functions = addresses
    .filter((address) => earlier.get(address) !== later.get(address))
    .map((address): PlanChange => ({ kind: 'function', address }))
  const [was, is] = [before.draft.report, after.draft.report]
  const isDangerous = !isSame(was.dangers, is.dangers)
  const isOther = !isSame([was.plan, was.prediction], [is.plan, is.prediction])
  return [
    ...functions,
    ...(isDangerous ? [{ kind: 'dangers' } as const] : []),
    ...(isOther ? [{ kind: 'plan' } as const] : []),
  ]
}

/** The functions that are opened or reset, with how they stand. */
function functionsOf({ raw, draft }: PlannedReset): ReadonlyMap<PciAddress, string> {
  const { affected, unaccounted } = draft.report
  const reached = new Set<string>([
    draft.plan.target,
    ...draft.plan.owning,
    ...(Array.isArray(affected) ? affected : []),
    ...(Array.isArray(unaccounted) ? unaccounted : []),
  ])
  const found = raw.functions.filter(({ address }) => reached.has(address))
  return new Map(found.map((each) => [each.address, standing(each)]))
}

/** How a function stands: who has it, and which files open it. Its registers and its power change by themselves. */
function standing({ path, driver, iommuGroup, vfioDev, virtfns, physfn }: RawFunction): string {
  return JSON.stringify([path, driver, iommuGroup, vfioDev, virtfns, physfn])
}
