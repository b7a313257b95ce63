import { renderDevice } from '../../report/render-device.js'
import type { Style } from '../../text/style.js'
import type { InspectReport } from '../document.js'
import { renderOverview } from './overview/render-overview.js'
import { renderTree } from './tree/render-tree.js'

/** `inspect` for people: the topology, the functions asked about one after the other, or the overview. */
export function renderInspect(
  report: InspectReport,
  style: Style & { readonly all: boolean; readonly tree: boolean; readonly asked: boolean },
): string {
  if (style.tree) return renderTree(report, style)
  if (!style.asked) return renderOverview(report, style)
  return report.devices.map(({ address }) => renderDevice(report, address, style)).join('\n')
}
