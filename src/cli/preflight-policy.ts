import type { PolicyId } from '../policy/policy.js'
import { wayOfPolicy } from '../preflight/situation.js'
import { UsageError } from './errors.js'
import { policiesFor } from './policy-flag.js'

interface PolicyFlags {
  readonly policy: string | undefined
  readonly via: 'group' | 'iommufd' | 'auto'
}

/** The policy that `--policy` names; null: none. One that no caller of the chosen way in can meet is an error. */
export function policyOfFlags({ policy, via }: PolicyFlags): PolicyId | null {
  if (policy === undefined) return null
  if (policy === 'all') {
    throw new UsageError('A preflight is judged by one policy, not by all.', {
      hint: '`vfio-reset inspect DEVICE --policy all` shows every policy side by side.',
    })
  }
  const [found] = policiesFor([policy])
  if (found === undefined) throw new Error(`no policy ${policy}`)
  const { id } = found
  const way = wayOfPolicy(id)
  if (via === 'auto' || via === way) return id
  throw new UsageError(`The policy ${id} judges callers that come through ${way}, not ${via}.`, {
    hint: `Leave out --via, or say --via ${way}.`,
  })
}
