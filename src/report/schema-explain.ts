import Type from 'typebox'
import { DIAGNOSES, type DiagnosisId } from '../explain/catalogue/diagnosis.js'
import type { CauseKind, KernelCall } from '../explain/catalogue/kernel-call.js'
import { type Origin, type Project, SOURCE_URLS } from '../explain/catalogue/message.js'
import { CALL_WORDS, CAUSE_WORDS } from '../explain/catalogue/words/cause-words.js'
import { ORIGIN_WORDS } from '../explain/catalogue/words/origin-words.js'
import type { MatterReason } from '../explain/report/document.js'
import { MATTER_WORDS } from '../explain/report/matters.js'
import { DeviceEntry, RelatedEntry } from './schema-device.js'
import { DevSetEntry, GroupEntry, SourceEntry, WarningEntry } from './schema-inspect.js'
import { Address, Errno, GapEntry, Group, orNull, ToolName, Version } from './schema-values.js'

const Text = Type.String()

/** Functions in the order of the message, not of their addresses. */
const Named = Type.Array(Address, { uniqueItems: true })

const OriginName = oneOf<Origin>(ORIGIN_WORDS)
const DiagnosisName = oneOf<DiagnosisId>(DIAGNOSES)

/** Where a text stands first in the log, from 1, and how often it comes. */
const PLACE = { line: Type.Integer({ minimum: 1 }), count: Type.Integer({ minimum: 1 }) }

const CauseEntry = Type.Object({
  kind: oneOf<CauseKind>(CAUSE_WORDS),
  meaning: Text,
  holds: orNull(Type.Boolean({ description: 'Whether that is so on the host now' })),
  devices: Named,
})

const StepEntry = Type.Object({
  do: Text,
  device: orNull(Address),
  command: orNull(Text),
  cost: orNull(Text),
  undo: orNull(Text),
})

const EvidenceEntry = Type.Object({
  text: Text,
  origin: OriginName,
  id: DiagnosisName,
  title: Text,
  ...PLACE,
})

const MessageEntry = Type.Object({
  answer: Text,
  text: Text,
  origin: OriginName,
  id: DiagnosisName,
  title: Text,
  meaning: Text,
  matters: orNull(Type.Boolean()),
  why: oneOf<MatterReason>(MATTER_WORDS),
  causes: Type.Array(CauseEntry),
  devices: Named,
  plan: orNull(Type.Array(StepEntry)),
  hint: orNull(Text),
  ...PLACE,
  evidence: Type.Array(EvidenceEntry),
  errno: orNull(Errno),
  call: orNull(oneOf<KernelCall>(CALL_WORDS)),
  groups: Type.Array(Group),
  known: Type.Object({
    text: Text,
    era: Type.Enum(['current', 'old', 'proposed']),
    project: oneOf<Project>(SOURCE_URLS),
    file: Text,
    url: Text,
  }),
  absent: Named,
  strangeGroups: Type.Array(Group),
})

const UnknownMessageEntry = Type.Object({
  text: Text,
  ...PLACE,
  nearest: Type.Array(
    Type.Object({
      text: Text,
      origin: OriginName,
      id: DiagnosisName,
      likeness: Type.Number({ minimum: 0, maximum: 1 }),
    }),
  ),
})

/** `explain --json`. */
export const ExplainDocument = Type.Object({
  schemaVersion: Version,
  kind: Type.Literal('explain'),
  tool: ToolName,
  source: orNull(SourceEntry),
  gaps: Type.Array(GapEntry),
  messages: Type.Array(MessageEntry),
  unknown: Type.Array(UnknownMessageEntry),
  unlisted: Type.Integer({ minimum: 0 }),
  listing: orNull(Type.Enum(['iommu-groups', 'lspci'])),
  platform: Type.Object({
    processor: orNull(Type.Enum(['intel', 'amd', 'x86', 'arm', 'power', 'riscv', 's390'])),
    isGuest: orNull(Type.Boolean()),
  }),
  lines: Type.Integer({ minimum: 0 }),
  omitted: Type.Integer({ minimum: 0 }),
  omittedKinds: Type.Array(
    Type.Object({ id: DiagnosisName, title: Text, count: Type.Integer({ minimum: 1 }) }),
  ),
  elsewhere: Type.Boolean({
    description: 'No host was chosen, and this one lacks most of the functions named',
  }),
  inspected: orNull(
    Type.Object({
      devices: Type.Array(DeviceEntry),
      related: Type.Array(RelatedEntry),
      groups: Type.Array(GroupEntry),
      devSets: Type.Array(DevSetEntry),
      warnings: Type.Array(WarningEntry),
    }),
  ),
})

/** The keys of a table, which is total over `K`. */
function oneOf<K extends string>(table: Readonly<Record<K, unknown>>) {
  return Type.Unsafe<K>({ type: 'string', enum: Object.keys(table) })
}
