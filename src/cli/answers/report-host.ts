import { basename } from 'node:path'
import { bugReport } from '../../bug-report/bug-report.js'
import type { TrackerId } from '../../bug-report/bug-report-trackers.js'
import { heading } from '../../document/envelope.js'
import { stated } from '../../document/stated.js'
import { valueOrNull } from '../../host/gap.js'
import type { PciAddress } from '../../host/pci-address.js'
import type { RawHost } from '../../host/raw-host.js'
import type { InspectReport } from '../../inspect/document.js'
import { inspectReport } from '../../inspect/inspect-report.js'
import type { PageData } from '../../page/page-data.js'
import { linksBelow } from '../../pci/link-below.js'
import { POLICIES, type PolicyId } from '../../policy/policies/index.js'
import { type Printable, printableDocument, printableSentences } from '../../text/printable.js'
import { usualPolicy } from '../../topology/topology-card.js'
import { type AnalysedHost, analyseHost } from '../../vfio/analysed-host.js'
import type { Answer, BaseCommand } from '../base-command.js'
import {
  checkKernel,
  type HostFlags,
  type NameFlags,
  namesFor,
  namesToFind,
  policiesFor,
} from '../flags.js'
import { findDevices } from '../input/find-devices.js'
import { TOOL } from '../tool.js'
import { withTree } from '../with-host.js'
import { fileText } from './report-drawing.js'
import {
  checkReportFiles,
  type ReportFile,
  STDOUT,
  type WantedFile,
  type WrittenFile,
  writeReportFiles,
} from './report-files.js'
import { REDACTED_NAME, readForReport } from './report-redaction.js'

interface ReportFlags
  extends HostFlags,
    NameFlags,
    Readonly<Record<WantedFile['format'], string | undefined>> {
  readonly for: TrackerId | undefined
  readonly policy: string | undefined
  readonly redact: boolean
  readonly wake: boolean
}

/** `report` about the functions that were named, or the whole host: the text to paste, and the files that were asked for. */
export function reportHost(
  command: BaseCommand,
  devices: readonly string[],
  flags: ReportFlags,
): Promise<Answer> {
  const kernel = checkKernel(flags.kernel)
  const policy = flags.policy === undefined ? undefined : policiesFor([flags.policy])[0]?.id
  const wanted = checkReportFiles(flags)
  return withTree(command, { from: flags }, async (tree) => {
    const { read, shown } = readForReport(tree, flags)
    const asked = findDevices(devices, {
      raw: read,
      tree,
      names: namesToFind(command, flags, read.functions),
    })
    await command.phase('drawing it')
    const names = namesFor(command, flags, shown.functions)
    const host = analyseHost(shown, kernel)
    const report = inspected(host, asked, { policy, names })
    const capture = captureName(flags)
    const { redact: redacted, for: tracker = 'qemu' } = flags
    const page: PageData = {
      raw: shown,
      kernel: flags.kernel ?? null,
      names,
      tool: TOOL,
      title: capture === null ? 'VFIO hot resets of this host' : `VFIO hot resets: ${capture}`,
      redacted,
      policy: policy ?? usualPolicy(report),
      asked,
    }
    const drawn = { page, links: linksBelow(host.topology) }
    const files = wanted.map((file): ReportFile => {
      return { ...file, text: fileText(file.format, report, drawn, command.config.root) }
    })
    const markdown = bugReport({ ...toPaste(shown), report, redacted, capture, asked }, tracker)
    const written = await writeReportFiles(files, redacted ? 'redacted' : 'whole')
    const isPasted = wanted.length === 0 || flags.for !== undefined
    const toStdout = files.find(({ path }) => path === STDOUT)
    const { source, gaps } = report
    return {
      document: () => ({
        ...heading('report', TOOL),
        source,
        gaps,
        summary: report.summary,
        for: tracker,
        redacted,
        capture,
        markdown,
        files: written,
      }),
      text: () => printableDocument(toStdout?.text ?? (isPasted ? markdown : '')),
      aside: asideOf(written, redacted),
    }
  })
}

/** What `inspect` says, by the policy that was chosen too. */
function inspected(
  host: AnalysedHost,
  asked: readonly PciAddress[],
  { policy, names }: Pick<PageData, 'names'> & { readonly policy: PolicyId | undefined },
): InspectReport {
  const targets = asked.length === 0 ? null : asked
  return inspectReport({
    host,
    targets,
    query: {
      policies: POLICIES.filter(({ id, isDefault }) => id === policy || isDefault),
      owning: new Set(),
      brief: targets === null,
    },
    tool: TOOL,
    names,
  })
}

/** Standard input has no name; the name of a file can be that of the host. */
function captureName({ capture, redact }: ReportFlags): string | null {
  if (capture === undefined || capture === STDOUT) return null
  return redact ? REDACTED_NAME : basename(capture)
}

/** What the text quotes as it was read. */
function toPaste({ functions, system: { commandLine } }: RawHost) {
  return {
    commandLine: valueOrNull(commandLine),
    resetMethods: new Map(
      functions.map(({ address, resetMethods }) => [address, stated(resetMethods)]),
    ),
  }
}

/** What was written, and loudly whether it may be shown around. */
function* asideOf(files: readonly WrittenFile[], redacted: boolean): Generator<Printable> {
  for (const { path, bytes } of files) {
    if (path !== STDOUT) yield printableSentences(`Wrote ${path} (${Math.ceil(bytes / 1000)} kB).`)
  }
  yield printableSentences(
    redacted
      ? 'Redacted: serial numbers, names and secrets were replaced. Read it before you send it.'
      : 'NOT redacted: it can hold serial numbers, names and secrets of this host.',
  )
}
