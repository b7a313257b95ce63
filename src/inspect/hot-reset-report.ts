import { stated } from '../document/stated.js'
import type { Stated } from '../document/values.js'
import type { Observed } from '../host/gap.js'
import type { PciAddress, PciAddresses } from '../host/pci-address.js'
import type { GroupNumbers } from '../host/scalars.js'
import { groupNumbers } from '../iommu/groups.js'
import { isBridge, type PciDevice } from '../pci/device.js'
import { membershipReader } from '../policy/membership.js'
import type { ListedPolicy } from '../policy/policies/index.js'
import { BLOCKED, isBlocker, type Reason } from '../policy/reason.js'
import { type AnswersOf, sharedAnswers } from '../policy/shared-answers.js'
import { type Situation, type SituationOf, situationsOf } from '../policy/situation.js'
import { type OutcomesByPolicy, resetQuestion, type Verdict } from '../policy/verdict.js'
import { remembered, rememberedBriefly } from '../text/lists.js'
import { isReliedOn, type OwnReset } from '../vfio/own-reset.js'
import type { ResetAnswer, ResetScope } from '../vfio/reset-scope.js'
import type { VfioHost } from '../vfio/vfio-host.js'
import { inEveryWorld } from '../vfio/world.js'
import type { HotResetReport } from './document.js'

/** What to ask about each function's hot reset. */
export interface ResetQuery {
  readonly policies: readonly ListedPolicy[]
  /** Functions that the caller has open beside the target (`--owning`). */
  readonly owning: ReadonlySet<PciAddress>
  /** Without DEVICE, verdicts refer to the blockers by one entry instead of repeating them. */
  readonly brief: boolean
}

/** What a report on a hot reset is made from; what functions have in common is worked out once. */
export interface ResetReporting {
  readonly host: VfioHost
  readonly query: ResetQuery
  readonly addresses: Addresses
  readonly reachOf: (answer: ResetAnswer) => Reach
  readonly situationOf: SituationOf
  readonly answersOf: AnswersOf
  readonly outcomesOf: (verdicts: readonly Verdict[]) => OutcomesByPolicy
}

export function resetReporting(host: VfioHost, query: ResetQuery): ResetReporting {
  const { brief, policies, owning } = query
  const addresses = addressLists()
  const membershipOf = membershipReader({ fold: brief })
  return {
    host,
    query,
    addresses,
    reachOf: reaches(addresses),
    situationOf: owning.size > 0 ? () => null : situationsOf(host),
    answersOf: sharedAnswers({
      policies,
      ask: (target) => resetQuestion(host, target, owning, { membershipOf }),
      abridge: brief ? folded : undefined,
    }),
    outcomesOf: outcomeTables(),
  }
}

/**
 * A function's hot reset: what it touches and who may issue it. Facts on which the possible worlds differ are unknown. `own`: its
 * own reset.
 */
export function hotResetReport(
  device: PciDevice,
  own: Observed<OwnReset | null>,
  { host, addresses, reachOf, situationOf, answersOf, outcomesOf }: ResetReporting,
): HotResetReport {
  const { worlds, gaps } = host.scopes.worldsOf(device)
  const [world, ...others] = worlds
  const reach = reachOf(host.scopes.answer(device, world))
  const further = others.map((each) => reachOf(host.scopes.answer(device, each)))
  const agreed = <T>(pick: (reach: Reach) => T): Stated<T> =>
    further.length === 0 ? pick(reach) : stated(inEveryWorld([reach, ...further], gaps, pick))
  const scope = agreed(({ kind }) => kind)
  const isUnseen = reach.isUnseen || further.some((each) => each.isUnseen)
  const via = isUnseen ? ({ unknown: 'not-captured' } as const) : agreed((each) => each.via)
  const affected = agreed((each) => each.affected)
  const unaccounted = agreed((each) => each.unaccounted)
  const groups = agreed((each) => each.groups)
  if (isBridge(device)) {
    return { ...NOT_ASKED, scope, via, affected, unaccounted, groups }
  }
  const situation = situationOf(device)
  const { blockers, verdicts } = answersOf(device, situation)
  const bound = host.isVfioBound(device)
  return {
    scope,
    via,
    affected,
    unaccounted,
    groups,
    devSet: hasOwnSet(situation) ? [device.address] : devSetOf(device, host, addresses),
    assumed: bound.known && bound.value ? [] : ['target-bound'],
    blockers,
    verdicts,
    byPolicy: outcomesOf(verdicts),
    harmless: isReliedOn(own),
  }
}

/** Of a bridge, which vfio-pci does not bind to. In the order of the document. */
const NOT_ASKED: HotResetReport = {
  scope: null,
  via: null,
  affected: [],
  unaccounted: [],
  groups: [],
  devSet: [],
  assumed: [],
  blockers: [],
  verdicts: [],
  byPolicy: {},
  harmless: null,
}

function hasOwnSet(situation: Situation | null): boolean {
  return situation !== null && situation.make !== null
}

function devSetOf(
  device: PciDevice,
  { scopes, sets }: VfioHost,
  addresses: Addresses,
): HotResetReport['devSet'] {
  const { worlds, gaps } = scopes.worldsOf(device)
  return stated(
    inEveryWorld(worlds, gaps, (world) => addresses.of(sets.setOf(device, world).members)),
  )
}

/** What a hot reset touches in one world, as it is reported: the same for all functions of one reset. */
export interface Reach {
  readonly kind: ResetScope['kind'] | null
  readonly via: PciAddress | null
  /** It goes through the bridge of a bus whose bridge is not part of the copy. */
  readonly isUnseen: boolean
  readonly affected: PciAddresses
  readonly unaccounted: PciAddresses
  readonly groups: GroupNumbers
}

function reaches(addresses: Addresses): ResetReporting['reachOf'] {
  const found = new Map<ResetScope, Reach>()
  return ({ scope }) => {
    if (scope === null) return NO_REACH
    return remembered(found, scope, () => ({
      kind: scope.kind,
      via: scope.via,
      isUnseen: scope.kind === 'bus' && scope.via === null,
      affected: addresses.of(scope.affected),
      unaccounted: addresses.of(scope.unaccounted),
      groups: addresses.groupsOf(scope.affected),
    }))
  }
}

const NO_REACH: Reach = {
  kind: null,
  via: null,
  isUnseen: false,
  affected: [],
  unaccounted: [],
  groups: [],
}

/** One table for all whose verdicts have the same outcomes: there are few. */
function outcomeTables(): ResetReporting['outcomesOf'] {
  const tables = new Map<string, OutcomesByPolicy>()
  return (verdicts) =>
    remembered(tables, verdicts.map(({ outcome }) => outcome).join(), () =>
      Object.fromEntries(verdicts.map(({ policy, outcome }) => [policy, outcome])),
    )
}

/** The first blocker's place in kernel order is kept. */
function folded(reasons: readonly Reason[]): readonly Reason[] {
  if (!reasons.some(isBlocker)) return reasons
  const others: Reason[] = []
  let isBlocked = false
  for (const reason of reasons) {
    if (!isBlocker(reason)) others.push(reason)
    else if (!isBlocked) others.push(BLOCKED)
    isBlocked ||= isBlocker(reason)
  }
  return others
}

/**
 * Addresses and groups of device lists. Lists are shared between the functions of a bus, and so are the answers: a bus
 * of 256 functions costs one array, not 256.
 */
export interface Addresses {
  readonly of: (devices: readonly PciDevice[]) => readonly PciAddress[]
  /** Sorted, without functions that have no group. */
  readonly groupsOf: (devices: readonly PciDevice[]) => readonly number[]
  /** Those of a list and of a group; `make` is asked once for each pair. */
  readonly ofBoth: (
    devices: readonly PciDevice[],
    group: number,
    make: () => readonly PciAddress[],
  ) => readonly PciAddress[]
}

/** Functions that have a list in common follow each other. */
const MOST_LISTS = 64

export function addressLists(): Addresses {
  const addresses = new Map<readonly PciDevice[], readonly PciAddress[]>()
  const groups = new Map<readonly PciDevice[], readonly number[]>()
  const both = new Map<readonly PciDevice[], Map<number, readonly PciAddress[]>>()
  const of = <V>(
    memory: Map<readonly PciDevice[], V>,
    devices: readonly PciDevice[],
    make: () => V,
  ) => rememberedBriefly(memory, devices, { most: MOST_LISTS, make })
  return {
    of: (devices) => of(addresses, devices, () => devices.map(({ address }) => address)),
    groupsOf: (devices) => of(groups, devices, () => groupNumbers(devices)),
    ofBoth: (devices, group, make) =>
      remembered(
        of(both, devices, () => new Map()),
        group,
        make,
      ),
  }
}
