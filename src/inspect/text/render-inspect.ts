import type { PciAddress } from '../../host/pci-address.js'
import { finish, paragraph } from '../../text/layout.js'
import { joinPrintable, type Printable } from '../../text/printable.js'
import type { Style } from '../../text/style.js'
import type { InspectReport } from '../document.js'
import { indexReport } from '../report-index.js'
import { affectedLines } from './device/device-affected.js'
import { caveatLines } from './device/device-caveats.js'
import { couplingLines } from './device/device-coupling.js'
import { isolationLines } from './device/device-isolation.js'
import { leadLines } from './device/device-lead.js'
import { remedyLines } from './device/device-remedy.js'
import { deviceScreen, devicesScreen } from './device/device-screen.js'
import { verdictLines } from './device/device-verdicts.js'
import { renderOverview } from './overview/render-overview.js'
import { renderTree } from './tree/render-tree.js'

/** `inspect` for people: the topology, the functions asked about one after the other, or the overview. */
export function renderInspect(
  report: InspectReport,
  style: Style & { readonly all: boolean; readonly tree: boolean; readonly asked: boolean },
): Printable {
  if (style.tree) return renderTree(report, style)
  if (!style.asked) return renderOverview(report, style)
  if (style.extent === 'first-screen' && report.devices.length > 1) {
    return finish(devicesScreen(report.devices, indexReport(report), style), style)
  }
  return joinPrintable(
    report.devices.map(({ address }) => renderDevice(report, address, style)),
    1,
  )
}

/** `inspect DEVICE`: the one sentence first, then verdicts, remedy, what is affected, isolation, coupling, caveats. */
export function renderDevice(report: InspectReport, address: PciAddress, style: Style): Printable {
  const index = indexReport(report)
  const device = index.devices.get(address)
  if (device === undefined) {
    return finish(paragraph(`The report does not describe ${address}.`, style), style)
  }
  const view = { index, device, style }
  if (style.extent === 'first-screen') return finish(deviceScreen(view), style)
  return finish(
    [
      ...leadLines(view),
      ...verdictLines(view),
      ...remedyLines(view),
      ...affectedLines(view),
      ...isolationLines(view),
      ...couplingLines(view),
      ...caveatLines(view),
    ],
    style,
  )
}
