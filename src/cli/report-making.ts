import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bugReport } from '../bug-report/bug-report.js'
import type { TrackerId } from '../bug-report/bug-report-trackers.js'
import { SCHEMA_VERSION, type Tool } from '../document/envelope.js'
import { stated } from '../document/stated.js'
import type { DeviceName } from '../document/values.js'
import { dotText } from '../drawing/dot.js'
import { mermaidText } from '../drawing/mermaid.js'
import type { Scene } from '../drawing/scene.js'
import { svgDocument } from '../drawing/svg-document.js'
import type { PciAddress } from '../host/pci-address.js'
import type { InspectReport } from '../inspect/document.js'
import { inspectReport } from '../inspect/inspect-report.js'
import { indexReport } from '../inspect/report-index.js'
import type { PageData } from '../page/page-data.js'
import { pageHtml, STYLE } from '../page/page-html.js'
import { POLICIES, type PolicyId } from '../policy/policies/index.js'
import { escapeTerminal } from '../text/escape.js'
import { usualPolicy } from '../topology/topology-card.js'
import { USUAL_ROWS, usualFolds } from '../topology/topology-folds.js'
import { topologyScene } from '../topology/topology-scene.js'
import type { AnalysedHost } from '../vfio/analysed-host.js'
import { HostError } from './errors.js'
import type { ReportFile, WantedFile } from './report-files.js'

/** What a report is made from. */
export interface ReportQuestion {
  readonly host: AnalysedHost
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
  const { tracker, redacted, capture, tool } = question
  const { raw } = question.host
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

function reportOf({ host, asked, policy, tool, names }: ReportQuestion): InspectReport {
  const targets = asked.length === 0 ? null : asked
  return inspectReport({
    host,
    targets,
    query: {
      policies: POLICIES.filter(({ id, isDefault }) => id === policy || isDefault),
      owning: new Set(),
      brief: targets === null,
    },
    tool,
    names,
  })
}

function pageData(question: ReportQuestion, policy: PolicyId): PageData {
  const { host, kernelText, names, tool, redacted, asked, capture } = question
  return {
    raw: host.raw,
    kernel: kernelText,
    names,
    tool,
    title: capture === null ? 'VFIO hot resets of this host' : `VFIO hot resets: ${capture}`,
    redacted,
    policy,
    asked,
  }
}

/** The page with its script, which the build leaves in `dist`: it is as large as the tool, and only this reads it. */
export function reportPage(data: PageData, packageRoot: string): string {
  const script = pageScript(join(packageRoot, 'dist', 'page.js'))
  return pageHtml(data, { script, scriptHash: hashOf(script), styleHash: hashOf(STYLE) })
}

function pageScript(path: string): string {
  try {
    return readFileSync(path, 'utf8').trimEnd()
  } catch (error) {
    throw new HostError(`The script of the page is missing: ${path}.`, {
      path,
      hint: 'Build or install vfio-reset again.',
      cause: error,
    })
  }
}

/** As a Content-Security-Policy names what may run (CSP 3, 6.7.2). */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

/** What is drawn. */
export interface DrawnReport {
  readonly report: InspectReport
  /** Policy whose verdicts are marked. */
  readonly policy: PolicyId
  /** Functions named on the command line. */
  readonly asked: readonly PciAddress[]
}

/** The drawing alone, in one of the formats. */
export type DrawingFormat = 'svg' | 'dot' | 'mermaid'

/** Mermaid refuses charts with more edges than this unless it is told otherwise (`maxEdges`). */
const MERMAID_ROWS = 200

/** Draws a report. What would make it too tall to be looked at is folded, and the title says how much. */
export function drawReport({ report, policy, asked }: DrawnReport, format: DrawingFormat): string {
  const index = indexReport(report)
  const rows = format === 'mermaid' ? MERMAID_ROWS : 2 * USUAL_ROWS
  const folded = usualFolds(index, rows)
  const scene = topologyScene({ index, policy, folded, asked: new Set(asked), owned: null })
  const title = 'PCI topology, IOMMU groups and hot resets'
  const subtitle = escapeTerminal(
    [
      `Linux ${report.source.kernelRelease ?? 'of no known release'}`,
      `verdicts of ${policy}, for a user who takes one function alone`,
      ...hiddenText(scene),
      `${report.tool.name} ${report.tool.version}`,
    ].join(' · '),
  )
  switch (format) {
    case 'svg':
      return svgDocument(scene, { title, subtitle })
    case 'dot':
      return dotText(scene, `${title}\n${subtitle}`)
    case 'mermaid':
      return mermaidText(scene, `${title}: ${subtitle}`)
  }
}

function hiddenText({ roots }: Scene): string[] {
  let hidden = 0
  const waiting = roots.flatMap(({ nodes }) => nodes)
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    hidden += node.hidden
    waiting.push(...node.children)
  }
  return hidden > 0 ? [`${hidden} functions folded`] : []
}
