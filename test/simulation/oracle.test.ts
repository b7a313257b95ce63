import { describe, expect, test } from 'vitest'
import { LABS, loadLabState } from '../support/fixtures.js'
import { readOracle } from '../support/oracle.js'
import { asStep, kernelReply, simulatedReply } from '../support/oracle-play.js'
import { playOn } from '../support/play.js'

/** Every call that a real kernel answered in the lab, step by step: the kernel's word against the simulator's. */
describe.each(LABS)('%s', (lab) => {
  const { release, scenarios, states } = readOracle(lab)

  test.each(Object.entries(scenarios))('%s', async (_, { state, steps }) => {
    const raw = await loadLabState(lab, state)
    const calls = steps.flatMap((step) => {
      const text = asStep(step)
      return text === null ? [] : [{ step, text }]
    })
    const played = playOn(raw, { steps: calls.map(({ text }) => text) })
    expect(played.length).toBe(calls.length)
    expect(played.map(simulatedReply)).toEqual(
      played.map((each, index) => kernelReply(calls[index]?.step ?? { cmd: '' }, each)),
    )
  })

  const bindable = Object.entries(scenarios).filter(([, { state }]) => {
    const [, vfs, after, shell] = statesOf(states, state)
    return isEmpty(vfs) && isEmpty(after) && isEmpty(shell)
  })

  test.each(bindable)('%s, bound by the scenario', async (_, { state, steps }) => {
    const raw = await loadLabState(lab, 'boot')
    const [drivers] = statesOf(states, state)
    const calls = steps.flatMap((step) => {
      const text = asStep(step)
      return text === null ? [] : [{ step, text }]
    })
    const played = playOn(raw, {
      kernel: release,
      drivers: Object.fromEntries(
        Object.entries(drivers as Record<string, string>).map(([address, driver]) => [
          address,
          driver === 'none' ? null : driver,
        ]),
      ),
      steps: calls.map(({ text }) => text),
    })
    expect(played.map(simulatedReply)).toEqual(
      played.map((each, index) => kernelReply(calls[index]?.step ?? { cmd: '' }, each)),
    )
  })
})

/** How a state was made: drivers, numbers of VFs, drivers of VFs, commands. */
function statesOf(states: Readonly<Record<string, unknown>>, name: string): readonly unknown[] {
  const state = states[name]
  return Array.isArray(state) ? state : []
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}
