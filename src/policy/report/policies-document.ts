import { type Envelope, heading, type Tool } from '../../document/envelope.js'
import { POLICIES, type PolicyId } from '../policies/index.js'
import type { PolicyFacts } from '../policy.js'
import { policiesSummary } from './policy-words.js'

/** The rules about who may hot-reset: those that kernels have, and those that were proposed. It is about no host. */
export interface PoliciesReport extends Envelope<'policies', null> {
  /** Always null: no host was read. */
  readonly source: null
  /** Always empty: no host was read. */
  readonly gaps: readonly []
  /** All policies; those that kernels have come first. */
  readonly policies: readonly PolicyReport[]
}

/** One rule about who may hot-reset. */
export interface PolicyReport extends PolicyFacts {
  readonly id: PolicyId
}

export function policiesReport(tool: Tool): PoliciesReport {
  return {
    ...heading('policies', tool),
    source: null,
    gaps: [],
    summary: policiesSummary(),
    policies: POLICIES.map(({ id, title, rule, origin, implementedSince }) => ({
      id,
      title,
      rule,
      origin,
      implementedSince,
    })),
  }
}
