import type { Row } from '../../text/records/record.js'
import { causeText, changeSentence } from './change-words.js'
import type { DiffReport } from './document.js'

export const CHANGE_COLUMNS = [
  'schema_version',
  'tool_version',
  'kind',
  'devices',
  'policy',
  'before',
  'after',
  'cause',
  'sentence',
  'because',
] as const

/** The changes as a table: a row each. What is no single word before or after stands there as JSON. */
export function changeRows({ changes, schemaVersion, tool }: DiffReport): readonly Row[] {
  return changes.map((change) => ({
    schema_version: schemaVersion,
    tool_version: tool.version,
    kind: change.kind,
    devices: change.devices,
    policy: change.kind === 'verdict' ? change.policy : null,
    before: sideText(change.before),
    after: sideText(change.after),
    cause: change.cause?.kind ?? null,
    sentence: changeSentence(change),
    because: change.cause === null ? null : causeText(change.cause),
  }))
}

function sideText(side: unknown): string | null {
  if (side === null) return null
  if (typeof side === 'string') return side
  if (typeof side === 'object' && 'outcome' in side) return String(side.outcome)
  return JSON.stringify(side)
}
