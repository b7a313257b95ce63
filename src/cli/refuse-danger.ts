import type { Danger } from '../execution/danger.js'
import { dangerText } from '../execution/report/danger-text.js'
import { HostError } from './errors.js'

/** Ends a command that would touch what other processes or the host itself use. */
export function refuseDanger(dangers: readonly Danger[]): void {
  const [danger] = dangers
  if (danger === undefined) return
  throw new HostError(`Refused, nothing was done: ${dangerText(danger)}`, {
    hint:
      danger.kind === 'held'
        ? `Stop that process first (kill ${danger.holder.pid}).`
        : 'Choose functions that the host can spare.',
  })
}
