import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { dotText } from '../../drawing/dot.js'
import { mermaidText } from '../../drawing/mermaid.js'
import type { Scene } from '../../drawing/scene.js'
import { svgDocument } from '../../drawing/svg-document.js'
import { packageFile } from '../../host/package-file.js'
import type { InspectReport } from '../../inspect/document.js'
import { indexReport } from '../../inspect/report-index.js'
import type { PageData } from '../../page/page-data.js'
import { pageHtml, STYLE } from '../../page/page-html.js'
import { escapeTerminal } from '../../text/escape.js'
import { growForest } from '../../topology/grow-forest.js'
import type { SceneOptions } from '../../topology/scene-options.js'
import { USUAL_ROWS, usualFolds } from '../../topology/topology-folds.js'
import { topologyScene } from '../../topology/topology-scene.js'
import { HostError } from '../errors.js'
import type { WantedFile } from './report-files.js'

/** The content of one file: the page, or the drawing alone. */
export function fileText(
  format: WantedFile['format'],
  report: InspectReport,
  { page, links }: Drawn,
  packageRoot: string,
): string {
  return format === 'html'
    ? reportPage(page, packageRoot)
    : drawing(format, report, { ...page, links })
}

/** What is drawn besides the report: all that the page knows, and the links, which the page works out itself. */
export interface Drawn extends Pick<SceneOptions, 'links'> {
  readonly page: PageData
}

/** The page with its script, which the build leaves in `dist`: it is as large as the tool, and only this reads it. */
function reportPage(data: PageData, packageRoot: string): string {
  const script = pageScript(packageRoot)
  return pageHtml(data, { script, scriptHash: hashOf(script), styleHash: hashOf(STYLE) })
}

function pageScript(packageRoot: string): string {
  try {
    return packageFile(packageRoot, 'dist/page.js').toString().trimEnd()
  } catch (error) {
    const path = join(packageRoot, 'dist/page.js')
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

/** Mermaid refuses charts with more edges than this unless it is told otherwise (`maxEdges`). */
const MERMAID_ROWS = 200

/** Draws a report. What would make it too tall to be looked at is folded, and the title says how much. */
function drawing(
  format: 'svg' | 'dot' | 'mermaid',
  report: InspectReport,
  { policy, asked, links }: PageData & Pick<SceneOptions, 'links'>,
): string {
  const index = indexReport(report)
  const rows = format === 'mermaid' ? MERMAID_ROWS : 2 * USUAL_ROWS
  const options = { index, policy, asked: new Set(asked), links }
  const forest = growForest(options)
  const folded = usualFolds(forest, rows)
  const scene = topologyScene({ ...options, forest, folded, given: null })
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
