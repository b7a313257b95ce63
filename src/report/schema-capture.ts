import Type from 'typebox'
import { SourceEntry } from './schema-inspect.js'
import { GapEntry, orNull, ToolName, Version } from './schema-values.js'

const Text = Type.String()
const Count = Type.Integer({ minimum: 0 })

/** `RedactionEntry`. */
const RedactionObject = Type.Object({
  path: Text,
  what: Type.Enum([
    'serial-number',
    'mac-address',
    'host-name',
    'command',
    'command-line',
    'uuid',
    'network-address',
    'slot-label',
    'disk-name',
    'builder',
  ]),
  replacement: Text,
})

/** `capture --json`. */
export const CaptureDocument = Type.Object({
  schemaVersion: Version,
  kind: Type.Literal('capture'),
  tool: ToolName,
  source: SourceEntry,
  gaps: Type.Array(GapEntry),
  file: Text,
  bytes: Count,
  entries: Count,
  redacted: Type.Boolean(),
  redactions: Type.Array(RedactionObject),
  commands: Type.Array(Type.Object({ command: Text, file: orNull(Text), problem: orNull(Text) })),
})
