import { isStated } from '../../document/stated.js'
import type { PciAddress } from '../../host/pci-address.js'
import { stepCommands } from '../../plan/report/commands.js'
import { lossText } from '../../plan/report/step-words.js'
import type { NeedLoss } from '../../plan/step.js'
import { tellReason } from '../../policy/reason-words.js'
import { listed } from '../../text/english.js'
import { firstScreen, ONE_ANSWER, type Piece } from '../../text/first-screen.js'
import { bullet, command, finish, heading, paragraph } from '../../text/layout.js'
import type { Printable } from '../../text/printable.js'
import { glyphsOf, type Style } from '../../text/style.js'
import { renderTable } from '../../text/table.js'
import type { Danger } from '../danger.js'
import { dangerText } from './danger-text.js'
import type { ResetReport } from './reset-document.js'
import { predictionText } from './reset-summary.js'

/** `reset` for people: what would be done, or how it went. */
export function renderReset(report: ResetReport, style: Style): Printable {
  return report.executed ? renderResetOutcome(report, style) : renderDryRun(report, style)
}

function renderDryRun(report: ResetReport, style: Style): Printable {
  const lead = paragraph(report.summary, style, { tone: TONES[report.prediction.outcome] })
  if (style.extent === 'first-screen') return finish(screenLines(report, lead, style), style)
  return finish([...lead, ...planLines(report, style), ...doItLines(report, style)], style)
}

/** A dry run on one screen: what it resets, what that endangers, and the command that does it. */
function screenLines(
  report: ResetReport,
  lead: readonly string[],
  style: Style,
): readonly string[] {
  const pieces: readonly Piece[] = [
    { lines: lead, rank: 0, called: 'the answer' },
    { lines: predictionLines(report, style), rank: 2, called: 'what is in the way' },
    { lines: affectedLines(report, style), rank: 1, called: 'what it resets' },
    ...report.dangers.map((danger) => ({
      lines: dangerLine(danger, style),
      rank: 1,
      called: 'dangers',
    })),
    {
      lines: doItLines(report, style).filter((line) => line !== ''),
      rank: 1,
      called: 'how to do it',
    },
  ]
  const more = `--why lists its ${report.plan.length} calls with their side effects.`
  return firstScreen(pieces, { most: ONE_ANSWER, more }, style)
}

/** The command that does it; of a copy of a host none does, and of what is not bound yet the binding comes first. */
function doItLines(report: ResetReport, style: Style): readonly string[] {
  const { device, assumed, source, prediction, dangers } = report
  const via = report.via === 'cdev' ? ' --via cdev' : ''
  const line = `vfio-reset reset ${device}${via} --execute`
  const conditions = [
    ...(source.kind === 'live' ? [] : ['on the host itself']),
    ...(prediction.outcome === 'refused' ? ['once nothing refuses it'] : []),
  ]
  if (conditions.length > 0) {
    return ['', ...paragraph(`To do it, ${listed(conditions)}: ${line}`, style)]
  }
  const first =
    assumed.length === 0
      ? []
      : [
          ...paragraph(`First bind ${device} to vfio-pci:`, style),
          ...bindLines(device, dangers, style),
        ]
  return ['', ...first, ...paragraph(`To do it: ${line}`, style)]
}

/** Everything that a person should know before it is done. */
export function renderResetPlan(report: ResetReport, style: Style): Printable {
  const { device, prediction } = report
  const lead = paragraph(predictionText(device, prediction), style, {
    tone: TONES[prediction.outcome],
  })
  return finish([...lead, ...planLines(report, style)], style)
}

function planLines(report: ResetReport, style: Style): readonly string[] {
  const { via, plan } = report
  const file = via === 'group' ? 'the group interface' : 'its device file and an iommufd'
  return [
    ...paragraph(`It goes through ${file}.`, style),
    ...predictionLines(report, style),
    ...affectedLines(report, style),
    ...dangerLines(report, style),
    ...heading('What is called, in this order', style),
    ...renderTable({
      columns: [{ title: ['CALL'] }, { title: ['ON'] }, { title: ['SIDE EFFECT'], least: 24 }],
      rows: plan.map(({ call, target, sideEffect }) => ({
        cells: [{ text: call }, { text: target }, { text: sideEffect ?? '', tone: 'faint' }],
      })),
      style,
      indent: 2,
    }),
  ]
}

function predictionLines({ prediction, device, dangers }: ResetReport, style: Style): string[] {
  const { outcome, reasons, requires } = prediction
  const bind = requires?.bind ?? []
  return [
    ...reasons.flatMap((reason) => bullet(tellReason(reason).sentence, style)),
    ...(bind.length === 0
      ? []
      : [
          ...paragraph(`These would have to be bound to vfio-pci as well:`, style, { by: 2 }),
          ...bind.flatMap((address) => bindLines(address, dangers, style)),
        ]),
    ...(outcome === 'permitted'
      ? []
      : paragraph(`More about it: vfio-reset inspect ${device}`, style, { by: 2, tone: 'faint' })),
  ]
}

/** The command that binds a function; of what the host needs, that it does. */
function bindLines(
  device: PciAddress,
  dangers: readonly Danger[],
  style: Style,
): readonly string[] {
  const losses = dangers.flatMap((danger): NeedLoss[] => {
    if (danger.address !== device) return []
    const kind = danger.kind === 'possibly-needed' ? 'possible-need' : 'host-need'
    return 'need' in danger ? [{ kind, need: danger.need.kind, detail: danger.need.detail }] : []
  })
  const step = { do: 'bind', device, from: null, ids: null } as const
  const { lasting } = stepCommands({ step, losses }, 'sysfs')
  if (lasting !== null) return lasting.map(command)
  return bullet(`No command is given for ${device}: ${losses.map(lossText).join('; ')}.`, style)
}

const TONES = { permitted: 'good', refused: 'bad', undetermined: 'unsure' } as const

function affectedLines(
  { affected, unaccounted, scope, bridge }: ResetReport,
  style: Style,
): string[] {
  if (!isStated(affected) || !isStated(unaccounted)) {
    return paragraph('What it resets is unknown: a fact that decides was not read.', style)
  }
  if (affected.length === 0) return paragraph('There is no hot reset.', style)
  const by = isStated(scope) && isStated(bridge) ? ` (${scope} reset below ${bridge})` : ''
  return [
    ...paragraph(`It resets ${listed(affected)}${by}.`, style),
    ...(unaccounted.length === 0
      ? []
      : paragraph(
          `It resets ${listed(unaccounted)} too, which the kernel neither lists nor checks.`,
          style,
          { tone: 'bad' },
        )),
  ]
}

function dangerLines({ dangers }: ResetReport, style: Style): string[] {
  return dangers.flatMap((danger) => dangerLine(danger, style))
}

function dangerLine(danger: Danger, style: Style): string[] {
  const { attention } = glyphsOf(style)
  return paragraph(`${attention} ${dangerText(danger)}`, style, { tone: 'bad' })
}

function renderResetOutcome(report: ResetReport, style: Style): Printable {
  return finish(
    [
      ...paragraph(report.summary, style, { tone: isDone(report) ? 'good' : 'bad' }),
      ...(report.agrees === false
        ? paragraph(
            'That is not what was predicted: the kernel is right, please report it with `vfio-reset inspect --json`.',
            style,
            { tone: 'bad' },
          )
        : []),
      ...afterLines(report, style),
    ],
    style,
  )
}

function isDone({ actual }: ResetReport): boolean {
  return actual !== null && actual.at === 'hot-reset' && actual.errno === null
}

function afterLines({ after }: ResetReport, style: Style): string[] {
  if (after === null) return []
  return [
    ...heading('Afterwards', style),
    ...renderTable({
      columns: [{ title: ['FUNCTION'] }, { title: ['CONFIGURATION SPACE'] }, { title: ['LINK'] }],
      rows: after.map(({ address, alive, link }) => ({
        cells: [
          { text: address },
          alive ? { text: 'answers', tone: 'good' } : { text: 'does not answer', tone: 'bad' },
          { text: !isStated(link) ? '?' : link === null ? '-' : link ? 'active' : 'down' },
        ],
      })),
      style,
      indent: 2,
    }),
  ]
}
