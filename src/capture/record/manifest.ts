import { CAPTURE_VERSION, type CaptureRecord, recordOf } from '../../host/archive/capture-record.js'
import type { Recording } from '../../host/archive/recording-tree.js'
import type { Gap } from '../../host/gap.js'
import type { Redaction } from '../redact/redaction.js'

/** What a capture says of itself: `vfio-reset.json`. */
export interface Manifest {
  readonly formatVersion: typeof CAPTURE_VERSION
  readonly tool: { readonly name: string; readonly version: string }
  readonly kernelRelease: string | null
  /** When the host was read, ISO 8601, UTC. */
  readonly time: string
  /** Facts that analysis wanted and did not get. */
  readonly gaps: readonly Gap[]
  /** What was replaced, without what stood there; null: nothing was looked for. */
  readonly redacted: readonly Pick<Redaction, 'path' | 'what'>[] | null
  /** Commands whose output stands in `commands/`, and those that gave none. */
  readonly commands: readonly CommandNote[]
  readonly record: CaptureRecord
}

/** A command that was run for a capture. */
export interface CommandNote {
  /** Its command line. */
  readonly command: string
  /** File in `commands/`; null: there is none. */
  readonly file: string | null
  /** Why there is no output, or only a part of it; null: all went well. */
  readonly problem: string | null
}

export interface ManifestFacts extends Omit<Manifest, 'formatVersion' | 'record'> {
  readonly recording: Recording
}

export function makeManifest({ recording, ...facts }: ManifestFacts): Manifest {
  return { formatVersion: CAPTURE_VERSION, ...facts, record: recordOf(recording) }
}

/** One line a field, and one line an element: a person can read it, and a line tool too. */
export function manifestText(manifest: Manifest): string {
  const fields = Object.entries(manifest).map(
    ([key, value]) => `  ${JSON.stringify(key)}: ${valueText(key, value)}`,
  )
  return `{\n${fields.join(',\n')}\n}\n`
}

function valueText(key: string, value: unknown): string {
  if (key === 'record') return recordText(value)
  return Array.isArray(value) ? listText(value, '    ') : JSON.stringify(value)
}

function recordText(record: unknown): string {
  const fields = Object.entries(Object(record)).map(
    ([key, value]) =>
      `    ${JSON.stringify(key)}: ${Array.isArray(value) ? listText(value, '      ') : JSON.stringify(value)}`,
  )
  return `{\n${fields.join(',\n')}\n  }`
}

function listText(list: readonly unknown[], indent: string): string {
  if (list.length === 0) return '[]'
  const lines = list.map((each) => `${indent}${JSON.stringify(each)}`)
  return `[\n${lines.join(',\n')}\n${indent.slice(2)}]`
}
