import type { Row } from '../../text/records/record.js'
import type { PoliciesReport } from './policies-document.js'

export const POLICY_COLUMNS = [
  'schema_version',
  'tool_version',
  'id',
  'title',
  'rule',
  'implemented_since',
  'origin_subject',
  'origin_date',
  'origin_by',
] as const

/** The policies as a table. */
export function policyRows({ policies, schemaVersion, tool }: PoliciesReport): readonly Row[] {
  return policies.map(({ id, title, rule, implementedSince, origin }) => ({
    schema_version: schemaVersion,
    tool_version: tool.version,
    id,
    title,
    rule,
    implemented_since: implementedSince,
    origin_subject: origin.subject,
    origin_date: origin.date,
    origin_by: origin.by,
  }))
}
