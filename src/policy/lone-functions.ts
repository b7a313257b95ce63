import { isKnownAs, isYes } from '../host/gap.js'
import type { PciAddress } from '../host/pci-address.js'
import type { GroupNumber } from '../host/scalars.js'
import { groupNumber } from '../iommu/groups.js'
import type { PciDevice } from '../pci/device.js'
import { remembered } from '../text/lists.js'
import type { Denial } from '../vfio/reset-scope.js'
import type { World } from '../vfio/world.js'
import { isFolded } from './membership.js'
import { realGroup } from './opening.js'
import type { ListedPolicy } from './policies/index.js'
import type { Reason } from './reason.js'
import type { ResetCase } from './reset-case.js'
import {
  type Abridge,
  judge,
  type Requirement,
  type ResetQuestion,
  type Verdict,
} from './verdict.js'

/**
 * Many functions of a large host are alone in their group, and nobody holds anything: nothing but their names tells those apart that
 * are in the same situation. One of each is judged, the others get its verdicts under their own names. All questions are to be about
 * one host.
 */
export function shareVerdicts(
  policies: readonly ListedPolicy[],
  abridge?: Abridge,
): (question: ResetQuestion) => readonly Verdict[] {
  const found = new Map<World, Map<readonly PciDevice[], Map<number, readonly Model[]>>>()
  const modelsOf = (c: ResetCase, question: ResetQuestion) => {
    const inWorld = remembered(found, c.world, () => new Map())
    const inScope = remembered(inWorld, c.affected.length > 1 ? c.affected : ALONE, () => new Map())
    return remembered(inScope, situationOf(c, question), () =>
      policies.map((policy) => modelFrom(policy, question, abridge)),
    )
  }
  return (question) => {
    const [only, ...others] = question.cases
    if (others.length > 0 || !hangsOnItself(only, question)) {
      return policies.map((policy) => judge(policy, question, abridge))
    }
    const models = modelsOf(only, question)
    const { target } = question
    return models.map(({ policy, verdict, names }) => {
      if (names === 'nobody') return verdict
      return names === 'itself' ? renamed(verdict, target) : judge(policy, question, abridge)
    })
  }
}

const ALONE: readonly PciDevice[] = []

/** The verdict on one function, and whom it names. */
interface Model {
  readonly policy: ListedPolicy
  readonly verdict: Verdict
  readonly names: 'nobody' | 'itself' | 'others'
}

/**
 * Whether verdicts that name nobody else hang on nothing but what is the same for the whole host, on what the reset affects, and on
 * what `situationOf` asks.
 */
function hangsOnItself(c: ResetCase, { host, worlds }: ResetQuestion): boolean {
  const { holding, kernel, isVfioBound } = host
  return (
    worlds.gaps.length === 0 &&
    kernel.modelled.known &&
    holding.groups.size === 0 &&
    holding.devices.size === 0 &&
    c.owning.length === 0 &&
    isVfioBound(c.target).known &&
    isAloneInReset(c) &&
    isAloneInGroup(c)
  )
}

/** Alone in its dev_set too; of others that the reset affects nothing is told but that some stand in the way. */
function isAloneInReset({ target, answer, affected, devSet, membership }: ResetCase): boolean {
  const { scope, denials } = answer
  const isAffectedAlone = affected.length === 1 && affected[0] === target
  return (
    (scope === null || isAffectedAlone || isFolded(membership)) &&
    (denials.length === 0 || (denials.length === 1 && denials[0]?.address === target.address)) &&
    devSet.members.length === 1 &&
    devSet.uncertain.length === 0
  )
}

/** In a group that an IOMMU made, and that nobody but itself could keep closed. */
function isAloneInGroup({ host, target: { address }, targetGroup }: ResetCase): boolean {
  const id = realGroup(targetGroup)
  const group = id === null ? undefined : host.groups.get(id)
  if (id === null || group === undefined) return false
  const { culprits, hidden } = host.viabilityOf(id)
  return (
    group.devices.length === 1 &&
    group.devices[0] === address &&
    group.others.length === 0 &&
    hidden.length === 0 &&
    culprits.every((each) => each.address === address)
  )
}

/** A number for what tells functions of one reset apart, or those that are alone: also what they are to the others. */
function situationOf(
  { answer: { scope, denials }, target, host: { isVfioBound } }: ResetCase,
  { preparation }: ResetQuestion,
): number {
  const reset = scope === null ? DENIALS[denials[0]?.kind ?? 'no-reset'] : NO_DENIAL
  const facts = [
    isYes(isVfioBound(target)),
    isKnownAs(target.raw.driver, null),
    preparation === null,
    preparation?.denied !== undefined,
  ]
  return facts.reduce((number, fact) => number * 2 + Number(fact), reset)
}

const DENIALS = {
  'root-bus': 0,
  'virtual-bus': 1,
  'no-reset': 2,
  'no-bus-reset': 3,
} as const satisfies Record<Denial['kind'], number>

/** There is a reset. */
const NO_DENIAL = 4

function modelFrom(policy: ListedPolicy, question: ResetQuestion, abridge?: Abridge): Model {
  const verdict = judge(policy, question, abridge)
  const names = namesIn(verdict)
  const { target } = question
  const isOwn = (name: PciAddress | GroupNumber | null) =>
    name === target.address || (name !== null && name === groupNumber(target))
  if (names.length === 0) return { policy, verdict, names: 'nobody' }
  return { policy, verdict, names: names.every(isOwn) ? 'itself' : 'others' }
}

/** Functions and groups; null: something else that is of one function, such as a file. */
function namesIn({ reasons, requires }: Verdict): readonly (PciAddress | GroupNumber | null)[] {
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

/** Written out field by field: objects that are spread take far longer to make. */
function renamed(verdict: Verdict, target: PciDevice): Verdict {
  const { address } = target
  const { reasons, requires } = verdict
  return {
    policy: verdict.policy,
    outcome: verdict.outcome,
    errno: verdict.errno,
    at: verdict.at,
    implemented: verdict.implemented,
    hypothetical: verdict.hypothetical,
    reasons: reasons.map((each) => ('address' in each ? { ...each, address } : each)),
    requires: requires === null ? null : ownNeeds(requires, target),
  }
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
