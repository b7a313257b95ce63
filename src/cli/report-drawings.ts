import { dotText } from '../drawing/dot.js'
import { mermaidText } from '../drawing/mermaid.js'
import type { Scene } from '../drawing/scene.js'
import { svgDocument } from '../drawing/svg-document.js'
import type { PciAddress } from '../host/pci-address.js'
import type { InspectReport } from '../inspect/document.js'
import { indexReport } from '../inspect/report-index.js'
import type { PolicyId } from '../policy/policy.js'
import { escapeTerminal } from '../text/escape.js'
import { USUAL_ROWS, usualFolds } from '../topology/topology-folds.js'
import { topologyScene } from '../topology/topology-scene.js'

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
