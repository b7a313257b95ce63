import Type from 'typebox'
import { SourceEntry } from './schema-inspect.js'
import { StepEntry } from './schema-simulate.js'
import { Address, Errno, GapEntry, Group, orNull, ToolName, Version } from './schema-values.js'

const PerformedInfoEntry = Type.Object({
  flags: Type.Array(Type.Enum(['dev-id', 'dev-id-owned'])),
  devices: Type.Array(
    Type.Object({
      address: Address,
      group: orNull(Group),
      devid: orNull(Type.Integer({ minimum: -1 })),
    }),
  ),
  count: Type.Optional(Type.Integer({ description: 'With ENOSPC: entries there would be' })),
})

/** `PerformedStep`. */
export const PerformedEntry = Type.Object(
  {
    outcome: Type.Enum(['ok', 'refused']),
    errno: orNull(Errno),
    info: Type.Optional(PerformedInfoEntry),
    skipped: Type.Optional(Type.Literal('not-open')),
  },
  { description: 'What the running kernel answered' },
)

/** `verify --json`: the steps as `simulate --json` states them, and beside each what the kernel answered. */
export const VerifyDocument = Type.Object({
  schemaVersion: Version,
  kind: Type.Literal('verify'),
  tool: ToolName,
  source: SourceEntry,
  gaps: Type.Array(GapEntry),
  policy: Type.Literal('kernel'),
  kernelRelease: Type.String(),
  steps: Type.Array(
    Type.Intersect([StepEntry, Type.Object({ actual: PerformedEntry, agrees: Type.Boolean() })]),
  ),
  agreement: Type.Object({
    agreed: Type.Integer({ minimum: 0 }),
    total: Type.Integer({ minimum: 0 }),
  }),
})
