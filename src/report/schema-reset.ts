import Type from 'typebox'
import { SourceEntry } from './schema-inspect.js'
import { VERBS } from './schema-simulate.js'
import {
  Address,
  Addresses,
  Errno,
  GapEntry,
  kindOf,
  orNull,
  ProcessId,
  statedAs,
  ToolName,
  Version,
} from './schema-values.js'
import { VerdictEntry } from './schema-verdicts.js'

const DangerEntry = Type.Union(
  [
    kindOf('held', {
      address: Address,
      holder: Type.Object({
        pid: ProcessId,
        command: Type.String(),
        target: Type.String(),
        fd: Type.String(),
        device: orNull(Address),
      }),
    }),
    kindOf('open', { address: Address, count: Type.Integer() }),
    kindOf('needed', {
      address: Address,
      need: Type.Object({
        kind: Type.Enum(['boot-disk', 'root-filesystem', 'swap', 'active-route', 'console']),
        address: Address,
        detail: Type.String(),
      }),
    }),
  ],
  { description: 'Whoever and whatever else the reset would hit' },
)

const PlannedCallEntry = Type.Object({
  call: Type.String(),
  target: Type.String(),
  sideEffect: orNull(Type.String()),
})

/** `reset --json`: a dry run, or what the kernel did. */
export const ResetDocument = Type.Object({
  schemaVersion: Version,
  kind: Type.Literal('reset'),
  tool: ToolName,
  source: SourceEntry,
  gaps: Type.Array(GapEntry),
  device: Address,
  via: Type.Enum(['group', 'cdev']),
  scope: statedAs(orNull(Type.Enum(['slot', 'bus']))),
  bridge: statedAs(orNull(Address)),
  prediction: VerdictEntry,
  plan: Type.Array(PlannedCallEntry),
  affected: statedAs(Addresses),
  unaccounted: statedAs(Addresses),
  dangers: Type.Array(DangerEntry),
  executed: Type.Boolean(),
  actual: orNull(
    Type.Object({
      errno: orNull(Errno),
      durationMs: Type.Number({ minimum: 0, description: 'Of the reset, in milliseconds' }),
      at: Type.Enum(VERBS),
    }),
  ),
  agrees: orNull(Type.Boolean()),
  after: orNull(
    Type.Array(
      Type.Object({
        address: Address,
        alive: Type.Boolean(),
        link: statedAs(orNull(Type.Boolean())),
      }),
    ),
  ),
})
