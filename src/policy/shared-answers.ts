import { comparePciAddress, type PciAddress } from '../host/pci-address.js'
import type { GroupNumber } from '../host/scalars.js'
import { groupNumber } from '../iommu/groups.js'
import type { PciDevice } from '../pci/device.js'
import { inAll, isSame, remembered } from '../text/lists.js'
import { listOfOthers, type Told, withoutOwn } from './list-of-others.js'
import { isFolded } from './membership.js'
import type { ListedPolicy } from './policies/index.js'
import type { Blocker, Reason } from './reason.js'
import { namesIn, renamed, withReasons } from './renamed-verdict.js'
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
  /** From how many on two functions are compared whose sets hold others too: that takes longer than to judge some. */
  readonly enough?: number | undefined
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
    const under = before === undefined ? null : modelIn(before, situation, judging)
    if (under !== null) return under(target)
    const { make } = situation
    const models = make === null ? null : remembered(ofMake, make, () => new Map())
    const one = judged(target, judging, models)
    if (before === undefined)
      found.set(situation, { judged: [one], under: modelOf(one, situation) })
    else before.judged.push(one)
    return one
  }
}

interface Found {
  /** Those of which nothing is known yet that all have in common. */
  readonly judged: Judged[]
  /** What all get; null: that takes two functions; undefined: they have less in common than it seems. */
  under: Model<ResetAnswers> | null | undefined
}

/** What each function of a situation gets. */
type Model<T> = (target: PciDevice) => T

/** Of policies that ask about others nothing but whether they are in the way: the same in all resets. */
type Models = Map<ListedPolicy, Model<Verdict>>

/** The first two are compared when there are enough of them. */
function modelIn(found: Found, situation: Situation, judging: Judging): Model<ResetAnswers> | null {
  const [one, other] = found.judged
  const enough = situation.make === null ? (judging.enough ?? ENOUGH) : 2
  const isWorth = found.judged.length >= enough
  if (found.under === null && one !== undefined && other !== undefined && isWorth) {
    found.under = modelOfBoth(one, other, situation, judging) ?? undefined
    found.judged.length = 0
  }
  return found.under ?? null
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
function modelOf(one: Judged, { make }: Situation): Model<ResetAnswers> | null {
  if (make === null) return null
  const blockers = blockersModel(one)
  const verdicts = one.verdicts.map((verdict) => verdictModel(verdict, one.target))
  return complete(blockers, verdicts)
}

/** null: they are told different things. */
function modelOfBoth(
  one: Judged,
  other: Judged,
  { make }: Situation,
  judging: Judging,
): Model<ResetAnswers> | null {
  const isAlike = ({ question }: Judged) =>
    make === null ? question.cases.length === 1 : isOnlyBlocked(question)
  if (!isAlike(one) || !isAlike(other)) return null
  const blockers =
    blockersModel(one) ?? othersModel(told(one, one.blockers), told(other, other.blockers))
  const verdicts = one.verdicts.map(
    (verdict, place) =>
      verdictModel(verdict, one.target) ?? namingOthers(one, other, place, judging),
  )
  const model = complete(blockers, verdicts)
  if (model === null || make !== null) return model
  return isRight(model, one) && isRight(model, other) ? model : null
}

const ENOUGH = 8

function isRight(model: Model<ResetAnswers>, { target, blockers, verdicts }: Judged): boolean {
  const answers = model(target)
  return (
    isSameList(answers.blockers, blockers) &&
    answers.verdicts.every((each, place) => isSameVerdict(each, verdicts[place]))
  )
}

function isSameVerdict(one: Verdict, other: Verdict | undefined): boolean {
  if (one === other) return true
  return (
    other !== undefined &&
    isSameList(one.reasons, other.reasons) &&
    isSame({ ...one, reasons: null }, { ...other, reasons: null })
  )
}

/** Nearly all entries of lists are the same objects. */
function isSameList(one: readonly Reason[], other: readonly Reason[]): boolean {
  return one.length === other.length && one.every((each, place) => isSame(each, other[place]))
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

function told<E extends Reason>({ target }: Judged, list: readonly E[]): Told<E> {
  return { self: target.address, list }
}

function othersModel<E extends Reason>(one: Told<E>, other: Told<E>): Model<readonly E[]> | null {
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

/** A verdict that names others among its reasons, and asks for the function beside what it asks all for; null: it is another one. */
function namingOthers(
  one: Judged,
  other: Judged,
  place: number,
  { policies, abridge }: Judging,
): Model<Verdict> | null {
  const [policy, verdict, second] = [policies[place], one.verdicts[place], other.verdicts[place]]
  if (policy === undefined || verdict === undefined || second === undefined) return null
  if (verdict.possible !== undefined) return null
  const whole = ({ question }: Judged) => judge(policy, question).reasons
  const reasonsOf = othersModel(told(one, whole(one)), told(other, whole(other)))
  const needsOf = needsModel(verdict.requires, one.target)
  if (reasonsOf === null || needsOf === null) return null
  return (target) => {
    const reasons = reasonsOf(target)
    const shown = abridge === undefined ? reasons : abridge(reasons)
    return withReasons(verdict, shown, needsOf(target))
  }
}

/** What is asked for is the function and the same of all others; null: it is not even the function. */
function needsModel(
  requires: Requirement | null,
  { address: own }: PciDevice,
): Model<Requirement | null> | null {
  if (requires === null) return () => null
  const others = requires.devices.filter((each) => each !== own)
  if (others.length === requires.devices.length) return null
  return ({ address }) => {
    const devices = [...others, address].sort(comparePciAddress)
    return { ...requires, devices }
  }
}
