import { basename } from 'node:path'
import { recordHost } from '../capture/record/record-host.js'
import { redactRecording } from '../capture/redact/redact-recording.js'
import { recordOf } from '../host/archive/capture-record.js'
import { createRecordedTree } from '../host/archive/recorded-tree.js'
import type { RawHost } from '../host/raw-host.js'
import { readHost } from '../host/read/read-host.js'
import type { HostTree } from '../host/tree/tree.js'
import { hostNamesOf, pseudonymsFor } from './capture-pseudonyms.js'

/** A host for a report: what was read, and what may be shown of it. */
export interface ReportedHost {
  /** As it is: what the command line names is looked up here. */
  readonly read: RawHost
  readonly shown: RawHost
}

/**
 * Reads a host as a redacted capture of it would be read, so that a report never shows more than that capture holds.
 */
export async function readRedacted(
  tree: HostTree,
  { wake }: { readonly wake: boolean },
): Promise<ReportedHost> {
  const { raw: read, recording } = await recordHost(tree, { wake })
  const options = { pseudonyms: pseudonymsFor(tree), hostNames: hostNamesOf(tree) }
  const redacted = redactRecording(recording, options).recording
  const { kind, path } = tree.source
  // The folders above say where somebody keeps the captures of whom.
  const source = { kind, path: path === null ? null : basename(path) }
  const copy = createRecordedTree(redacted.entries, recordOf(redacted), source)
  return { read, shown: await readHost(copy, { wake, holders: true }) }
}

/** Reads a host as it is. */
export async function readUnredacted(
  tree: HostTree,
  { wake }: { readonly wake: boolean },
): Promise<ReportedHost> {
  const read = await readHost(tree, { wake, holders: true })
  return { read, shown: read }
}
