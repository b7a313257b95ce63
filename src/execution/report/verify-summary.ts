import { counted } from '../../text/english.js'
import type { VerifiedStep } from '../verify-scenario.js'

/** How often the kernel answered as predicted. */
export function verifySummary(steps: readonly VerifiedStep[]): string {
  const total = steps.length
  const agreed = steps.filter(({ agrees }) => agrees).length
  if (agreed === total) return `${counted(total, 'step')}: all answered as predicted.`
  const undetermined = steps.filter(({ outcome }) => outcome === 'undetermined').length
  const contradicted = total - agreed - undetermined
  const parts = [
    `${agreed} answered as predicted`,
    ...(contradicted === 0 ? [] : [`${contradicted} contradicted`]),
    ...(undetermined === 0 ? [] : [`${undetermined} that could not be predicted`]),
  ]
  return `${counted(total, 'step')}: ${parts.join(', ')}.`
}
