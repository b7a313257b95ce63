import { counted, listed } from '../../text/english.js'
import type { SimulatedRun } from '../simulate.js'
import type { SimulatedStep } from '../simulated-step.js'
import { answerText } from './step-text.js'

/** How the steps of a scenario were answered, and whether that is as expected. */
export function stepsSummary(steps: readonly SimulatedStep[]): string {
  const count = (outcome: SimulatedStep['outcome']) =>
    steps.filter((step) => step.outcome === outcome).length
  const parts = [
    ...(count('refused') === 0 ? [] : [`${count('refused')} refused`]),
    ...(count('undetermined') === 0 ? [] : [`${count('undetermined')} undetermined`]),
  ]
  const claims = steps.flatMap(({ holds }) => (holds === undefined ? [] : [holds]))
  const held = claims.filter((holds) => holds === true).length
  return [
    `${counted(steps.length, 'step')}: ${parts.length === 0 ? 'all answered with ok' : parts.join(', ')}.`,
    ...(claims.length === 0 ? [] : [`${held} of ${counted(claims.length, 'expectation')} hold.`]),
  ].join(' ')
}

/** Where policies answer the same steps differently. */
export function runsSummary(runs: readonly SimulatedRun[]): string {
  const [first] = runs
  const differing = (first?.steps ?? []).flatMap((_, index) => {
    const answers = runs.flatMap(({ steps }) => steps.slice(index, index + 1))
    return new Set(answers.map((step) => answerText(step).text)).size > 1 ? [`${index + 1}`] : []
  })
  const all = `${counted(runs.length, 'policy', 'policies')}, ${counted(first?.steps.length ?? 0, 'step')}`
  return differing.length === 0
    ? `${all}: all policies answer alike.`
    : `${all}: they differ in ${differing.length === 1 ? 'step' : 'steps'} ${listed(differing)}.`
}
