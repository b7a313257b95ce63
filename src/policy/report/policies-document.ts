import { SCHEMA_VERSION, type Tool } from '../../document/envelope.js'
import { type ListedPolicy, POLICIES } from '../policies/index.js'

/** `policies --json`. It reads no host, hence no source and no gaps. */
export interface PoliciesReport {
  readonly schemaVersion: typeof SCHEMA_VERSION
  readonly kind: 'policies'
  readonly tool: Tool
  readonly source: null
  readonly gaps: readonly never[]
  readonly policies: readonly Pick<
    ListedPolicy,
    'id' | 'title' | 'rule' | 'origin' | 'implementedSince'
  >[]
}

export function policiesReport(tool: Tool): PoliciesReport {
  return {
    schemaVersion: SCHEMA_VERSION,
    kind: 'policies',
    tool,
    source: null,
    gaps: [],
    policies: POLICIES.map(({ id, title, rule, origin, implementedSince }) => ({
      id,
      title,
      rule,
      origin,
      implementedSince,
    })),
  }
}
