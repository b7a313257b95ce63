import { answerText, infoLines, stepText } from '../../simulation/report/step-text.js'
import { tellStep } from '../../simulation/report/step-words.js'
import type { Scenario, Step } from '../../simulation/scenario/scenario.js'
import { bullet, finish, paragraph } from '../../text/layout.js'
import type { Printable } from '../../text/printable.js'
import { glyphsOf, type Style } from '../../text/style.js'
import { type Cell, type Row, renderTable } from '../../text/table.js'
import type { PerformedStep } from '../performed-step.js'
import type { VerifiedStep } from '../verify-scenario.js'
import type { VerifyReport } from './verify-document.js'

/** `verify` for people: what was predicted and what the kernel answered, side by side; details only where they differ. */
export function renderVerify(
  report: VerifyReport,
  { steps }: Scenario<Step>,
  style: Style,
): Printable {
  return finish(
    [
      ...paragraph(report.summary, style, {
        tone: report.agreement.agreed === report.agreement.total ? 'good' : 'bad',
      }),
      ...paragraph(`Performed on Linux ${report.kernelRelease}.`, style),
      '',
      ...renderTable({
        columns: [
          { title: ['#'], align: 'right' },
          { title: ['WHO'] },
          { title: ['DOES'], least: 24 },
          { title: ['PREDICTED'] },
          { title: ['KERNEL'] },
          { title: ['AGREE'] },
        ],
        rows: report.steps.flatMap((verified) => {
          const step = steps[verified.index]
          return step === undefined ? [] : [row(step, verified, style)]
        }),
        style,
      }),
      ...reportLines(report, style),
    ],
    style,
  )
}

function row(step: Step, verified: VerifiedStep, style: Style): Row {
  const { actual, agrees } = verified
  const cells: readonly Cell[] = [
    { text: String(verified.index + 1), tone: 'faint' },
    { text: step.actor },
    { text: stepText(step) },
    answerText(verified),
    answerText(asPerformed(verified, actual)),
    agreementCell(verified, style),
  ]
  return agrees ? { cells } : { cells, below: differenceLines(verified, style) }
}

/** A step that could not be predicted does not agree, but nothing was contradicted either. */
function agreementCell({ agrees, outcome }: VerifiedStep, style: Style): Cell {
  const { yes, no, unsure } = glyphsOf(style)
  if (agrees) return { text: yes, tone: 'good' }
  return outcome === 'undetermined' ? { text: unsure, tone: 'unsure' } : { text: no, tone: 'bad' }
}

/** The step with the kernel's answer in place of the predicted one. */
function asPerformed(
  { skipped: _, ...step }: VerifiedStep,
  { outcome, errno, skipped }: PerformedStep,
): VerifiedStep {
  return { ...step, outcome, errno, ...(skipped === undefined ? {} : { skipped }) }
}

function differenceLines(verified: VerifiedStep, style: Style): string[] {
  const { reasons, info, actual } = verified
  return [
    ...reasons.flatMap((reason) => bullet(tellStep(reason).sentence, style, 5)),
    ...(info === undefined || 'unknown' in info
      ? []
      : infoLines(info, 'kernel', style, 'Predicted: ')),
    ...(actual.info === undefined ? [] : infoLines(actual.info, 'kernel', style, 'The kernel: ')),
  ]
}

function reportLines(
  { agreement: { agreed, total }, steps }: VerifyReport,
  style: Style,
): string[] {
  const undetermined = steps.filter(({ outcome }) => outcome === 'undetermined').length
  if (agreed + undetermined === total) return []
  return [
    '',
    ...paragraph(
      'Where the kernel contradicts, the kernel is right: please report the scenario with this output and `vfio-reset verify --json`.',
      style,
    ),
  ]
}
