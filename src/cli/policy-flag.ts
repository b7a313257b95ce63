import { DEFAULT_POLICIES, POLICIES } from '../policy/policies/index.js'
import type { Policy } from '../policy/policy.js'
import { UsageError } from './errors.js'
import { nearest } from './nearest.js'

/** The policies that `--policy` names, in the order of the list; none named: those shown by default. */
export function policiesFor(ids: readonly string[] | undefined): readonly Policy[] {
  if (ids?.includes('all') === true) return POLICIES
  const wanted: readonly string[] = ids === undefined || ids.length === 0 ? DEFAULT_POLICIES : ids
  for (const id of wanted) {
    if (!POLICIES.some((policy) => policy.id === id)) throw unknownPolicy(id)
  }
  return POLICIES.filter(({ id }) => wanted.includes(id))
}

function unknownPolicy(id: string): UsageError {
  const near = nearest(
    id,
    POLICIES.map((policy) => policy.id),
  )
  return new UsageError(`Unknown policy "${id}".`, {
    hint:
      near === undefined
        ? '`vfio-reset policies` lists them; `all` is every one.'
        : `Did you mean "${near}"? \`vfio-reset policies\` lists them.`,
  })
}
