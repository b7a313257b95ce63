import { Readable } from 'node:stream'
import { constants, createGzip } from 'node:zlib'
import { type CommandOutput, captureEntries } from '../capture/record/capture-entries.js'
import { type CommandNote, makeManifest } from '../capture/record/manifest.js'
import { recordHost } from '../capture/record/record-host.js'
import { type ArchiveEntry, writeTar } from '../capture/record/write-tar.js'
import { redactRecording } from '../capture/redact/redact-recording.js'
import { redactOutput } from '../capture/redact/redact-text.js'
import { createRedactor, type Redaction } from '../capture/redact/redaction.js'
import { recordOf } from '../host/archive/capture-record.js'
import { createRecordedTree } from '../host/archive/recorded-tree.js'
import type { Recording } from '../host/archive/recording-tree.js'
import { collectGaps } from '../host/collect-gaps.js'
import type { Gap } from '../host/gap.js'
import type { RawHost } from '../host/raw-host.js'
import { readHost } from '../host/read/read-host.js'
import type { HostTree } from '../host/tree/tree.js'
import { type CommandResults, runCommands } from './capture-commands.js'
import { UsageError } from './errors.js'
import { hostNamesOf, pseudonymsFor } from './report-redaction.js'
import { TOOL } from './tool.js'

export interface CaptureOptions {
  readonly wake: boolean
  readonly redact: boolean
  /** Also find out what `redact` would replace. */
  readonly preview: boolean
  readonly commands: boolean
  /** When it is made, ISO 8601. */
  readonly time: string
}

/** A capture that is ready to be written. */
export interface MadeCapture {
  readonly raw: RawHost
  readonly gaps: readonly Gap[]
  readonly entries: readonly ArchiveEntry[]
  readonly redactions: readonly Redaction[]
  readonly commands: readonly CommandNote[]
}

/** Reads a host and makes its capture; nothing is written. */
export async function makeCapture(tree: HostTree, options: CaptureOptions): Promise<MadeCapture> {
  const { raw, recording } = await recordHost(tree, options)
  const said: CommandResults = options.commands ? await runCommands() : { outputs: [], notes: [] }
  const clean = options.redact || options.preview ? redactAll(tree, recording, said.outputs) : null
  const isClean = options.redact && clean !== null
  const kept = isClean ? clean.recording : recording
  const gaps = isClean ? await gapsIn(kept, raw) : collectGaps(raw)
  const manifest = makeManifest({
    recording: kept,
    tool: TOOL,
    kernelRelease: raw.system.osRelease.known ? raw.system.osRelease.value : null,
    time: options.time,
    gaps,
    redacted: isClean ? clean.redactions.map(({ path, what }) => ({ path, what })) : null,
    commands: said.notes,
  })
  return {
    raw,
    gaps,
    entries: captureEntries(kept, manifest, isClean ? clean.outputs : said.outputs),
    redactions: clean?.redactions ?? [],
    commands: said.notes,
  }
}

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

interface Clean {
  readonly recording: Recording
  readonly outputs: readonly CommandOutput[]
  readonly redactions: readonly Redaction[]
}

function redactAll(tree: HostTree, recording: Recording, outputs: readonly CommandOutput[]): Clean {
  const pseudonyms = pseudonymsFor(tree)
  const hostNames = hostNamesOf(tree)
  const redacted = redactRecording(recording, { pseudonyms, hostNames })
  const inOutputs: Redaction[] = []
  const clean = outputs.map(({ name, text }) => {
    const redactor = createRedactor(`commands/${name}`, pseudonyms, inOutputs)
    return { name, text: redactOutput(text, redactor, hostNames) }
  })
  return {
    recording: redacted.recording,
    outputs: clean,
    redactions: [...redacted.redactions, ...inOutputs],
  }
}

/** What is missing, told in the words of what was redacted: a gap can quote a file. */
async function gapsIn(recording: Recording, { source }: RawHost): Promise<readonly Gap[]> {
  const tree = createRecordedTree(recording.entries, recordOf(recording), source)
  return collectGaps(await readHost(tree, { wake: false, holders: true }))
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['K', 1024],
  ['M', 1024 ** 2],
  ['G', 1024 ** 3],
])

/** Bytes that `--max-size` allows: a number, with K, M or G. */
export function parseSize(text: string): number {
  const [, digits, unit] = /^(\d{1,12})([KMG]?)(?:i?B)?$/i.exec(text) ?? []
  const factor = UNITS.get((unit ?? '').toUpperCase())
  const size = factor === undefined ? Number.NaN : Number(digits) * factor
  if (Number.isSafeInteger(size) && size > 0) return size
  throw new UsageError(`"${text}" is no size.`, {
    hint: 'Write it as --max-size 500K, 64M or 2G.',
  })
}

type Environment = Readonly<Record<string, string | undefined>>

export function environment(): Environment {
  return process.env
}

/** When a capture was made, ISO 8601 in UTC to the second: now, or as SOURCE_DATE_EPOCH says (reproducible-builds.org). */
export function captureTime(env: Environment): string {
  const epoch = env['SOURCE_DATE_EPOCH']
  const time = epoch === undefined || epoch === '' ? Date.now() : Number(epoch) * 1000
  const isTime = Number.isInteger(time) && time >= 0 && time <= 253_402_300_799_000
  if (!isTime) {
    throw new UsageError(
      `SOURCE_DATE_EPOCH is "${epoch}", which is no number of seconds since 1970.`,
    )
  }
  return new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z')
}

/** Name of a capture that was given none: it tells when, and nothing of the host. */
export function defaultFile(time: string): string {
  return `vfio-reset-${time.replace(/[-:]/g, '').replace('T', '-').replace('Z', '')}.tar.gz`
}
