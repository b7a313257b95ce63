import type { PciAddress } from '../host/pci-address.js'
import type { GroupNumber } from '../host/scalars.js'
import { groupNumber } from '../iommu/groups.js'
import type { PciDevice } from '../pci/device.js'
import { remembered } from '../text/lists.js'
import type { World } from '../vfio/world.js'
import { realGroup } from './opening.js'
import type { Reason } from './reason.js'
import type { ResetCase } from './reset-case.js'
import type { Requirement, ResetQuestion, Verdict } from './verdict.js'

/**
 * Most functions of a large host are alone in their group, their reset affects nothing else, and nobody holds anything: nothing
 * but their names tells those apart that are in the same situation. One of each is judged, the others get its verdicts under their
 * own names. All questions are to be about one host.
 */
export function shareVerdicts(
  judgeAll: (question: ResetQuestion) => readonly Verdict[],
): (question: ResetQuestion) => readonly Verdict[] {
  const models = new Map<World, Map<number, Model>>()
  return (question) => {
    const [only, ...others] = question.cases
    if (others.length > 0 || !isAlone(only, question)) return judgeAll(question)
    const inWorld = remembered(models, only.world, () => new Map<number, Model>())
    const make = () => modelFrom(judgeAll(question), question)
    const { verdicts, names } = remembered(inWorld, situationOf(only, question), make)
    if (names === 'nobody') return verdicts
    return names === 'itself' ? renamed(verdicts, question.target) : judgeAll(question)
  }
}

/** Verdicts on one function, and whom they name. */
interface Model {
  readonly verdicts: readonly Verdict[]
  readonly names: 'nobody' | 'itself' | 'others'
}

/** Whether the verdicts hang on nothing but what is the same for the whole host, and on what `situationOf` asks. */
function isAlone(c: ResetCase, { host, worlds }: ResetQuestion): boolean {
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

function isAloneInReset({ target, answer, affected, devSet }: ResetCase): boolean {
  const { scope, denials } = answer
  return (
    (scope === null || (affected.length === 1 && affected[0] === target)) &&
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

/** A number for what tells functions in one world apart that are alone. */
function situationOf(
  { answer: { scope, denials }, target, host: { isVfioBound } }: ResetCase,
  { preparation }: ResetQuestion,
): number {
  const bound = isVfioBound(target)
  const reset = scope === null ? DENIALS.indexOf(denials[0]?.kind ?? 'no-reset') : DENIALS.length
  return (
    reset * 8 +
    (bound.known && bound.value ? 4 : 0) +
    (preparation === null ? 2 : 0) +
    (preparation?.denied === undefined ? 0 : 1)
  )
}

const DENIALS = ['root-bus', 'virtual-bus', 'no-reset', 'no-bus-reset'] as const

function modelFrom(verdicts: readonly Verdict[], { target }: ResetQuestion): Model {
  const names = new Set(verdicts.flatMap(namesIn))
  if (names.size === 0) return { verdicts, names: 'nobody' }
  const own = new Set([target.address, groupNumber(target)])
  return { verdicts, names: [...names].every((name) => own.has(name)) ? 'itself' : 'others' }
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
function renamed(verdicts: readonly Verdict[], target: PciDevice): readonly Verdict[] {
  const { address } = target
  const id = groupNumber(target)
  const self = [address]
  const group = id === null ? NOBODY : [id]
  return verdicts.map((verdict) => ({
    policy: verdict.policy,
    outcome: verdict.outcome,
    errno: verdict.errno,
    at: verdict.at,
    implemented: verdict.implemented,
    hypothetical: verdict.hypothetical,
    reasons: verdict.reasons.map((each) => ('address' in each ? { ...each, address } : each)),
    requires: verdict.requires === null ? null : ownNeeds(verdict.requires, self, group),
  }))
}

const NOBODY: readonly GroupNumber[] = []

function ownNeeds(
  { bind, denied, release, groups, devices }: Requirement,
  self: readonly PciAddress[],
  group: readonly GroupNumber[],
): Requirement {
  const own = { bind: bind.length === 0 ? bind : self, release }
  const needs = {
    groups: groups.length === 0 ? groups : group,
    devices: devices.length === 0 ? devices : self,
  }
  return denied === undefined ? { ...own, ...needs } : { ...own, denied: self, ...needs }
}
