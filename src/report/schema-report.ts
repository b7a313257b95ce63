import Type from 'typebox'
import { SourceEntry } from './schema-inspect.js'
import { GapEntry, orNull, ToolName, Version } from './schema-values.js'

/** `report --json`. */
export const ReportDocument = Type.Object({
  schemaVersion: Version,
  kind: Type.Literal('report'),
  tool: ToolName,
  source: SourceEntry,
  gaps: Type.Array(GapEntry),
  for: Type.Enum(['qemu', 'kernel', 'libvirt', 'proxmox', 'kubevirt']),
  redacted: Type.Boolean(),
  capture: orNull(Type.String()),
  markdown: Type.String(),
  files: Type.Array(
    Type.Object({
      format: Type.Enum(['html', 'svg', 'dot', 'mermaid']),
      path: Type.String(),
      bytes: Type.Integer({ minimum: 0 }),
    }),
  ),
})
