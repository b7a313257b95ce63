import { isStated } from '../../document/stated.js'
import type { Verdict } from '../../policy/verdict.js'
import type { Tone } from '../../text/style.js'
import type { DeviceReport } from '../document.js'

/** How many functions a hot reset of the function hits: `itself`, a number, `none`, `?`. */
export function resetReach({ hotReset }: Pick<DeviceReport, 'hotReset'>): string {
  const { scope, affected, unaccounted, blockers } = hotReset
  if (scope === null) return 'none'
  if (!isStated(affected) || !isStated(unaccounted)) return '?'
  const count = affected.length + unaccounted.length
  if (count === 1) return 'itself'
  const bridges = blockers.some(({ kind }) => kind === 'bridge-inside')
  return bridges ? `${count}, with bridges` : String(count)
}

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
