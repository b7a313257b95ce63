import { stated } from '../document/stated.js'
import type { Stated } from '../document/values.js'
import type { Observed } from '../host/gap.js'
import type { PciAddress } from '../host/pci-address.js'
import { groupNumbers } from '../iommu/groups.js'
import { isBridge, type PciDevice } from '../pci/device.js'
import { shareVerdicts } from '../policy/lone-functions.js'
import { type MembershipReader, membershipReader } from '../policy/membership.js'
import type { ListedPolicy } from '../policy/policies/index.js'
import { BLOCKED, type Blocker, isBlocker, type Reason } from '../policy/reason.js'
import type { ResetCase } from '../policy/reset-case.js'
import {
  type OutcomesByPolicy,
  type ResetQuestion,
  resetQuestion,
  type Verdict,
} from '../policy/verdict.js'
import { inAll, remembered } from '../text/lists.js'
import { isReliedOn, type OwnReset } from '../vfio/own-reset.js'
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

/** What functions of one bus have in common, worked out once. */
export interface SharedAnswers {
  readonly addresses: Addresses
  readonly membershipOf: MembershipReader
  readonly verdictsOf: (question: ResetQuestion) => readonly Verdict[]
  readonly outcomesOf: (verdicts: readonly Verdict[]) => OutcomesByPolicy
}

export function sharedAnswers({ brief, policies }: ResetQuery): SharedAnswers {
  return {
    addresses: addressLists(),
    membershipOf: membershipReader({ fold: brief }),
    verdictsOf: shareVerdicts(policies, brief ? folded : undefined),
    outcomesOf: outcomeTables(),
  }
}

/** What a report on a hot reset is made from. */
export interface ResetReporting extends SharedAnswers {
  readonly host: VfioHost
  readonly query: ResetQuery
}

/**
 * A function's hot reset: what it touches and who may issue it. Facts on which the possible worlds differ are unknown. `own`: its
 * own reset.
 */
export function hotResetReport(
  device: PciDevice,
  own: Observed<OwnReset | null>,
  { host, query, addresses, membershipOf, verdictsOf, outcomesOf }: ResetReporting,
): HotResetReport {
  const question = resetQuestion(host, device, query.owning, { membershipOf })
  const { cases, worlds } = question
  const normal = !isBridge(device)
  const agreed = <T>(pick: (c: ResetCase) => T): Stated<T> =>
    cases.length === 1 ? pick(cases[0]) : stated(inEveryWorld(cases, worlds.gaps, pick))
  const bound = host.isVfioBound(device)
  const verdicts = normal ? verdictsOf(question) : []
  return {
    scope: agreed((c) => c.answer.scope?.kind ?? null),
    via: unseenVia(cases) ?? agreed((c) => c.answer.scope?.via ?? null),
    affected: agreed((c) => addresses.of(c.affected)),
    unaccounted: agreed((c) => addresses.of(c.answer.scope?.unaccounted ?? NONE)),
    groups: agreed((c) => addresses.groupsOf(c.affected)),
    devSet: normal ? agreed((c) => addresses.of(c.devSet.members)) : [],
    assumed: normal && !(bound.known && bound.value) ? ['target-bound'] : [],
    blockers: normal ? blockersOf(cases) : [],
    verdicts,
    byPolicy: outcomesOf(verdicts),
    harmless: normal ? isReliedOn(own) : null,
  }
}

/** One table for all whose verdicts have the same outcomes: there are few. */
function outcomeTables(): SharedAnswers['outcomesOf'] {
  const tables = new Map<string, OutcomesByPolicy>()
  return (verdicts) =>
    remembered(tables, verdicts.map(({ outcome }) => outcome).join(), () =>
      Object.fromEntries(verdicts.map(({ policy, outcome }) => [policy, outcome])),
    )
}

/** One list for all that have none: what is made of a list is then made once. */
const NONE: readonly PciDevice[] = []

/** The bridge of a bus whose bridge is not part of the copy. */
function unseenVia(cases: readonly ResetCase[]): Stated<PciAddress | null> | undefined {
  const isUnseen = cases.some(
    ({ answer: { scope } }) => scope !== null && scope.kind === 'bus' && scope.via === null,
  )
  return isUnseen ? { unknown: 'not-captured' } : undefined
}

/** Blockers that stand in every world; one that hangs on an unread fact shows in the verdicts' reasons instead. */
function blockersOf(cases: readonly [ResetCase, ...ResetCase[]]): readonly Blocker[] {
  return cases.length === 1 ? blockersIn(cases[0]) : inAll(cases.map(blockersIn))
}

function blockersIn({ answer, blockers }: ResetCase): readonly Blocker[] {
  return answer.denials.length === 0 ? blockers : [...answer.denials, ...blockers]
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

export function addressLists(): Addresses {
  const addresses = new Map<readonly PciDevice[], readonly PciAddress[]>()
  const groups = new Map<readonly PciDevice[], readonly number[]>()
  const both = new Map<readonly PciDevice[], Map<number, readonly PciAddress[]>>()
  return {
    of: (devices) => remembered(addresses, devices, () => devices.map(({ address }) => address)),
    groupsOf: (devices) => remembered(groups, devices, () => groupNumbers(devices)),
    ofBoth: (devices, group, make) =>
      remembered(
        remembered(both, devices, () => new Map()),
        group,
        make,
      ),
  }
}
