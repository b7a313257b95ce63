import { createHmac, randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { recordHost } from '../../capture/record/record-host.js'
import { redactRecording } from '../../capture/redact/redact-recording.js'
import type { Pseudonyms } from '../../capture/redact/redaction.js'
import { recordOf } from '../../host/archive/capture-record.js'
import { createRecordedTree } from '../../host/archive/recorded-tree.js'
import type { RawHost } from '../../host/raw-host.js'
import { readHost } from '../../host/read/read-host.js'
import { type HostTree, isFailure, type TreeOrigin } from '../../host/tree/tree.js'

/** A host for a report: what was read, and what may be shown of it. */
export interface ReportedHost {
  /** As it is: what the command line names is looked up here. */
  readonly read: RawHost
  readonly shown: RawHost
}

/**
 * Reads a host for a report: with `redact` as a redacted capture of it would be read, so that a report never shows more than
 * that capture holds.
 */
export function readForReport(
  tree: HostTree,
  { wake, redact }: { readonly wake: boolean; readonly redact: boolean },
): ReportedHost {
  if (!redact) {
    const read = readHost(tree, { wake, holders: true })
    return { read, shown: read }
  }
  const { raw: read, recording } = recordHost(tree, { wake })
  const redacted = redactRecording(recording, madeUpPseudonyms()).recording
  const source = redactedSource(tree.source)
  const copy = createRecordedTree(redacted.entries, recordOf(redacted), source)
  return { read, shown: readHost(copy, { wake, holders: true }) }
}

/** Where a tree states the host's name. */
const NAME_FILES = ['proc/sys/kernel/hostname', 'etc/hostname']

/** What a redacted answer says of its source: the name of a file says whose host it is, and where somebody keeps it. */
export function redactedSource({ kind, path }: TreeOrigin): TreeOrigin {
  return { kind, path: path === null ? null : REDACTED_NAME }
}

/** Stands where the name of a capture would. */
export const REDACTED_NAME = 'host.tar.gz'

/**
 * Pseudonyms for one run. The key is made up and thrown away: nobody can try the values that there are, such as all MACs of
 * one vendor, and two captures of one host cannot be put together by them.
 */
export function madeUpPseudonyms(): Pseudonyms {
  return keyedPseudonyms(randomBytes(32))
}

export function keyedPseudonyms(key: string | Uint8Array): Pseudonyms {
  return (what, value) =>
    createHmac('sha256', key).update(`vfio-reset capture\0${what}\0${value}`).digest('hex')
}

/** Names that the host goes by: whole, and its first label. */
export function hostNamesOf(tree: HostTree): readonly string[] {
  const told = NAME_FILES.map((file) => tree.readText(file))
  const names = told.flatMap((text) => (isFailure(text) ? [] : [text.trim()]))
  if (tree.source.kind === 'live') names.push(hostname())
  const labels = names.map((name) => name.split('.', 1).join(''))
  return [...new Set([...names, ...labels])]
    .filter((name) => /^[A-Za-z0-9.-]{1,253}$/.test(name))
    .sort((a, b) => b.length - a.length)
}
