import type { PciAddress } from '../../host/pci-address.js'
import type { InspectReport } from '../../inspect/document.js'
import { indexReport, type ReportIndex } from '../../inspect/report-index.js'
import { leadLines } from '../../inspect/text/device/device-lead.js'
import { remedyLines } from '../../inspect/text/device/device-remedy.js'
import type { DeviceView } from '../../inspect/text/device/device-view.js'
import type { StepReport } from '../../plan/report/document.js'
import { counted } from '../../text/english.js'
import { bullet, command, heading, paragraph } from '../../text/layout.js'
import type { Style } from '../../text/style.js'
import { DIAGNOSES } from '../catalogue/diagnosis.js'
import type { ExplainedMessage, MatterReason } from './document.js'
import { stateLines } from './state-text.js'

/** Functions that are described in full below the messages. */
const DESCRIBED = 3

/** Verdicts that rest on the function's own reset having failed. */
const OWN_FAILED: ReadonlySet<MatterReason> = new Set([
  'own-reset-failed',
  'own-reset-now',
  'hot-reset-instead',
])

/** What a reset did to the function in the log: permission to do it again is no advice to. */
const KILLED: ReadonlySet<ExplainedMessage['id']> = new Set([
  'gave-up-reset',
  'reset-lost-link',
  'flr-failed',
])
const NOT_BACK =
  'The log shows that the function did not come back from a reset. That a reset is permitted does not make it safe.'

/** What is true now of the functions that the messages are about, and what helps. */
export function hostLines(
  messages: readonly ExplainedMessage[],
  host: InspectReport,
  style: Style,
): string[] {
  const index = indexReport(host)
  const subjects = [...new Set(messages.flatMap((message) => subjectOf(message, index) ?? []))]
  const views = subjects.slice(0, DESCRIBED).flatMap((address) => {
    const device = index.devices.get(address)
    return device === undefined ? [] : [{ index, device, style }]
  })
  if (views.length === 0) return []
  const place = host.source.kind === 'live' ? 'this host' : (host.source.path ?? 'the demo host')
  const rest = subjects.length - views.length
  return [
    ...views.flatMap((view) => {
      const { address } = view.device
      const about = messages.filter((message) => subjectOf(message, index) === address)
      return [
        ...heading(`${address} on ${place}, now`, style),
        ...leadLines(view, about.some(({ why }) => OWN_FAILED.has(why)) ? 'none' : 'own-reset'),
        ...(about.some(({ id }) => KILLED.has(id)) ? paragraph(NOT_BACK, style) : []),
        ...stateLines(about, view),
        ...helpLines(about, view),
      ]
    }),
    ...(rest > 0
      ? [
          '',
          ...paragraph(`${counted(rest, 'more function')} named: ask inspect about them.`, style),
        ]
      : []),
  ]
}

/** The function that a message is about; of a group that it names, the first. */
function subjectOf({ devices }: ExplainedMessage, index: ReportIndex): PciAddress | undefined {
  return devices.find((each) => index.devices.has(each))
}

/** Where no message matters, or none is about binding and owning, there is nothing to be done about the function. */
function helpLines(about: readonly ExplainedMessage[], view: DeviceView): string[] {
  if (about.every(({ matters, id }) => matters === false || DIAGNOSES[id].aim === null)) return []
  const plan = about.find((message) => message.plan !== null)?.plan
  if (plan !== undefined && plan !== null) return planLines(plan, view)
  const { device, style } = view
  const more = `\`vfio-reset inspect ${device.address}\` shows the rest, caveats included.`
  return [...remedyLines(view), ...paragraph(more, style, { by: 2, tone: 'faint' })]
}

function planLines(plan: readonly StepReport[], { device, style }: DeviceView): string[] {
  return [
    ...heading('What to do', style),
    ...plan.flatMap(({ what, command: lines, cost }) => [
      ...bullet(cost === null ? what : `${what} Costs: ${cost}.`, style),
      ...(lines === null ? [] : lines.split('\n').map(command)),
    ]),
    ...paragraph(
      `Nothing was executed. \`vfio-reset preflight ${device.address}\` checks it all, and shows how to undo it.`,
      style,
      { by: 2, tone: 'faint' },
    ),
  ]
}
