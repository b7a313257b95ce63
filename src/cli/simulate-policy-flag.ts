import { POLICIES } from '../policy/policies/index.js'
import { policyChoice } from '../simulation/scenario/parse-scenario.js'
import type { PolicyChoice } from '../simulation/scenario/scenario.js'
import { UsageError } from './errors.js'
import { nearest } from './nearest.js'

/** What `--policy` of `simulate` names; undefined: not given. */
export function choiceFor(text: string | undefined): PolicyChoice | 'all' | undefined {
  if (text === undefined || text === 'all') return text
  const choice = policyChoice(text)
  if (choice !== undefined) return choice
  const near = nearest(text, ['kernel', 'all', ...POLICIES.map(({ id }) => id)])
  const list =
    '`vfio-reset policies` lists them; `all` is every one, `kernel` what the kernel does.'
  throw new UsageError(`Unknown policy "${text}".`, {
    hint: near === undefined ? list : `Did you mean "${near}"? ${list}`,
  })
}
