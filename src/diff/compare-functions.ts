import { type Observed, valueOrNull } from '../host/gap.js'
import type { PciAddress } from '../host/pci-address.js'
import { groupMembers, groupNumber } from '../iommu/groups.js'
import type { PciDevice } from '../pci/device.js'
import { append, isSame } from '../text/lists.js'
import type { AnalysedHost } from '../vfio/analysed-host.js'
import { inEveryWorld } from '../vfio/world.js'
import {
  changed,
  type FunctionChange,
  type FunctionFacts,
  type Incomparable,
  type RegisterChange,
  type ResetChange,
  type ScopeFacts,
} from './change.js'
import { acsControlOf, type Comparison, kernelCause } from './comparison.js'
import type { Pair } from './match-functions.js'

type Compared = FunctionChange | ResetChange | RegisterChange

export interface ComparedFunctions {
  readonly changes: readonly Compared[]
  readonly incomparable: readonly Incomparable[]
}

/** What is different about single functions: whether they are there and where, their drivers, registers and resets. */
export function compareFunctions(comparison: Comparison): ComparedFunctions {
  const { pairs } = comparison.matching
  const unread = new Map<Incomparable['what'], PciAddress[]>()
  const note: Note = (what, { after }) => append(unread, what, after.address)
  return {
    changes: [
      ...presence(comparison),
      ...pairs.flatMap((pair) => driverChange(pair, note)),
      ...pairs.flatMap((pair) => acsChanges(pair, comparison, note)),
      ...pairs.flatMap((pair) => scopeChanges(pair, comparison, note)),
      ...pairs.flatMap((pair) => methodChange(pair, comparison, note)),
    ],
    incomparable: [...unread].map(([what, devices]) => ({ what, devices })),
  }
}

type Note = (what: Incomparable['what'], pair: Pair) => void

function presence({ before, after, matching }: Comparison): readonly FunctionChange[] {
  const moved = matching.pairs.filter((pair) => pair.before.address !== pair.after.address)
  return [
    ...matching.gone.map((device) =>
      changed('function-gone', [device.address], { before: factsOf(device, before), after: null }),
    ),
    ...matching.added.map((device) =>
      changed('function-added', [device.address], { before: null, after: factsOf(device, after) }),
    ),
    ...moved.map(({ before: { address: was }, after: { address: is } }) =>
      changed('function-moved', [is], { before: was, after: is }),
    ),
  ]
}

function factsOf(device: PciDevice, host: AnalysedHost): FunctionFacts {
  const { driver } = device.raw
  const members = groupMembers(host.vfio, groupNumber(device))
  return {
    driver: valueOrNull(driver),
    groupWith: members.filter((address) => address !== device.address),
  }
}

function driverChange(pair: Pair, note: Note): readonly FunctionChange[] {
  const values = bothKnown(pair.before.raw.driver, pair.after.raw.driver)
  if (values === null) note('driver', pair)
  if (values === null || values.before === values.after) return []
  return [changed('driver', [pair.after.address], values)]
}

function acsChanges(pair: Pair, comparison: Comparison, note: Note): readonly RegisterChange[] {
  const devices = [pair.after.address]
  const [before, after] = [acsControlOf(pair.before), acsControlOf(pair.after)]
  const changes: RegisterChange[] = []
  if (before === undefined || after === undefined) {
    if (before !== after) note('acs', pair)
  } else if (!isSame(before, after)) {
    changes.push(changed('acs', devices, { before, after }))
  }
  const was = comparison.before.isolation.quirkOf(pair.before.address)
  const is = comparison.after.isolation.quirkOf(pair.after.address)
  if (was !== is) {
    const values = { before: was, after: is }
    changes.push(changed('acs-quirk', devices, values, kernelCause(comparison)))
  }
  return changes
}

/** Reset and dev_set, where those of both sides are known: what hangs on unread facts is not compared. */
function scopeChanges(pair: Pair, comparison: Comparison, note: Note): readonly ResetChange[] {
  const { before, after, matching } = comparison
  const devices = [pair.after.address]
  const isSameList = (was: readonly PciAddress[], is: readonly PciAddress[]) =>
    isSame(was.map((each) => matching.afterOf(each) ?? `gone ${each}`).sort(), [...is].sort())
  const changes: ResetChange[] = []
  const reset = bothKnown(scopeOf(pair.before, before), scopeOf(pair.after, after))
  const set = bothKnown(devSetOf(pair.before, before), devSetOf(pair.after, after))
  if (reset === null || set === null) note('reset-scope', pair)
  if (
    reset !== null &&
    !(
      reset.before.scope === reset.after.scope &&
      isSameList(reset.before.affected, reset.after.affected)
    )
  ) {
    changes.push(changed('reset-scope', devices, reset))
  }
  if (set !== null && !isSameList(set.before, set.after)) {
    changes.push(changed('dev-set', devices, set))
  }
  return changes
}

function scopeOf(device: PciDevice, { vfio }: AnalysedHost): Observed<ScopeFacts> {
  const { worlds, gaps } = vfio.scopes.worldsOf(device)
  return inEveryWorld(worlds, gaps, (world) => {
    const { scope } = vfio.scopes.answer(device, world)
    return { scope: scope?.kind ?? null, affected: addresses(scope?.affected ?? []) }
  })
}

function devSetOf(device: PciDevice, { vfio }: AnalysedHost): Observed<readonly PciAddress[]> {
  const { worlds, gaps } = vfio.scopes.worldsOf(device)
  return inEveryWorld(worlds, gaps, (world) => addresses(vfio.sets.setOf(device, world).members))
}

function addresses(devices: readonly PciDevice[]): readonly PciAddress[] {
  return devices.map(({ address }) => address)
}

function methodChange(pair: Pair, comparison: Comparison, note: Note): readonly ResetChange[] {
  const values = bothKnown(pair.before.raw.resetMethods, pair.after.raw.resetMethods)
  if (values === null) {
    if (pair.before.raw.resetMethods.known !== pair.after.raw.resetMethods.known)
      note('reset-methods', pair)
    return []
  }
  if (isSame(values.before, values.after)) return []
  return [changed('reset-methods', [pair.after.address], values, kernelCause(comparison))]
}

function bothKnown<T>(
  before: Observed<T>,
  after: Observed<T>,
): { readonly before: T; readonly after: T } | null {
  return before.known && after.known ? { before: before.value, after: after.value } : null
}
