import Type, { type TSchema } from 'typebox'
import { SourceEntry } from './schema-inspect.js'
import {
  Address,
  Addresses,
  Errno,
  GapReason,
  orNull,
  QuirkId,
  ToolName,
  Version,
} from './schema-values.js'
import { PolicyName, ReasonEntry } from './schema-verdicts.js'

const Text = Type.String()
const Texts = Type.Array(Text)
/** Names of ACS bits; null: no ACS capability. */
const Bits = orNull(Texts)
const Sets = Type.Array(Addresses)

const NeedEntry = Type.Object({
  kind: Type.Enum(['boot-disk', 'root-filesystem', 'swap', 'active-route', 'console']),
  address: Address,
  detail: Text,
})

/** `DiffCause`. */
export const CauseEntry = Type.Union([
  Type.Object({ kind: Type.Literal('acs-changed'), at: Address, before: Bits, after: Bits }),
  Type.Object({
    kind: Type.Literal('quirk-changed'),
    at: Address,
    before: orNull(QuirkId),
    after: orNull(QuirkId),
  }),
  Type.Object({ kind: Type.Literal('parameter-changed'), before: Texts, after: Texts }),
  Type.Object({ kind: Type.Literal('kernel-changed'), before: Text, after: Text }),
  Type.Object({
    kind: Type.Literal('driver-changed'),
    at: Address,
    before: orNull(Text),
    after: orNull(Text),
  }),
  Type.Object({
    kind: Type.Literal('group-changed'),
    at: Address,
    joined: Addresses,
    left: Addresses,
  }),
  Type.Object({ kind: Type.Literal('scope-changed'), at: Address }),
  Type.Object({
    kind: Type.Literal('function-changed'),
    at: Address,
    how: Type.Enum(['added', 'gone', 'moved']),
  }),
  Type.Object({ kind: Type.Literal('holder-changed') }),
  Type.Object({
    kind: Type.Literal('unread'),
    side: Type.Enum(['before', 'after']),
    path: orNull(Text),
  }),
])

/** `Ending`. */
export const EndingEntry = Type.Object({
  outcome: Type.Enum(['permitted', 'refused', 'undetermined']),
  errno: orNull(Errno),
  at: orNull(Text),
  reasons: Type.Array(ReasonEntry),
})

const FactsEntry = orNull(Type.Object({ driver: orNull(Text), groupWith: Addresses }))

const ScopeEntry = Type.Object({
  scope: orNull(Type.Enum(['slot', 'bus'])),
  affected: Addresses,
})

function change<Kind extends string, Value extends TSchema>(kind: Kind, value: Value) {
  return Type.Object({
    kind: Type.Literal(kind),
    devices: Type.Array(Address),
    before: value,
    after: value,
    cause: orNull(CauseEntry),
  })
}

const VerdictEntry = Type.Intersect([
  change('verdict', EndingEntry),
  Type.Object({ policy: PolicyName }),
])

const GroupEntries = (
  ['groups-joined', 'groups-split', 'groups-rearranged', 'groups-lost', 'groups-gained'] as const
).map((kind) =>
  Type.Intersect([change(kind, Sets), Type.Object({ hostNeeds: Type.Array(NeedEntry) })]),
)

/** `Change`. */
export const ChangeEntry = Type.Union([
  VerdictEntry,
  ...GroupEntries,
  change('function-gone', FactsEntry),
  change('function-added', FactsEntry),
  change('function-moved', Address),
  change('driver', orNull(Text)),
  change('reset-scope', ScopeEntry),
  change('dev-set', Addresses),
  change('reset-methods', orNull(Texts)),
  change('acs', Bits),
  change('acs-quirk', orNull(QuirkId)),
  change('kernel-release', Text),
  change('command-line', Texts),
  change('host-needs', Type.Array(NeedEntry)),
])

/** `diff --json`. */
export const DiffDocument = Type.Object({
  schemaVersion: Version,
  kind: Type.Literal('diff'),
  tool: ToolName,
  source: SourceEntry,
  sources: Type.Object({ before: SourceEntry, after: SourceEntry }),
  gaps: Type.Array(
    Type.Object({
      path: Text,
      why: GapReason,
      detail: Text,
      side: Type.Enum(['before', 'after']),
    }),
  ),
  same: Type.Boolean(),
  changes: Type.Array(ChangeEntry),
  incomparable: Type.Array(
    Type.Object({
      what: Type.Enum(['driver', 'group', 'acs', 'reset-scope', 'reset-methods', 'command-line']),
      devices: Type.Array(Address),
    }),
  ),
})
