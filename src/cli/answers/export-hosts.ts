import { createHash } from 'node:crypto'
import { sourceReport } from '../../document/envelope.js'
import type { DeviceName, Source } from '../../document/values.js'
import { type ExportedHost, exportedHost } from '../../export/exported-host.js'
import type { Format, FormatWish, Writer } from '../../export/formats/format.js'
import { type ExportFormat, FORMATS } from '../../export/formats/index.js'
import { exportReport, type HostEntry } from '../../export/report/document.js'
import { exportAside } from '../../export/report/text.js'
import type { ExportRow } from '../../export/row.js'
import { rowsOf } from '../../export/rows.js'
import type { SelectId } from '../../export/select.js'
import type { Gap } from '../../host/gap.js'
import type { PciAddress } from '../../host/pci-address.js'
import type { RawFunction } from '../../host/raw-host.js'
import type { HostTree } from '../../host/tree/tree.js'
import type { KernelRelease } from '../../kernel/kernel-release.js'
import type { Printable } from '../../text/printable.js'
import type { AnalysedHost } from '../../vfio/analysed-host.js'
import type { BaseCommand } from '../base-command.js'
import { ExpectedError, UsageError } from '../errors.js'
import { ExitCode } from '../exit-code.js'
import { checkKernel, type NameFlags, namesFor } from '../flags.js'
import { parseDuration } from '../input/duration.js'
import { type NamedHost, nameHosts } from '../input/name-hosts.js'
import { hostNamed } from '../input/open-host.js'
import { writeAtomically } from '../output/write-atomically.js'
import { TOOL } from '../tool.js'
import { withHost } from '../with-host.js'
import { captureTime } from './make-capture.js'
import { STDOUT } from './report-files.js'

export interface ExportFlags extends NameFlags {
  readonly format: ExportFormat | undefined
  readonly output: string | undefined
  readonly select: SelectId
  readonly baseline: string | undefined
  readonly host: string | undefined
  readonly expire: string | undefined
  readonly kernel: string | undefined
  readonly demo: boolean
}

/** For whoever collects it: other users, since nothing secret is in it. */
const PUBLIC = 0o644

/** `export` of one or many hosts, one after the other, into a file, whole or not at all, or to standard output. */
export async function exportHosts(
  command: BaseCommand,
  words: readonly string[],
  flags: ExportFlags,
): Promise<void> {
  const hosts = nameHosts({ ...flags, words })
  const isFile = flags.output !== undefined && flags.output !== STDOUT
  const format = formatFor(flags, hosts.length, { json: command.jsonEnabled(), isFile })
  const wish: FormatWish = {
    hostNames: hosts.length > 1 || flags.host !== undefined ? 'each' : 'none',
    expiresAt: expiryOf(flags.expire, format),
  }
  const run: Run = {
    command,
    hosts,
    flags,
    kernel: checkKernel(flags.kernel),
    entries: [],
    only: null,
    namesOf: namesOnce(command, flags),
  }
  const baseline = await readBaseline(run)
  const rows: ExportRow[] = []
  const keep = (host: ExportedHost) => {
    if (command.jsonEnabled()) rows.push(...rowsOf(host))
  }
  const made = pieces(format?.open(wish) ?? NOTHING, readAll(run, baseline), keep)
  // One host was read to its end before anything is written: until then the work can be begun anew.
  const first = await made.next()
  const all = chain(first.done === true ? [] : [first.value], made)
  if (isFile && flags.output !== undefined) await writeFile(flags.output, all)
  else await command.stream(all)
  const file = isFile ? (flags.output ?? null) : null
  await finish(run, { rows, file, format: format?.id ?? null })
}

/** What one call works with. */
interface Run {
  readonly command: BaseCommand
  readonly hosts: readonly NamedHost[]
  readonly flags: ExportFlags
  readonly kernel: KernelRelease | undefined
  /** What became of the hosts, in their order. */
  readonly entries: HostEntry[]
  readonly namesOf: (functions: readonly RawFunction[]) => ReadonlyMap<PciAddress, DeviceName>
  /** The one host; null: there are several, or it was not read yet. */
  only: Only | null
}

interface Only {
  readonly source: Source
  readonly gaps: readonly Gap[]
}

const NOTHING: Writer = { add: () => [], end: () => [] }

/** undefined: the document of `--json` alone is wanted. */
function formatFor(
  { format: id, expire, output }: ExportFlags,
  hosts: number,
  wanted: { readonly json: boolean; readonly isFile: boolean },
) {
  if (output === '') throw new UsageError('--output expects a value, but it is empty.')
  if (wanted.json && !wanted.isFile && id === undefined) return undefined
  if (wanted.json && !wanted.isFile) {
    throw new UsageError('Standard output cannot hold both the export and the JSON document.', {
      hint: 'Name a file with --output, or leave --format or --json out.',
    })
  }
  const format = FORMATS.find((each) => each.id === id)
  if (format === undefined) {
    throw new UsageError('A format is missing.', {
      hint: `--format takes one of ${FORMATS.map((each) => each.id).join(', ')}.`,
    })
  }
  if (format.hosts === 'one' && hosts > 1) {
    throw new UsageError(`--format ${format.id} tells of one host, and here are ${hosts}.`)
  }
  if (format.expires === 'no' && expire !== undefined) {
    throw new UsageError('--expire goes with --format nfd only.', {
      hint: 'Whoever reads the other formats sees the age of the file, or the column scanned_at.',
    })
  }
  return format
}

function expiryOf(expire: string | undefined, format: Format | undefined): string | null {
  if (expire === undefined || format === undefined) return null
  const now = Date.parse(captureTime(process.env))
  const at = new Date(now + parseDuration('--expire', expire))
  return at.toISOString().replace(/\.\d{3}Z$/, 'Z')
}

async function readBaseline({ command, flags, kernel }: Run): Promise<AnalysedHost | null> {
  if (flags.baseline === undefined) return null
  const from = hostNamed(flags.baseline)
  const wish = { from, phase: 'reading the baseline', kernel, wake: false, holders: true }
  return withHost(command, wish, ({ host }) => host)
}

/** Each host once it is read; none stays in memory. One that cannot be read is left out, and told of. */
async function* readAll(run: Run, baseline: AnalysedHost | null): AsyncGenerator<ExportedHost> {
  for (const named of run.hosts) {
    const host = await readOne(run, named, baseline)
    if (host !== null) yield host
  }
}

async function readOne(
  run: Run,
  named: NamedHost,
  baseline: AnalysedHost | null,
): Promise<ExportedHost | null> {
  const { called } = named
  try {
    const host = await exported(run, named, baseline)
    const { gaps } = host.report
    const source = sourceReport(host.question.host)
    const rows = host.devices.length
    run.entries.push({ host: called, source, rows, gaps: gaps.length, problem: null })
    if (run.hosts.length === 1) run.only = { source, gaps }
    return host
  } catch (error) {
    if (run.hosts.length === 1 || !(error instanceof ExpectedError)) throw error
    run.entries.push({ host: called, source: null, rows: 0, gaps: 0, problem: error.message })
    return null
  }
}

function exported(
  { command, flags, kernel, namesOf }: Run,
  { choice, called }: NamedHost,
  baseline: AnalysedHost | null,
): Promise<ExportedHost> {
  const began = performance.now()
  const wish = { from: choice, phase: `reading ${called}`, kernel, wake: false, holders: true }
  return withHost(command, wish, ({ tree, host }) =>
    exportedHost({
      host,
      called,
      scannedAt: timeOf(tree),
      scanSeconds: Math.round(performance.now() - began) / 1000,
      targets: null,
      select: flags.select,
      owning: new Set(),
      baseline,
      names: namesOf(host.raw.functions),
      tool: TOOL,
      digest,
    }),
  )
}

/** Names for many hosts: hosts of a fleet have the same models, and each is looked up once. */
function namesOnce(command: BaseCommand, flags: ExportFlags): Run['namesOf'] {
  const models = new Map<string, DeviceName>()
  return (functions) => {
    const fresh = functions.filter((each) => !models.has(modelOf(each)))
    const found = fresh.length === 0 ? new Map<never, never>() : namesFor(command, flags, fresh)
    for (const each of fresh) {
      const name = found.get(each.address)
      if (name !== undefined) models.set(modelOf(each), name)
    }
    return new Map(
      functions.flatMap((each): [PciAddress, DeviceName][] => {
        const name = models.get(modelOf(each))
        return name === undefined ? [] : [[each.address, name]]
      }),
    )
  }
}

function modelOf({ vendorId, deviceId, classCode }: RawFunction): string {
  return [vendorId, deviceId, classCode].map((each) => (each.known ? each.value : '')).join(' ')
}

/** When a host was read; null: a copy that does not say. */
export function timeOf(tree: HostTree): string | null {
  return tree.source.kind === 'live' ? captureTime(process.env) : (tree.recordedAt ?? null)
}

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}

async function* pieces(
  writer: Writer,
  hosts: AsyncIterable<ExportedHost>,
  keep: (host: ExportedHost) => void,
): AsyncGenerator<Printable> {
  for await (const host of hosts) {
    keep(host)
    yield* writer.add(host)
  }
  yield* writer.end()
}

async function* chain<T>(first: readonly T[], rest: AsyncIterable<T>): AsyncGenerator<T> {
  yield* first
  yield* rest
}

async function writeFile(file: string, all: AsyncIterable<Printable>): Promise<void> {
  await writeAtomically({
    file,
    mode: PUBLIC,
    maxBytes: Number.POSITIVE_INFINITY,
    chunks: bytes(all),
  })
}

async function* bytes(texts: AsyncIterable<Printable>): AsyncGenerator<Uint8Array> {
  for await (const text of texts) yield Buffer.from(text)
}

/** The document, and what is told beside it. A host that could not be read is one of which nobody can tell. */
async function finish(
  { command, entries: hosts, only, flags }: Run,
  written: { rows: readonly ExportRow[]; file: string | null; format: ExportFormat | null },
): Promise<void> {
  const isPartial = hosts.some(({ problem }) => problem !== null)
  const aside = exportAside(hosts, written.file)
  const report = exportReport({ tool: TOOL, only, select: flags.select, ...written, hosts })
  await command.answer({
    document: () => report,
    text: () => [],
    aside,
    exitCode: isPartial ? ExitCode.cannotTell : ExitCode.answered,
  })
}
