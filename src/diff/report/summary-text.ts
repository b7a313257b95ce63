import type { HostDifference } from '../compare-hosts.js'

/** How much changed, and whether a verdict did. */
export function diffSummary({ changes, machine }: HostDifference): string {
  if (machine.different) {
    const most = Math.max(machine.before, machine.after)
    return `These look like two different machines (${machine.matching} of ${most} functions match), so what is gone and what is new is not listed.`
  }
  if (changes.length === 0) return 'No difference that matters.'
  const flips = changes.filter(({ kind }) => kind === 'verdict').length
  const count = changes.length === 1 ? '1 difference' : `${changes.length} differences`
  if (flips === 0) return `${count}; no verdict changed.`
  return `${count}, among them ${flips === 1 ? '1 verdict that changed' : `${flips} verdicts that changed`}.`
}
