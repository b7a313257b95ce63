import type { Style } from '../text/style.js'
import type { InspectReport } from './model.js'
import { renderDevice } from './render-device.js'
import { renderOverview } from './render-overview.js'
import { renderTree } from './render-tree.js'

/** `inspect` for people: the topology, the functions asked about one after the other, or the overview. */
export function renderInspect(
  report: InspectReport,
  style: Style & { readonly all: boolean; readonly tree: boolean; readonly asked: boolean },
): string {
  if (style.tree) return renderTree(report, style)
  if (!style.asked) return renderOverview(report, style)
  return report.devices.map(({ address }) => renderDevice(report, address, style)).join('\n')
}
