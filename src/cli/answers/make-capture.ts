import { Readable } from 'node:stream'
import { constants, createGzip } from 'node:zlib'
import { type CommandOutput, captureEntries } from '../../capture/record/capture-entries.js'
import { makeManifest } from '../../capture/record/manifest.js'
import { recordHost } from '../../capture/record/record-host.js'
import { type ArchiveEntry, writeTar } from '../../capture/record/write-tar.js'
import { listedWords } from '../../capture/redact/redact-listing.js'
import { redactOutput } from '../../capture/redact/redact-output.js'
import { redactRecording } from '../../capture/redact/redact-recording.js'
import { createRedactor } from '../../capture/redact/redaction.js'
import type { CaptureOutcome } from '../../capture/report/document.js'
import { envelope } from '../../document/envelope.js'
import { recordOf } from '../../host/archive/capture-record.js'
import { createRecordedTree } from '../../host/archive/recorded-tree.js'
import type { Recording } from '../../host/archive/recording-tree.js'
import { collectGaps } from '../../host/collect-gaps.js'
import { valueOrNull } from '../../host/gap.js'
import type { RawHost } from '../../host/raw-host.js'
import { readHost } from '../../host/read/read-host.js'
import { readSystemPciIds } from '../../host/read/read-pci-ids.js'
import type { HostTree } from '../../host/tree/tree.js'
import { analyseHost } from '../../vfio/analysed-host.js'
import { UsageError } from '../errors.js'
import { TOOL } from '../tool.js'
import { type CommandResults, runCommands } from './capture-commands.js'
import { hostNamesOf, madeUpPseudonyms, redactedSource } from './report-redaction.js'

/** What the flags of `capture` say of its content. */
export interface CaptureWish {
  readonly wake: boolean
  readonly redact: boolean
  /** Also find out what `redact` would replace. */
  readonly 'show-redactions': boolean
  /** Tracker for which commands are run too. */
  readonly for: string | undefined
}

/** A capture that is ready to be written, and what is told of it. */
export interface MadeCapture {
  readonly entries: readonly ArchiveEntry[]
  readonly outcome: Omit<CaptureOutcome, 'file' | 'bytes'>
}

/** Reads a host and makes its capture; nothing is written. `time`: when, ISO 8601. */
export async function makeCapture(
  tree: HostTree,
  wish: CaptureWish,
  time: string,
): Promise<MadeCapture> {
  const { raw: read, recording } = recordHost(tree, wish)
  const said = wish.for === undefined ? NOTHING_SAID : await runCommands()
  const isWanted = wish.redact || wish['show-redactions']
  const clean = isWanted ? redactAll(tree, recording, said.outputs) : null
  const written = wish.redact && clean !== null ? clean : { recording, outputs: said.outputs }
  const raw = wish.redact ? readAgain(written.recording, read) : read
  const gaps = collectGaps(raw)
  const redactions = clean?.redactions ?? []
  const commands = said.notes
  const manifest = makeManifest({
    recording: written.recording,
    tool: TOOL,
    kernelRelease: valueOrNull(raw.system.osRelease),
    time,
    gaps,
    redacted: wish.redact ? redactions.map(({ path, what }) => ({ path, what })) : null,
    commands,
  })
  const entries = captureEntries(written.recording, manifest, written.outputs)
  return {
    entries,
    outcome: {
      ...envelope('capture', analyseHost(raw), { gaps, tool: TOOL }),
      redacted: wish.redact,
      entries: entries.length,
      redactions,
      commands,
    },
  }
}

const NOTHING_SAID: CommandResults = { outputs: [], notes: [] }

/** The archive's bytes: the same entries give the same. */
export function packCapture(entries: readonly ArchiveEntry[]): AsyncIterable<Uint8Array> {
  const tar = Readable.from(batches(writeTar(entries)), { objectMode: false })
  const gzip = createGzip({ level: constants.Z_BEST_COMPRESSION })
  tar.on('error', (error) => gzip.destroy(error))
  return tar.pipe(gzip)
}

const BATCH_BYTES = 1 << 18

/** Blocks of 512 bytes are too small to go through a stream one by one. */
function* batches(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  let batch: Uint8Array[] = []
  let length = 0
  for (const piece of pieces) {
    batch.push(piece)
    length += piece.length
    if (length < BATCH_BYTES) continue
    yield Buffer.concat(batch)
    batch = []
    length = 0
  }
  yield Buffer.concat(batch)
}

function redactAll(tree: HostTree, recording: Recording, outputs: readonly CommandOutput[]) {
  const pseudonyms = madeUpPseudonyms()
  const redacted = redactRecording(recording, pseudonyms)
  const redactions = [...redacted.redactions]
  const facts = { hostNames: hostNamesOf(tree), listed: outputs.length === 0 ? NO_WORDS : words() }
  const clean = outputs.map(({ name, text }) => {
    const redactor = createRedactor(`commands/${name}`, pseudonyms, redactions)
    return { name, text: redactOutput(name, text, redactor, facts) }
  })
  return { recording: redacted.recording, outputs: clean, redactions }
}

const NO_WORDS: ReadonlySet<string> = new Set()

/** Of the names that this system's lspci has. */
function words(): ReadonlySet<string> {
  const ids = readSystemPciIds()
  return ids === null ? NO_WORDS : listedWords(Buffer.from(ids).toString('utf8'))
}

/** The host as who gets the redacted capture will read it: a release is told there, and a gap quotes a file. */
function readAgain(recording: Recording, { source }: RawHost): RawHost {
  const shown = redactedSource(source)
  const tree = createRecordedTree(recording.entries, recordOf(recording), shown)
  return readHost(tree, { wake: false, holders: true })
}

/** Bytes that `--max-size` allows: a number, with K, M or G. */
export function parseSize(text: string): number {
  const [, digits, unit = ''] = /^(\d{1,12})([KMG]?)(?:i?B)?$/i.exec(text) ?? []
  const size = Number(digits) * 1024 ** ['', 'K', 'M', 'G'].indexOf(unit.toUpperCase())
  if (Number.isSafeInteger(size) && size > 0) return size
  throw new UsageError(`"${text}" is no size.`, {
    hint: 'Write it as --max-size 500K, 64M or 2G.',
  })
}

/** When a capture was made, ISO 8601 in UTC to the second: now, or as SOURCE_DATE_EPOCH says (reproducible-builds.org). */
export function captureTime(env: NodeJS.ProcessEnv): string {
  const epoch = env['SOURCE_DATE_EPOCH']
  const time = epoch === undefined || epoch === '' ? Date.now() : Number(epoch) * 1000
  const isTime = Number.isInteger(time) && time >= 0 && time <= 253_402_300_799_000
  if (isTime) return new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z')
  throw new UsageError(`SOURCE_DATE_EPOCH is "${epoch}", which is no number of seconds since 1970.`)
}

/** Name of a capture that was given none: it tells when, and nothing of the host. */
export function defaultFile(time: string): string {
  return `vfio-reset-${time.replace(/[-:]/g, '').replace('T', '-').replace('Z', '')}.tar.gz`
}
