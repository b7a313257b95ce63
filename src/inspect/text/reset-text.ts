import { errnoText } from '../../document/errno-text.js'
import { isStated } from '../../document/stated.js'
import type { PolicyId } from '../../policy/policies/index.js'
import type { Verdict } from '../../policy/verdict.js'
import type { Tone } from '../../text/style.js'
import type { DeviceReport } from '../document.js'

/** How many functions a hot reset of the function affects: `itself`, a number, `none`, `?`. */
export function resetReach({ hotReset }: Pick<DeviceReport, 'hotReset'>): string {
  const { scope, affected, unaccounted, blockers } = hotReset
  if (scope === null) return 'none'
  if (!isStated(affected) || !isStated(unaccounted)) return '?'
  const count = affected.length + unaccounted.length
  if (count === 1) return 'itself'
  const bridges = blockers.some(({ kind }) => kind === 'bridge-inside')
  return bridges ? `${count}, with bridges` : String(count)
}

/** What a policy answers for the function; undefined: it was not asked. */
export function verdictOf(
  { hotReset }: Pick<DeviceReport, 'hotReset'>,
  policy: PolicyId,
): Verdict | undefined {
  return hotReset.verdicts.find((verdict) => verdict.policy === policy)
}

/** A verdict in a few words: the answer, and where the caller is refused. */
export function verdictWords(verdict: Verdict) {
  const { outcome, at, implemented, hypothetical } = verdict
  const errno = outcome === 'refused' ? errnoText(verdict) : null
  const where = [
    ...(errno === null ? [] : [at === null ? errno : `${errno} at ${at}`]),
    ...(implemented || hypothetical ? [] : ['this kernel does not have it']),
  ]
  return { answer: ANSWERS[outcome], where: where.join(', ') }
}

const ANSWERS = {
  permitted: 'permitted',
  refused: 'refused',
  undetermined: 'cannot tell',
} as const satisfies Record<Verdict['outcome'], string>

/** A verdict as far as one sign can tell it. `none`: the kernel has no such interface. */
export type MarkKind = 'yes' | 'no' | 'unsure' | 'none'

export function markKind(verdict: Verdict | undefined): MarkKind {
  if (verdict === undefined || verdict.reasons.some(({ kind }) => kind === 'no-cdev')) return 'none'
  if (verdict.outcome === 'permitted') return 'yes'
  return verdict.outcome === 'refused' ? 'no' : 'unsure'
}

export const MARK_TONES = {
  yes: 'good',
  no: 'bad',
  unsure: 'unsure',
  none: 'faint',
} as const satisfies Record<MarkKind, Tone>
