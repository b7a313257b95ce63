import type { PciAddress } from '../host/pci-address.js'
import type { InspectReport } from '../inspect/document.js'
import { indexReport } from '../inspect/report-index.js'
import { affectedLines } from '../inspect/text/device/device-affected.js'
import { caveatLines } from '../inspect/text/device/device-caveats.js'
import { couplingLines } from '../inspect/text/device/device-coupling.js'
import { isolationLines } from '../inspect/text/device/device-isolation.js'
import { leadLines } from '../inspect/text/device/device-lead.js'
import { remedyLines } from '../inspect/text/device/device-remedy.js'
import { verdictLines } from '../inspect/text/device/device-verdicts.js'
import { finish, paragraph } from '../text/layout.js'
import type { Style } from '../text/style.js'

/** `inspect DEVICE`: the one sentence first, then verdicts, remedy, what is hit, isolation, coupling, caveats. */
export function renderDevice(report: InspectReport, address: PciAddress, style: Style): string {
  const index = indexReport(report)
  const device = index.devices.get(address)
  if (device === undefined) {
    return finish(paragraph(`The report does not describe ${address}.`, style), style)
  }
  const view = { index, device, style }
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
