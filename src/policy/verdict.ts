import type { PciAddress } from '../host/pci-address.js'
import type { ErrnoName } from '../host/scalars.js'
import type { PciDevice } from '../pci/device.js'
import { distinct, inAll, remembered } from '../text/lists.js'
import type { VfioHost } from '../vfio/vfio-host.js'
import type { Worlds } from '../vfio/world.js'
import { membershipReader } from './membership.js'
import type { Needs, NeedsOf } from './needs.js'
import type { ListedPolicy, PolicyId } from './policies/index.js'
import { isHypothetical } from './policy.js'
import { type Preparation, preparation } from './preparation.js'
import { isDenial, type Reason, type Refusal, STAGE_RANKS, type Stage, unread } from './reason.js'
import { refusalsOf } from './refusals.js'
import { type CaseOptions, type ResetCase, resetCase } from './reset-case.js'

/**
 * Whether a policy lets a hot reset of one function through, for one user who opens what the function needs, and whatever
 * `--owning` names, on the host as it is.
 */
export interface Verdict {
  readonly policy: PolicyId
  readonly outcome: VerdictOutcome
  /** Errno of the first call that is refused; null: see `possible`, or permitted, undetermined, or there is nothing to call. */
  readonly errno: ErrnoName | null
  /** That call; null: permitted, undetermined, unknown which, or there is nothing to call. */
  readonly at: Stage | null
  /**
   * The errnos with which it can be refused, sorted, where it is refused for certain and what was not read decides with which;
   * the facts that do are among `reasons`. Left out: `errno` says it.
   */
  readonly possible?: readonly ErrnoName[]
  /** The kernel release whose rules answer has this policy. */
  readonly implemented: boolean
  /** No kernel has this policy: it was only proposed. */
  readonly hypothetical: boolean
  /**
   * What refuses for certain, in the order in which the kernel asks; of an undetermined verdict first what would settle it.
   * Empty: permitted.
   */
  readonly reasons: readonly Reason[]
  /** What makes it permitted, also where it is; null: nothing the user could do. */
  readonly requires: Requirement | null
}

/** Whether the reset would be performed. */
export type VerdictOutcome =
  /** It would. */
  | 'permitted'
  /** It would not, however the facts are that were not read: see `errno`, `possible`, `at` and `reasons`. */
  | 'refused'
  /** It hangs on facts that were not read: those among `reasons` of kind `unread`. */
  | 'undetermined'

/** What each policy that was asked about answers. */
export type OutcomesByPolicy = { readonly [Policy in PolicyId]?: VerdictOutcome }

/** The least that makes a hot reset permitted. */
export interface Requirement extends Preparation, Needs {}

/** One function's hot reset, in every world that the unread facts allow. */
export interface ResetQuestion {
  readonly host: VfioHost
  readonly target: PciDevice
  readonly worlds: Worlds
  readonly cases: readonly [ResetCase, ...ResetCase[]]
  /** What has to be bound and released whatever the policy; null: no binding helps. */
  readonly preparation: Preparation | null
  /** What policies ask for beside it: many ask for the same. */
  readonly needs: Map<NeedsOf, Needs | null>
}

/** What is asked beside the target and what its caller has open. */
export type QuestionOptions = Partial<Pick<CaseOptions, 'otherwise' | 'membershipOf'>>

/** `membershipOf`: given where many questions are asked of one host. */
export function resetQuestion(
  host: VfioHost,
  target: PciDevice,
  owning: ReadonlySet<PciAddress>,
  { otherwise = new Set(), membershipOf = membershipReader({ fold: false }) }: QuestionOptions = {},
): ResetQuestion {
  const worlds = host.scopes.worldsOf(target)
  const [world, ...others] = worlds.worlds
  const options = { owning, otherwise, membershipOf }
  const first = resetCase(host, target, world, options)
  const rest = others.map((other) => resetCase(host, target, other, options))
  const cases: ResetQuestion['cases'] = [first, ...rest]
  return { host, target, worlds, cases, preparation: preparation(first), needs: new Map() }
}

/**
 * The verdict of one policy: undetermined when only some worlds and values of unread facts permit the reset, with what would
 * settle it (`docs/reference/documents.md#unknown-values`). `abridge` leaves reasons out.
 */
export function judge(
  policy: ListedPolicy,
  question: ResetQuestion,
  abridge: Abridge = (reasons) => reasons,
): Verdict {
  const { host, cases, preparation, needs } = question
  const judged = cases.map((each) => inKernelOrder(refusalsOf(policy, each)))
  const answer = host.kernel.modelled.known ? answerIn(judged) : UNDETERMINED
  return {
    policy: policy.id,
    ...answer,
    implemented: isImplemented(policy, host),
    hypothetical: policy.implementedSince === null,
    reasons: eachOnce(abridge(reasonsFor(answer, judged, question))),
    requires:
      preparation === null
        ? null
        : requirement(
            remembered(needs, policy.needs, () => policy.needs(cases[0])),
            preparation,
          ),
  }
}

export type Abridge = (reasons: readonly Reason[]) => readonly Reason[]

function requirement(needs: Needs | null, preparation: Preparation): Requirement | null {
  return needs === null ? null : { ...preparation, ...needs }
}

/** How a call could end: with this errno at this stage (null: nothing is called), or (`errno` undefined) permitted. */
interface Ending {
  readonly errno: string | null | undefined
  readonly at: Stage | null
}

const PERMITTED: Ending = { errno: undefined, at: null }

/** How one world's call can end. */
function endingsOf(refusals: readonly Refusal[]): readonly Ending[] {
  const ends = endingRefusals(refusals)
  return ends.at(-1)?.unless === null ? ends : [...ends, PERMITTED]
}

/** Refusals that hang on unread facts may or may not happen; the first certain one ends the call. */
function endingRefusals(refusals: readonly Refusal[]): readonly Refusal[] {
  const certain = refusals.findIndex(({ unless }) => unless === null)
  return certain < 0 ? refusals : refusals.slice(0, certain + 1)
}

type Answer = Pick<Verdict, 'outcome' | 'errno' | 'at' | 'possible'>

const UNDETERMINED: Answer = { outcome: 'undetermined', errno: null, at: null }

function answerIn(judged: readonly (readonly Refusal[])[]): Answer {
  const [only = [], ...others] = judged
  const [first] = only
  // Nearly always there is one way only: what refuses first refuses for certain, or nothing does.
  if (others.length > 0 || (first !== undefined && first.unless !== null)) {
    return answerOf(judged.flatMap(endingsOf))
  }
  return first === undefined ? PERMITS : { outcome: 'refused', errno: first.errno, at: first.at }
}

const PERMITS: Answer = { outcome: 'permitted', errno: null, at: null }

/** What all ways in which the call can end have in common. */
function answerOf([first, ...others]: readonly Ending[]): Answer {
  if (first === undefined) return UNDETERMINED
  const isPermitted = first.errno === undefined
  if (others.some(({ errno }) => (errno === undefined) !== isPermitted)) return UNDETERMINED
  if (isPermitted) return PERMITS
  const at = others.every((each) => each.at === first.at) ? first.at : null
  if (others.every(({ errno }) => errno === first.errno)) {
    return { outcome: 'refused', errno: first.errno, at: first.at }
  }
  const possible = [...new Set([first, ...others].flatMap(({ errno }) => errno ?? []))].sort()
  return { outcome: 'refused', errno: null, at, possible }
}

/** Of a refusal what refuses in every world, and what would settle the errno; of an open question what would settle it, then all. */
function reasonsFor(
  { outcome, possible }: Answer,
  judged: readonly (readonly Refusal[])[],
  { host, worlds }: ResetQuestion,
): readonly Reason[] {
  if (outcome === 'permitted') return []
  const certain = inAll(judged.map(certainReasons))
  if (outcome === 'refused' && certain.length > 0 && possible === undefined) return certain
  const { modelled } = host.kernel
  const gaps = modelled.known ? worlds.gaps : [modelled.gap, ...worlds.gaps]
  const settling = gaps.map((gap) => unread(null, gap))
  if (outcome === 'undetermined') return [...settling, ...judged.flat().map(reasonOf)]
  if (certain.length === 0) {
    const supposed = judged.flat().map(reasonOf)
    return [...settling, ...supposed.filter((reason) => !isDenial(reason))]
  }
  const inTheWay = judged.flatMap(endingRefusals).filter(({ unless }) => unless !== null)
  return [...certain, ...settling, ...inTheWay.map(reasonOf)]
}

function certainReasons(refusals: readonly Refusal[]): readonly Reason[] {
  const reasons: Reason[] = []
  for (const { unless, reason } of refusals) if (unless === null) reasons.push(reason)
  return reasons
}

function reasonOf({ reason }: Refusal): Reason {
  return reason
}

function inKernelOrder(refusals: readonly Refusal[]): readonly Refusal[] {
  let rank = 0
  for (const { at } of refusals) {
    if (STAGE_RANKS[at] < rank) return [...refusals].sort(byStage)
    rank = STAGE_RANKS[at]
  }
  return refusals
}

function byStage(one: Refusal, other: Refusal): number {
  return STAGE_RANKS[one.at] - STAGE_RANKS[other.at]
}

/** The rule for cdevs is as old as they are; the one for groups is older than any release modelled. */
function isImplemented(policy: ListedPolicy, { kernel: { cdev } }: VfioHost): boolean {
  if (isHypothetical(policy)) return false
  return policy.opened === 'group' || !cdev.known || cdev.value
}

function eachOnce(reasons: readonly Reason[]): readonly Reason[] {
  return areAboutDifferentThings(reasons) ? reasons : distinct(reasons)
}

/**
 * The usual case, told without comparing the reasons whole: no two of a kind are about the same function. Lists are in the order of
 * addresses, one check after the other, so that most are told by their neighbours alone.
 */
function areAboutDifferentThings(reasons: readonly Reason[]): boolean {
  return reasons.length < 2 || areInRuns(reasons) || areDistinct(reasons)
}

/** Whether they are runs in which addresses rise, each of kinds that no other run has. */
function areInRuns(reasons: readonly Reason[]): boolean {
  const runOf = new Map<Reason['kind'], number>()
  let run = 0
  let last: string | null = null
  for (const reason of reasons) {
    const address = 'address' in reason ? reason.address : null
    if (last === null || address === null || address <= last) run += 1
    if ((runOf.get(reason.kind) ?? run) !== run) return false
    runOf.set(reason.kind, run)
    last = address
  }
  return true
}

function areDistinct(reasons: readonly Reason[]): boolean {
  const things = new Map<Reason['kind'], Set<string | null>>()
  for (const reason of reasons) {
    const ofKind = things.get(reason.kind) ?? new Set()
    const thing = 'address' in reason ? reason.address : null
    if (ofKind.has(thing)) return false
    things.set(reason.kind, ofKind.add(thing))
  }
  return true
}
