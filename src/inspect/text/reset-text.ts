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

/** The resets that act on the function alone, strongest first; `bus` is not one of them where others share its bus. */
export function ownResets({
  resetMethods,
  hotReset,
}: Pick<DeviceReport, 'resetMethods' | 'hotReset'>): OwnResets {
  if (!isStated(resetMethods)) return { known: false, methods: [], strong: false }
  const { affected } = hotReset
  const alone = isStated(affected) && affected.length === 1
  const methods = (resetMethods ?? []).filter((method) => method !== 'bus' || alone)
  return { known: true, methods, strong: methods.some(isStrong) }
}

export interface OwnResets {
  readonly known: boolean
  readonly methods: readonly string[]
  /** One that clears the whole function, and that a VM start prefers to a hot reset. */
  readonly strong: boolean
}

/** Whether a method clears the whole function; `pm` and `bus` are not asked for first. */
export function isStrong(method: string): boolean {
  return STRONG.has(method)
}

const STRONG: ReadonlySet<string> = new Set(['device_specific', 'acpi', 'flr', 'af_flr'])

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
