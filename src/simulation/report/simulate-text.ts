import { kernelPolicy, policyOf } from '../../policy/find-policy.js'
import { bullet, finish, paragraph } from '../../text/layout.js'
import type { Printable } from '../../text/printable.js'
import type { Style } from '../../text/style.js'
import { type Row, renderTable } from '../../text/table.js'
import type { InfoForm } from '../machine.js'
import type { PolicyChoice, Scenario, StoryStep } from '../scenario/scenario.js'
import type { SimulatedStep } from '../simulated-step.js'
import { castLines, comparisonLines } from './comparison.js'
import type { SimulateOneReport, SimulateReport } from './simulate-document.js'
import { answerText, callsText, effectText, infoLines, stepText } from './step-text.js'
import { tellStep } from './step-words.js'

/** `simulate` for people: step, who, what, answer, why; with `--policy all` the policies side by side. */
export function renderSimulate(
  report: SimulateReport,
  scenario: Scenario,
  style: Style,
): Printable {
  const lines =
    'runs' in report
      ? comparisonLines(report, scenario, style)
      : traceLines(report, scenario.steps, style)
  return finish(lines, style)
}

function traceLines(
  report: SimulateOneReport,
  steps: readonly StoryStep[],
  style: Style,
): string[] {
  const { kernelRelease, policy } = report
  const rule = policy === 'kernel' ? 'as that kernel does' : `under the policy ${policy}`
  return [
    ...paragraph(report.summary, style, { tone: 'strong' }),
    ...paragraph(`Linux ${kernelRelease}, ${rule}.`, style),
    ...castLines(report.functions, style),
    ...ruleLines(policy, style),
    '',
    ...renderTable({
      columns: [
        { title: ['#'], align: 'right' },
        { title: ['WHO'] },
        { title: ['DOES'], least: 24 },
        { title: ['ANSWER'] },
      ],
      rows: report.steps.flatMap((answer) => {
        const step = steps[answer.index]
        return step === undefined ? [] : [traceRow(step, answer, report.infoForm, style)]
      }),
      style,
    }),
    ...resetNote(report.steps, style),
  ]
}

/** Who may hot-reset, in the words of the policies; a kernel has one rule for each way in. */
function ruleLines(policy: PolicyChoice, style: Style): string[] {
  const rules =
    policy === 'kernel'
      ? [
          `Opened through a group: ${kernelPolicy('group').rule}`,
          `Opened as a device file: ${kernelPolicy('cdev').rule}`,
        ]
      : [policyOf(policy).rule]
  return [...rules, TERMS].flatMap((text) => bullet(text, style))
}

const TERMS =
  'dev_set: the functions bound to vfio drivers that one reset affects together. Context: one open /dev/iommu.'

function traceRow(step: StoryStep, answer: SimulatedStep, form: InfoForm, style: Style): Row {
  const { calls = [] } = answer
  const below = [
    ...(calls.length === 0
      ? []
      : paragraph(`${callsText(calls)}.`, style, { by: 5, next: 7, tone: 'faint' })),
    ...answer.reasons.flatMap((reason) => bullet(tellStep(reason).sentence, style, 5)),
    ...expectationText(answer, style),
    ...infoText(answer, form, style),
    ...(answer.effects ?? []).flatMap((effect) =>
      paragraph(effectText(effect), style, { by: 7, tone: 'faint' }),
    ),
  ]
  return {
    cells: [
      { text: String(answer.index + 1), tone: 'faint' },
      { text: step.actor },
      { text: stepText(step) },
      answerText(answer),
    ],
    ...(below.length === 0 ? {} : { below }),
  }
}

/** What does not come as the scenario expects. */
function expectationText({ expect, holds }: SimulatedStep, style: Style): readonly string[] {
  if (expect === undefined || holds === true) return []
  const { outcome, errno } = expect
  const wanted = errno === undefined || errno === null ? outcome : errno
  const text = holds === null ? `Expected: ${wanted}; undecided.` : `Expected: ${wanted}.`
  return paragraph(text, style, { by: 5, tone: holds === null ? 'unsure' : 'bad' })
}

function infoText(
  { info, outcome }: SimulatedStep,
  form: InfoForm,
  style: Style,
): readonly string[] {
  if (info === undefined || outcome !== 'ok') return []
  if ('unknown' in info) {
    return paragraph('What it lists depends on what was not read.', style, { by: 7 })
  }
  return infoLines(info, form, style)
}

function resetNote(steps: readonly SimulatedStep[], style: Style): string[] {
  if (!steps.some((step) => step.do === 'hot-reset' && step.outcome === 'ok')) return []
  return paragraph(
    'A hot reset that is permitted can still end with EBUSY or EAGAIN (somebody holds a lock), or with ENOTTY (done, but the link did not come back): nobody can predict that.',
    style,
    { tone: 'faint' },
  )
}
