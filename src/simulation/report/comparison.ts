import { isStated } from '../../document/stated.js'
import { KERNEL_POLICIES } from '../../policy/find-policy.js'
import { listed } from '../../text/english.js'
import { bullet, heading, paragraph } from '../../text/layout.js'
import { groupBy } from '../../text/lists.js'
import type { Style } from '../../text/style.js'
import { type Cell, renderTable } from '../../text/table.js'
import type { StepReason } from '../reason.js'
import type { PolicyChoice, Scenario, StoryStep } from '../scenario/scenario.js'
import { silenceOf } from '../silence.js'
import type { SimulatedStep } from '../simulated-step.js'
import { silenceWords } from './silence-words.js'
import type { CastReport, SimulateAllReport } from './simulate-document.js'
import { answerText, stepText } from './step-text.js'
import { tellStep } from './step-words.js'

/** `simulate --policy all`: one row a step, one column a policy, and why they differ where they do. */
export function comparisonLines(
  { kernelRelease, functions, runs, summary }: SimulateAllReport,
  { steps }: Scenario,
  style: Style,
): string[] {
  const policies = runs.map(({ policy }) => policy)
  const rows = steps.map((step, index) => ({
    number: index + 1,
    step,
    answers: runs.flatMap((run) => run.steps[index] ?? []),
  }))
  const differing = rows.filter(differs)
  const columns = differing.length * COLUMN_WIDTH
  const isWide = style.width === null || columns <= style.width - LABEL_WIDTH
  return [
    ...paragraph(summary, style, { tone: 'strong' }),
    ...paragraph(`Linux ${kernelRelease}, the same steps under each policy.`, style),
    ...paragraph(
      `Kernels have ${listed(KERNEL_POLICIES.map(({ id }) => id))}; the others were proposed. A policy decides for one interface, group files or device files; a function opened through the other one is answered as the kernel does.`,
      style,
    ),
    ...castLines(functions, style),
    '',
    ...stepLines(rows, style),
    ...silenceLines(policies, steps, style),
    ...(differing.length === 0
      ? []
      : [
          '',
          ...(isWide
            ? tableLines(policies, differing, style)
            : listLines(policies, differing, style)),
          ...heading('Where they differ, and why', style),
          ...differing.flatMap((row) => whyLines(policies, row, style)),
        ]),
  ]
}

/** Columns of a terminal that a step takes in the table of answers, and that a policy's name does. */
const COLUMN_WIDTH = 'EINVAL  '.length
const LABEL_WIDTH = 'reset-group-claim-strict  '.length

interface ComparedStep {
  /** Its place in the story, from 1. */
  readonly number: number
  readonly step: StoryStep
  /** One answer a policy, in the order of the runs. */
  readonly answers: readonly SimulatedStep[]
}

function differs({ answers }: ComparedStep): boolean {
  return new Set(answers.map(shortAnswer)).size > 1
}

/** The story, with the answers on which all agree. */
function stepLines(rows: readonly ComparedStep[], style: Style): string[] {
  return renderTable({
    columns: [
      { title: [''], align: 'right' },
      { title: [''] },
      { title: [''], least: 24 },
      { title: [''] },
    ],
    rows: rows.map((row) => ({
      cells: [
        numberCell(row),
        { text: row.step.actor },
        { text: stepText(row.step) },
        commonAnswer(row),
      ],
    })),
    style,
  })
}

function commonAnswer(row: ComparedStep): Cell {
  const [first] = row.answers
  return first === undefined || differs(row) ? { text: 'they differ' } : answerText(first)
}

/** Policies that have nothing to say here, each cause once. */
function silenceLines(
  policies: readonly PolicyChoice[],
  steps: readonly StoryStep[],
  style: Style,
): string[] {
  const silent = policies.flatMap((policy) => {
    const silence = silenceOf(policy, steps)
    return silence === null ? [] : [{ policy, words: silenceWords(silence) }]
  })
  if (silent.length === 0) return []
  return [
    ...heading('Policies that this story does not try', style),
    ...[...groupBy(silent, ({ words }) => words)].flatMap(([words, alike]) =>
      bullet(`${listed(alike.map(({ policy }) => policy))}: ${words}`, style),
    ),
  ]
}

/** The steps on which they differ: a row for each policy. */
function tableLines(
  policies: readonly PolicyChoice[],
  differing: readonly ComparedStep[],
  style: Style,
): string[] {
  return renderTable({
    columns: [
      { title: ['POLICY'] },
      ...differing.map(({ number }) => ({ title: [`STEP ${number}`] })),
    ],
    rows: policies.map((policy, index) => ({
      cells: [
        { text: policy },
        ...differing.flatMap(({ answers }) => answers.slice(index, index + 1).map(answerText)),
      ],
    })),
    style,
  })
}

/** The table turned on its side: for each step the answers, and who gives them. */
function listLines(
  policies: readonly PolicyChoice[],
  rows: readonly ComparedStep[],
  style: Style,
): string[] {
  return renderTable({
    columns: [
      { title: ['#'], align: 'right' },
      { title: ['ANSWER'] },
      { title: ['POLICY'], least: 24 },
    ],
    rows: rows.flatMap((row) =>
      grouped(policies, row.answers, shortAnswer).map(({ answer, policies: same }, place) => ({
        cells: [
          place === 0 ? numberCell(row) : { text: '' },
          { text: answer },
          { text: same.join(', ') },
        ],
      })),
    ),
    style,
  })
}

function numberCell({ number }: ComparedStep): Cell {
  return { text: String(number), tone: 'faint' }
}

interface SameAnswer {
  readonly answer: string
  readonly policies: readonly PolicyChoice[]
  /** Those of the first of `policies`; of all, where answers were put together by their reasons too. */
  readonly reasons: readonly StepReason[]
}

function grouped(
  policies: readonly PolicyChoice[],
  answers: readonly SimulatedStep[],
  keyOf: (answer: SimulatedStep) => string,
): readonly SameAnswer[] {
  const groups = new Map<
    string,
    { answer: string; policies: PolicyChoice[]; reasons: readonly StepReason[] }
  >()
  answers.forEach((step, index) => {
    const key = keyOf(step)
    const group = groups.get(key) ?? {
      answer: shortAnswer(step),
      policies: [],
      reasons: step.reasons,
    }
    groups.set(key, group)
    group.policies.push(...policies.slice(index, index + 1))
  })
  return [...groups.values()]
}

function shortAnswer(step: SimulatedStep): string {
  return answerText(step).text
}

/** The answers to one step, each with the policies that give it for the same reasons. */
function whyLines(
  policies: readonly PolicyChoice[],
  { number, step, answers }: ComparedStep,
  style: Style,
): string[] {
  const groups = grouped(
    policies,
    answers,
    (each) => shortAnswer(each) + JSON.stringify(each.reasons),
  )
  return [
    '',
    ...paragraph(`${number}  ${step.actor} ${stepText(step)}:`, style, { by: 1, next: 4 }),
    ...groups.flatMap(({ answer, policies: same, reasons }) => [
      ...paragraph(`${answer}: ${listed(same)}`, style, { by: 4, next: 8 }),
      ...reasons.flatMap((reason) => bullet(tellStep(reason).sentence, style, 6)),
    ]),
  ]
}

/** Who is in the story: the functions with their IOMMU groups, and what a hot reset of one does to the others. */
export function castLines(cast: readonly CastReport[], style: Style): string[] {
  const alike = groupBy(cast, ({ affected }) => (isStated(affected) ? affected.join() : 'unknown'))
  return [...alike.values()].flatMap((members) => bullet(sentence(members), style))
}

function sentence(members: readonly CastReport[]): string {
  const who = listed(members.map(nameOf))
  const affected = members[0]?.affected ?? []
  if (!isStated(affected)) return `${who}: what a hot reset affects depends on what was not read.`
  if (affected.length === 0) return `${who}: there is no hot reset.`
  if (affected.length === 1) return `${who}: a hot reset affects nothing else.`
  const inside = new Set(members.map(({ address }) => address))
  const others = affected.filter((address) => !inside.has(address))
  if (members.length === 1) return `${who}: a hot reset of it affects ${listed(affected)}.`
  const [one, all] = members.length === 2 ? ['either', 'both'] : ['any of them', 'all']
  return `${who}: a hot reset of ${one} affects ${listed([all, ...others])}.`
}

function nameOf({ address, group }: CastReport): string {
  if (!isStated(group)) return `${address} (group not read)`
  return group === null ? `${address} (no group)` : `${address} (IOMMU group ${group})`
}
