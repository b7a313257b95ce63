import { takeStep } from '../calls/take-step.js'
import type { Turn } from '../machine.js'
import type { IntentStep, Step, StoryStep } from '../scenario/scenario.js'
import type { MadeCall, StepAnswer, StepResult } from '../step-result.js'
import { resetCalls } from './reset-calls.js'
import { releaseCalls, takeCalls } from './take-calls.js'

/**
 * Makes the calls that an intent stands for under the turn's policy, until one is refused; its answer is the step's.
 * `later`: the steps that come after it, since who claims does so when they have all that they want.
 */
export function fulfil(turn: Turn, step: IntentStep, later: readonly StoryStep[]): StepResult {
  switch (step.do) {
    case 'take':
      return make(turn, takeCalls(turn, step, later))
    case 'reset':
      return make(turn, resetCalls(turn, step))
    case 'release':
      return make(turn, releaseCalls(turn, step))
  }
}

function make(turn: Turn, calls: readonly [Step, ...Step[]]): StepResult {
  const [first, ...others] = calls
  let result = takeStep(turn, first)
  const answers: StepAnswer[] = [result.answer]
  const made: MadeCall[] = [madeCall(first)]
  for (const call of others) {
    if (isEnd(result)) break
    result = takeStep({ ...turn, state: result.state }, call)
    answers.push(result.answer)
    made.push(madeCall(call))
  }
  const { answer } = result
  const effects = answers.flatMap((each) => each.effects)
  const unsure = answers.find((each) => each.unsure !== null)?.unsure ?? null
  // Where there is no file, nothing was called.
  const told = answer.skipped === null ? made : made.slice(0, -1)
  return { ...result, answer: { ...answer, effects, unsure, calls: told } }
}

function isEnd({ answer, lost }: StepResult): boolean {
  return answer.outcome === 'refused' || lost !== undefined
}

function madeCall(step: Step): MadeCall {
  const call = { do: step.do, device: 'device' in step ? step.device : null }
  if (step.do === 'bind-cdev') return step.claim ? { ...call, claim: true } : call
  if (step.do !== 'hot-reset') return call
  const { groups, deviceFds } = step
  return {
    ...call,
    ...(groups.length === 0 ? {} : { groups }),
    ...(deviceFds.length === 0 ? {} : { deviceFds }),
  }
}
