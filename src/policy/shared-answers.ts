import type { PciAddress } from '../host/pci-address.js'
import type { GroupNumber } from '../host/scalars.js'
import { groupNumber } from '../iommu/groups.js'
import type { PciDevice } from '../pci/device.js'
import { inAll, remembered } from '../text/lists.js'
import { listOfOthers, type Told, withoutOwn } from './list-of-others.js'
import { isFolded } from './membership.js'
import type { ListedPolicy } from './policies/index.js'
import type { Blocker, Reason } from './reason.js'
import type { ResetCase } from './reset-case.js'
import type { Make, Situation } from './situation.js'
import {
  type Abridge,
  judge,
  type Requirement,
  type ResetQuestion,
  type Verdict,
} from './verdict.js'

/** What is answered about the hot reset of one function. */
export interface ResetAnswers {
  /** What stands in the way for certain, whatever the policy. */
  readonly blockers: readonly Blocker[]
  /** One for each policy that was asked about. */
  readonly verdicts: readonly Verdict[]
}

/** `situation`: that of the function; null: it is judged for itself. */
export type AnswersOf = (target: PciDevice, situation: Situation | null) => ResetAnswers

/** How the functions of one host are judged. */
export interface Judging {
  readonly policies: readonly ListedPolicy[]
  readonly ask: (target: PciDevice) => ResetQuestion
  /** Leaves each part of a list as it is where it leaves the list as it is. */
  readonly abridge?: Abridge | undefined
}

/**
 * Judges the first function of a situation and, where others are named, the second one too, which is told of the first. All further
 * ones get the same under their own names, and without what is told of themselves.
 */
export function sharedAnswers(judging: Judging): AnswersOf {
  const found = new Map<Situation, Found>()
  const ofMake = new Map<Make, Models>()
  return (target, situation) => {
    if (situation === null) return judged(target, judging, null)
    const before = found.get(situation)
    if (before?.kind === 'model') return before.under(target)
    const models = remembered(ofMake, situation.make, () => new Map())
    const one = judged(target, judging, models)
    found.set(situation, furtherFound(before, one, judging))
    return one
  }
}

type Found =
  | { readonly kind: 'one'; readonly one: Judged }
  | { readonly kind: 'model'; readonly under: Model<ResetAnswers> }
  /** They have less in common than it seems. */
  | { readonly kind: 'apart' }

/** What each function of a situation gets. */
type Model<T> = (target: PciDevice) => T

/** Of policies that ask about others nothing but whether they are in the way: the same in all resets. */
type Models = Map<ListedPolicy, Model<Verdict>>

function furtherFound(before: Found | undefined, one: Judged, judging: Judging): Found {
  if (before?.kind === 'apart') return before
  const isFirst = before?.kind !== 'one'
  const model = isFirst ? modelOf(one) : modelOfBoth(before.one, one, judging)
  if (model !== null) return { kind: 'model', under: model }
  return isFirst ? { kind: 'one', one } : { kind: 'apart' }
}

interface Judged extends ResetAnswers {
  readonly target: PciDevice
  readonly question: ResetQuestion
}

function judged(
  target: PciDevice,
  { policies, ask, abridge }: Judging,
  models: Models | null,
): Judged {
  const question = ask(target)
  const shared = isOnlyBlocked(question) ? models : null
  const verdicts = policies.map((policy) => {
    const known = shared?.get(policy)
    if (known !== undefined) return known(target)
    const verdict = judge(policy, question, abridge)
    const model = shared !== null && isOverSet(policy) ? verdictModel(verdict, target) : null
    if (model !== null) shared?.set(policy, model)
    return verdict
  })
  return { target, question, blockers: blockersOf(question.cases), verdicts }
}

/** Others are in the way for certain, and no binding helps. */
function isOnlyBlocked({ cases, preparation }: ResetQuestion): boolean {
  return cases.length === 1 && preparation === null && isFolded(cases[0].membership)
}

/** Whether the policy looks no further than the dev_set, which holds the function alone. */
function isOverSet({ over }: ListedPolicy): boolean {
  return over === 'dev-set' || over === 'target'
}

/** Blockers that stand in every world; one that hangs on an unread fact shows in the verdicts' reasons instead. */
function blockersOf(cases: ResetQuestion['cases']): readonly Blocker[] {
  return cases.length === 1 ? blockersIn(cases[0]) : inAll(cases.map(blockersIn))
}

function blockersIn({ answer, blockers }: ResetCase): readonly Blocker[] {
  return answer.denials.length === 0 ? blockers : [...answer.denials, ...blockers]
}

/** null: the function is told of others, and others of it. */
function modelOf(one: Judged): Model<ResetAnswers> | null {
  const blockers = blockersModel(one)
  const verdicts = one.verdicts.map((verdict) => verdictModel(verdict, one.target))
  return complete(blockers, verdicts)
}

/** null: they are told different things. */
function modelOfBoth(one: Judged, other: Judged, judging: Judging): Model<ResetAnswers> | null {
  if (![one, other].every(({ question }) => isOnlyBlocked(question))) return null
  const blockers =
    blockersModel(one) ?? othersModel(told(one, one.blockers), told(other, other.blockers))
  const verdicts = one.verdicts.map(
    (verdict, place) =>
      verdictModel(verdict, one.target) ?? namingOthers(one, other, place, judging),
  )
  return complete(blockers, verdicts)
}

function complete(
  blockers: Model<readonly Blocker[]> | null,
  verdicts: readonly (Model<Verdict> | null)[],
): Model<ResetAnswers> | null {
  const all = verdicts.filter((each) => each !== null)
  if (blockers === null || all.length < verdicts.length) return null
  return (target) => ({ blockers: blockers(target), verdicts: all.map((each) => each(target)) })
}

function blockersModel({ blockers, target }: Judged): Model<readonly Blocker[]> | null {
  if (blockers.length === 0) return () => blockers
  const isOwn = blockers.every(({ address }) => address === target.address)
  return isOwn ? ({ address }) => blockers.map((each) => ({ ...each, address })) : null
}

function told<E>({ target }: Judged, list: readonly E[]): Told<E> {
  return { self: target.address, list }
}

function othersModel<E extends object>(one: Told<E>, other: Told<E>): Model<readonly E[]> | null {
  const whole = listOfOthers(one, other)
  return whole === null ? null : ({ address }) => withoutOwn(whole, address)
}

/** A verdict that names nobody, or the function alone; null: it names others. */
function verdictModel(verdict: Verdict, target: PciDevice): Model<Verdict> | null {
  const names = namesIn(verdict)
  if (names.length === 0) return () => verdict
  const isOwn = (name: PciAddress | GroupNumber | null) =>
    name === target.address || (name !== null && name === groupNumber(target))
  return names.every(isOwn) ? (each) => renamed(verdict, each) : null
}

/** A verdict whose reasons name others; null: more of it does. */
function namingOthers(
  one: Judged,
  other: Judged,
  place: number,
  { policies, abridge }: Judging,
): Model<Verdict> | null {
  const [policy, verdict, second] = [policies[place], one.verdicts[place], other.verdicts[place]]
  if (policy === undefined || verdict === undefined || second === undefined) return null
  if (!isAnsweredAlike(verdict, second)) return null
  const whole = ({ question }: Judged) => judge(policy, question).reasons
  const reasonsOf = othersModel(told(one, whole(one)), told(other, whole(other)))
  if (reasonsOf === null) return null
  const model = ({ target }: Pick<Judged, 'target'>): Verdict => {
    const reasons = reasonsOf(target)
    return withReasons(verdict, abridge === undefined ? reasons : abridge(reasons))
  }
  const isRight = (each: Judged) => isSameList(model(each).reasons, each.verdicts[place]?.reasons)
  return isRight(one) && isRight(other) ? (target) => model({ target }) : null
}

function isAnsweredAlike(one: Verdict, other: Verdict): boolean {
  return (
    one.outcome === other.outcome &&
    one.errno === other.errno &&
    one.at === other.at &&
    one.possible === undefined &&
    other.possible === undefined &&
    one.requires === null &&
    other.requires === null
  )
}

function isSameList(one: readonly Reason[], other: readonly Reason[] | undefined): boolean {
  return one.length === other?.length && one.every((each, place) => each === other[place])
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

function renamed(verdict: Verdict, target: PciDevice): Verdict {
  const { address } = target
  const { reasons, requires } = verdict
  const own = reasons.length === 0 ? reasons : reasons.map((each) => underName(each, address))
  return withReasons(verdict, own, requires === null ? null : ownNeeds(requires, target))
}

function underName(reason: Reason, address: PciAddress): Reason {
  return 'address' in reason ? { ...reason, address } : reason
}

/** Written out field by field: objects that are spread take far longer to make. */
function withReasons(
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
