import { captureEntries } from '../../src/capture/record/capture-entries.js'
import { makeManifest } from '../../src/capture/record/manifest.js'
import { recordHost } from '../../src/capture/record/record-host.js'
import { type ArchiveEntry, writeTar } from '../../src/capture/record/write-tar.js'
import { readCapture } from '../../src/host/archive/archive-tree.js'
import type { Recording } from '../../src/host/archive/recording-tree.js'
import type { RawHost } from '../../src/host/raw-host.js'
import { readHost } from '../../src/host/read/read-host.js'
import type { HostTree, TreeOrigin } from '../../src/host/tree/tree.js'
import { inspectReport } from '../../src/inspect/inspect-report.js'
import { DEFAULT_POLICIES } from '../../src/policy/find-policy.js'
import { analyseHost } from '../../src/vfio/analysed-host.js'

const SOURCE: TreeOrigin = { kind: 'capture', path: 'host.tar.gz' }

/** Everything that a capture of the tree would hold. */
export async function captured(tree: HostTree): Promise<readonly ArchiveEntry[]> {
  const { recording } = await recordHost(tree, { wake: false })
  return entriesOf(recording)
}

export function entriesOf(recording: Recording): readonly ArchiveEntry[] {
  const manifest = makeManifest({
    recording,
    tool: { name: 'vfio-reset', version: '0.0.0' },
    kernelRelease: null,
    time: '2026-01-01T00:00:00Z',
    gaps: [],
    redacted: null,
    commands: [],
  })
  return captureEntries(recording, manifest, [])
}

/** The tree in an archive of these entries. */
export async function unpacked(entries: Iterable<ArchiveEntry>): Promise<HostTree> {
  const content = await readCapture(chunks(writeTar(entries)), SOURCE)
  if ('message' in content) throw new Error(content.message)
  if (content.kind !== 'tree') throw new Error('no tree')
  return content.tree
}

export async function* chunks(pieces: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* pieces
}

/** What a program reads about the host, apart from where it came from. */
export async function documentOf(tree: HostTree): Promise<string> {
  return documentOfRaw(await readHost(tree, { wake: false, holders: true }))
}

export function documentOfRaw(raw: RawHost): string {
  const report = inspectReport({
    host: analyseHost(raw),
    targets: null,
    query: {
      policies: DEFAULT_POLICIES,
      owning: new Set(),
      brief: true,
    },
    tool: { name: 'vfio-reset', version: '0.0.0' },
    names: new Map(),
  })
  return JSON.stringify({ ...report, source: null })
}
