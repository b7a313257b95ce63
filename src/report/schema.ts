import Type, { type TSchema } from 'typebox'
import { CaptureDocument } from './schema-capture.js'
import { DeviceEntry } from './schema-device.js'
import { CauseEntry, DiffDocument, EndingEntry } from './schema-diff.js'
import { ExplainDocument } from './schema-explain.js'
import { Finding } from './schema-findings.js'
import { InspectDocument } from './schema-inspect.js'
import { PreflightDocument } from './schema-preflight.js'
import { ReportDocument } from './schema-report.js'
import { ResetDocument } from './schema-reset.js'
import { SimulateDocument, StepEntry, StepReasonEntry } from './schema-simulate.js'
import {
  Address,
  Addresses,
  Errno,
  GapEntry,
  orNull,
  ToolName,
  Unknown,
  Version,
} from './schema-values.js'
import { BlockerEntry, PolicyName, ReasonEntry, VerdictEntry } from './schema-verdicts.js'
import { VerifyDocument } from './schema-verify.js'

/** `policies --json`. */
export const PoliciesDocument = Type.Object({
  schemaVersion: Version,
  kind: Type.Literal('policies'),
  tool: ToolName,
  source: Type.Null(),
  gaps: Type.Array(Type.Never(), { maxItems: 0 }),
  policies: Type.Array(
    Type.Object({
      id: PolicyName,
      title: Type.String(),
      rule: Type.String(),
      origin: Type.Object({
        subject: Type.String(),
        date: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }),
        by: Type.String(),
      }),
      implementedSince: orNull(Type.String()),
    }),
  ),
})

/** What stands on stdout under `--json` instead of an answer. */
export const ErrorDocument = Type.Object({
  schemaVersion: Version,
  kind: Type.Literal('error'),
  tool: ToolName,
  error: Type.Object({
    message: Type.String(),
    hint: orNull(Type.String()),
    path: orNull(Type.String()),
    errno: orNull(Errno),
  }),
  exitCode: Type.Enum([1, 2, 3, 4, 70]),
})

const DOCUMENTS: Readonly<Record<string, TSchema>> = {
  inspect: InspectDocument,
  policies: PoliciesDocument,
  simulate: SimulateDocument,
  verify: VerifyDocument,
  reset: ResetDocument,
  explain: ExplainDocument,
  preflight: PreflightDocument,
  capture: CaptureDocument,
  diff: DiffDocument,
  report: ReportDocument,
  error: ErrorDocument,
}

/** Parts that schemas define once and refer to. */
const SHARED: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [Address, 'address'],
  [Addresses, 'addresses'],
  [Unknown, 'unknown'],
  [GapEntry, 'gap'],
  [Finding, 'finding'],
  [BlockerEntry, 'blocker'],
  [ReasonEntry, 'reason'],
  [VerdictEntry, 'verdict'],
  [DeviceEntry, 'device'],
  [StepReasonEntry, 'stepReason'],
  [StepEntry, 'step'],
  [CauseEntry, 'cause'],
  [EndingEntry, 'ending'],
])

/**
 * JSON Schema 2020-12 of every document, by kind. Additional properties are allowed: documents may grow
 * (`docs/reference/README.md#promises`).
 */
export function jsonSchemas(): ReadonlyMap<string, object> {
  return new Map(
    Object.entries(DOCUMENTS).map(([kind, schema]) => [kind, jsonSchema(kind, schema)]),
  )
}

function jsonSchema(kind: string, schema: TSchema): object {
  const $defs: Record<string, unknown> = {}
  const root = withReferences(schema, $defs)
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:vfio-reset:schema:${kind}:${Version.const}`,
    title: `vfio-reset ${kind} --json`,
    ...root,
    ...(Object.keys($defs).length > 0 ? { $defs } : {}),
  }
}

/** A copy of the schema in which shared parts stand in `$defs`. */
function withReferences(schema: object, $defs: Record<string, unknown>): object {
  const entries = Object.entries(schema).map(([key, value]) => [key, reference(value, $defs)])
  return Object.fromEntries(entries)
}

function reference(value: unknown, $defs: Record<string, unknown>): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((each) => reference(each, $defs))
  const name = SHARED.get(value)
  if (name === undefined) return withReferences(value, $defs)
  if (!Object.hasOwn($defs, name)) {
    $defs[name] = true
    $defs[name] = withReferences(value, $defs)
  }
  return { $ref: `#/$defs/${name}` }
}
