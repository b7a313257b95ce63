import { bugReport } from '../bug-report/bug-report.js'
import type { TrackerId } from '../bug-report/bug-report-trackers.js'
import { SCHEMA_VERSION, type Tool } from '../document/envelope.js'
import { stated } from '../document/stated.js'
import type { DeviceName } from '../document/values.js'
import type { PciAddress } from '../host/pci-address.js'
import type { RawHost } from '../host/raw-host.js'
import type { InspectReport } from '../inspect/document.js'
import { inspectReport } from '../inspect/inspect-report.js'
import type { PageData } from '../page/page-data.js'
import { DEFAULT_POLICIES, POLICIES } from '../policy/policies/index.js'
import type { PolicyId } from '../policy/policy.js'
import { usualPolicy } from '../topology/topology-card.js'
import type { KernelProfile } from '../vfio/kernel-profile.js'
import { drawReport } from './report-drawings.js'
import type { ReportFile, WantedFile } from './report-files.js'
import { reportPage } from './report-page.js'

/** What a report is made from. */
export interface ReportQuestion {
  readonly raw: RawHost
  readonly kernel: KernelProfile
  /** `--kernel` as written. */
  readonly kernelText: string | null
  readonly asked: readonly PciAddress[]
  /** Policy named on the command line. */
  readonly policy: PolicyId | null
  readonly names: ReadonlyMap<PciAddress, DeviceName>
  readonly tool: Tool
  readonly redacted: boolean
  /** Name of the capture that was read. */
  readonly capture: string | null
  readonly tracker: TrackerId
}

/** A report in all forms that were asked for. */
export interface MadeReport {
  /** `report --json`, but for the files. */
  readonly document: object
  readonly markdown: string
  readonly files: readonly ReportFile[]
}

/** Makes the Markdown and every file that is wanted. */
export function makeReport(
  question: ReportQuestion,
  wanted: readonly WantedFile[],
  packageRoot: string,
): MadeReport {
  const { raw, tracker, redacted, capture, tool } = question
  const report = reportOf(question)
  const policy = question.policy ?? usualPolicy(report.host.vfio.cdev === true)
  const { commandLine } = raw.system
  const markdown = bugReport(
    {
      report,
      redacted,
      capture,
      asked: question.asked,
      commandLine: commandLine.known ? commandLine.value : null,
      resetMethods: new Map(
        raw.functions.map(({ address, resetMethods }) => [address, stated(resetMethods)]),
      ),
    },
    tracker,
  )
  const files = wanted.map(
    ({ format, path }): ReportFile => ({
      format,
      path,
      text:
        format === 'html'
          ? reportPage(pageData(question, policy), packageRoot)
          : drawReport({ report, policy, asked: question.asked }, format),
    }),
  )
  const { source, gaps } = report
  const document = {
    schemaVersion: SCHEMA_VERSION,
    kind: 'report',
    tool,
    source,
    gaps,
    for: tracker,
    redacted,
    capture,
    markdown,
  }
  return { document, markdown, files }
}

function reportOf({ raw, kernel, asked, policy, tool, names }: ReportQuestion): InspectReport {
  const targets = asked.length === 0 ? null : asked
  return inspectReport({
    raw,
    kernel,
    targets,
    query: {
      policies: POLICIES.filter(({ id }) => id === policy || DEFAULT_POLICIES.includes(id)),
      owning: new Set(),
      brief: targets === null,
    },
    tool,
    names,
  })
}

function pageData(question: ReportQuestion, policy: PolicyId): PageData {
  const { raw, kernelText, names, tool, redacted, asked, capture } = question
  return {
    raw,
    kernel: kernelText,
    names,
    tool,
    title: capture === null ? 'VFIO hot resets of this host' : `VFIO hot resets: ${capture}`,
    redacted,
    policy,
    asked,
  }
}
