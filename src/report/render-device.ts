import type { PciAddress } from '../host/pci-address.js'
import { finish, paragraph } from '../text/layout.js'
import type { Style } from '../text/style.js'
import { affectedLines } from './device-affected.js'
import { caveatLines } from './device-caveats.js'
import { couplingLines } from './device-coupling.js'
import { isolationLines } from './device-isolation.js'
import { leadLines } from './device-lead.js'
import { remedyLines } from './device-remedy.js'
import { verdictLines } from './device-verdicts.js'
import type { InspectReport } from './model.js'
import { indexReport } from './report-index.js'

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
