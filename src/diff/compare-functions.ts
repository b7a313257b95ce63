import type { Observed } from '../host/gap.js'
import type { PciAddress } from '../host/pci-address.js'
import type { PciDevice } from '../pci/device.js'
import { append, isSame } from '../text/lists.js'
import type { AnalysedHost } from '../vfio/analysed-host.js'
import type { ResetAnswer } from '../vfio/reset-scope.js'
import {
  changed,
  type FunctionChange,
  type FunctionFacts,
  type Incomparable,
  type RegisterChange,
  type ResetChange,
} from './change.js'
import { acsControlOf, type Comparison, groupOf, kernelCause } from './comparison.js'
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
  const members = groupOf(host, device)?.devices ?? []
  return {
    driver: driver.known ? driver.value : null,
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

/** Reset and dev_set in the first world of each side, where there is only one: what hangs on unread facts is not compared. */
function scopeChanges(pair: Pair, comparison: Comparison, note: Note): readonly ResetChange[] {
  const { before, after, matching } = comparison
  const [was, is] = [resetOf(pair.before, before), resetOf(pair.after, after)]
  if (was === null || is === null) {
    note('reset-scope', pair)
    return []
  }
  const translated = (addresses: readonly PciAddress[]) =>
    addresses
      .map((address) => matching.afterOf(address) ?? `gone ${address}`)
      .sort()
      .join()
  const devices = [pair.after.address]
  const changes: ResetChange[] = []
  const isSameReset =
    was.scope === is.scope && translated(was.affected) === [...is.affected].sort().join()
  if (!isSameReset) {
    const picked = ({ scope, affected }: Reset) => ({ scope, affected })
    changes.push(changed('reset-scope', devices, { before: picked(was), after: picked(is) }))
  }
  if (translated(was.devSet) !== [...is.devSet].sort().join()) {
    changes.push(changed('dev-set', devices, { before: was.devSet, after: is.devSet }))
  }
  return changes
}

interface Reset {
  readonly scope: 'slot' | 'bus' | null
  readonly affected: readonly PciAddress[]
  readonly devSet: readonly PciAddress[]
}

function resetOf(device: PciDevice, { vfio }: AnalysedHost): Reset | null {
  const { worlds } = vfio.scopes.worldsOf(device)
  const [world, ...others] = worlds
  const answer: ResetAnswer = vfio.scopes.answer(device, world)
  if (
    others.some((other) => vfio.scopes.answer(device, other).scope?.kind !== answer.scope?.kind)
  ) {
    return null
  }
  return {
    scope: answer.scope?.kind ?? null,
    affected: addresses(answer.scope?.affected ?? []),
    devSet: addresses(vfio.sets.setOf(device, world).members),
  }
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
