import type { Gap } from '../../host/gap.js'
import { isBlocker, isDenial, type Reason, type Refusal } from '../../policy/reason.js'
import { refusalsOf } from '../../policy/refusals.js'
import type { ResetCase } from '../../policy/reset-case.js'
import { resetQuestion } from '../../policy/verdict.js'
import { distinct, inAll } from '../../text/lists.js'
import { isReliedOn, ownReset } from '../../vfio/own-reset.js'
import { otherInterface, type PreflightReason, unreadReason } from '../reason.js'
import { type Asked, openedOtherwise } from '../situation.js'
import { type Finding, pass } from './check.js'

/** What one rule says about the function's hot reset. */
export interface RuleAnswer {
  readonly outcome: 'clear' | 'refused' | 'open'
  readonly reasons: readonly PreflightReason[]
}

/** The hot reset that a VM would ask for: does it exist and affect only functions bound to vfio; and does the VM own those. */
export interface HotReset {
  readonly set: RuleAnswer
  readonly ownership: RuleAnswer
  /** Kind of the reset; null: there is none in the first world. */
  readonly scope: 'slot' | 'bus' | null
}

/** Judges by the VM's policy, with all of the VM's functions owned. The way in is asked by other checks. */
export function hotReset({ situation: { host }, device, vm, via, policy }: Asked): HotReset {
  const otherwise = openedOtherwise(vm, via)
  const { cases, worlds } = resetQuestion(host, device, vm.owned, { otherwise })
  const judged = cases.map((c) => ({ c, refusals: refusalsOf(policy, c).filter(isAboutReset) }))
  const { modelled } = host.kernel
  const settling = modelled.known ? worlds.gaps : [modelled.gap, ...worlds.gaps]
  const answer = (part: (refusal: Refusal, c: ResetCase) => boolean): RuleAnswer => {
    const parts = judged.map(({ c, refusals }) => refusals.filter((each) => part(each, c)))
    const { reasons, ...rest } = ruleAnswer(parts, settling, modelled.known)
    return { ...rest, reasons: reasons.map(inThisVm) }
  }
  // A function that the VM does own is not owned in the way that counts.
  const inThisVm = (reason: PreflightReason): PreflightReason =>
    reason.kind === 'group-not-owned' && otherwise.has(reason.address)
      ? { kind: 'opened-otherwise', address: reason.address, way: otherInterface(via) }
      : reason
  return {
    set: answer(isAboutSet),
    ownership: answer((refusal, c) => !isAboutSet(refusal, c)),
    scope: cases[0].answer.scope?.kind ?? null,
  }
}

/** Reasons of a claiming bind that are about the reset and not about the way in. */
const CLAIM_KINDS: ReadonlySet<Reason['kind']> = new Set(['claimed', 'group-not-owned'])

function isAboutReset({ at, reason }: Refusal): boolean {
  if (at === 'hot-reset') return reason.kind !== 'group-not-viable'
  return at === 'bind' && (CLAIM_KINDS.has(reason.kind) || isBlocker(reason))
}

/** A blocker stands in anybody's way; so may an unread fact that decides the same. */
function isAboutSet({ reason, unless }: Refusal, c: ResetCase): boolean {
  if (isBlocker(reason)) return true
  return unless !== null && c.membership.some((each) => each.unless === unless)
}

/** Firm only if it is the same in every world. */
function ruleAnswer(
  worlds: readonly (readonly Refusal[])[],
  settling: readonly Gap[],
  isModelled: boolean,
): RuleAnswer {
  const all = worlds.map(answerOf)
  const [first = 'clear'] = all
  const certain = inAll(
    worlds.map((refusals) => reasonsOf(refusals.filter(({ unless }) => unless === null))),
  )
  const unread = settling.map((gap) => unreadReason(null, gap))
  // What stands in the way in some worlds alone is no fact.
  const supposed = inAll(worlds.map(reasonsOf)).filter((reason) => !isDenial(reason))
  if (isModelled && all.every((each) => each === first) && first !== 'open') {
    return { outcome: first, reasons: certain.length > 0 ? certain : [...unread, ...supposed] }
  }
  return { outcome: 'open', reasons: [...unread, ...supposed] }
}

function reasonsOf(refusals: readonly Refusal[]): readonly Reason[] {
  return distinct(refusals.map(({ reason }) => reason))
}

function answerOf(refusals: readonly Refusal[]): RuleAnswer['outcome'] {
  if (refusals.some(({ unless }) => unless === null)) return 'refused'
  return refusals.length > 0 ? 'open' : 'clear'
}

/** A hot reset is the wrong path for a VF: it would need the PF. Its own reset is FLR, unless somebody switched that off. */
export function virtualFunction({ device, raw: { physfn }, situation }: Asked): Finding | null {
  if (!device.isVirtfn || !physfn.known || physfn.value === null) return null
  const reason = { kind: 'is-vf', address: device.address, pf: physfn.value } as const
  return { ...pass([reason]), harmless: isReliedOn(ownReset(situation.host, device)) }
}

/** A refusal is a failure only where nothing else resets the function. */
export function refusalFinding(asked: Asked, { outcome, reasons }: RuleAnswer): Finding {
  if (outcome === 'clear') return pass()
  const own = ownReset(asked.situation.host, asked.device)
  const harmless = isReliedOn(own)
  if (outcome === 'open') {
    const decisive = !own.known || own.value === null
    return { outcome: 'cannot-tell', reasons, harmless, decisive }
  }
  if (own.known) {
    return { outcome: own.value === null ? 'fail' : 'warn', reasons, harmless, decisive: false }
  }
  const unread = unreadReason(asked.device.address, own.gap)
  return { outcome: 'cannot-tell', reasons: [...reasons, unread], harmless: null, decisive: true }
}
