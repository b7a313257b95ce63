import { createHmac, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { basename } from 'node:path'
import { recordHost } from '../capture/record/record-host.js'
import { redactRecording } from '../capture/redact/redact-recording.js'
import type { Pseudonyms } from '../capture/redact/redaction.js'
import { recordOf } from '../host/archive/capture-record.js'
import { createRecordedTree } from '../host/archive/recorded-tree.js'
import type { RawHost } from '../host/raw-host.js'
import { readHost } from '../host/read/read-host.js'
import { type HostTree, isFailure } from '../host/tree/tree.js'

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
export async function readForReport(
  tree: HostTree,
  { wake, redact }: { readonly wake: boolean; readonly redact: boolean },
): Promise<ReportedHost> {
  if (!redact) {
    const read = await readHost(tree, { wake, holders: true })
    return { read, shown: read }
  }
  const { raw: read, recording } = await recordHost(tree, { wake })
  const options = { pseudonyms: pseudonymsFor(tree), hostNames: hostNamesOf(tree) }
  const redacted = redactRecording(recording, options).recording
  const { kind, path } = tree.source
  // The folders above say where somebody keeps the captures of whom.
  const source = { kind, path: path === null ? null : basename(path) }
  const copy = createRecordedTree(redacted.entries, recordOf(redacted), source)
  return { read, shown: await readHost(copy, { wake, holders: true }) }
}

/** Identity of an installation (machine-id(5)): confidential, and only to be used through a keyed hash. */
const MACHINE_ID = '/etc/machine-id'

/** Where a tree states the host's name. */
const NAME_FILES = ['proc/sys/kernel/hostname', 'etc/hostname']

/**
 * Pseudonyms for a capture of a host. Those of one live host are the same in all its captures, so that they can be compared, and
 * mean nothing to who does not know its machine-id; of a copy they are made up anew each time.
 */
export function pseudonymsFor(tree: HostTree): Pseudonyms {
  const salt = (tree.source.kind === 'live' ? machineId() : undefined) ?? randomBytes(32)
  return saltedPseudonyms(salt)
}

export function saltedPseudonyms(salt: string | Uint8Array): Pseudonyms {
  return (what, value) =>
    createHmac('sha256', salt).update(`vfio-reset capture\0${what}\0${value}`).digest('hex')
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

function machineId(): string | undefined {
  try {
    const text = readFileSync(MACHINE_ID, 'utf8').trim()
    return /^[0-9a-f]{32}$/.test(text) ? text : undefined
  } catch {
    return undefined
  }
}
