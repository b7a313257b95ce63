import { describe, expect, test } from 'vitest'
import { POLICIES } from '../../../src/policy/policies/index.js'
import type { PolicyChoice } from '../../../src/simulation/scenario/scenario.js'
import type { HostSpec } from '../../support/host-spec.js'
import { answers, play, type StepText } from '../../support/play.js'
import { t2, t3 } from '../../support/topologies.js'

const F0 = '0000:01:00.0'
const F1 = '0000:01:00.1'

const take = (actor: string, device: string) => ({ actor, intent: 'take', device })
const reset = (actor: string, device: string) => ({ actor, intent: 'reset', device })
const release = (actor: string, device: string) => ({ actor, intent: 'release', device })

/** A card with two functions in two groups; both bound. */
const CARD: HostSpec = { functions: t3() }

const ask = (policy: PolicyChoice, steps: readonly StepText[], kernel = '6.12.117') =>
  play(CARD, { policy, steps, kernel })

const callsOf = async (policy: PolicyChoice, steps: readonly StepText[], kernel?: string) =>
  (await ask(policy, steps, kernel)).map(({ calls }) => calls?.map((call) => call.do))

describe('what somebody wants becomes calls', () => {
  test('through the interface that the policy is about', async () => {
    const wanted = [take('a', F0), reset('a', F0), release('a', F0)]
    expect(await callsOf('group-fds', wanted)).toEqual([
      ['open-container', 'open-group', 'open-device'],
      ['hot-reset'],
      ['close-device', 'close-group', 'close-container'],
    ])
    expect(await callsOf('iommufd', wanted)).toEqual([
      ['open-iommufd', 'bind-cdev'],
      ['hot-reset'],
      ['close-device'],
    ])
  })

  test('of a kernel through the cdev where it has any', async () => {
    expect((await callsOf('kernel', [take('a', F0)], '6.12.117'))[0]).toContain('bind-cdev')
    expect((await callsOf('kernel', [take('a', F0)], '6.1.0'))[0]).toContain('open-group')
  })

  test('with the proof that the rule asks for, of what the actor has', async () => {
    const wanted = [take('a', F0), take('b', F1), reset('a', F0), take('a', F1), reset('a', F0)]
    const proof = async (policy: PolicyChoice) =>
      (await ask(policy, wanted)).flatMap(({ do: wish, calls = [] }) =>
        wish === 'reset' ? calls : [],
      )
    const call = { do: 'hot-reset', device: F0 }
    // The group is b's, and the second take is refused.
    expect(await proof('group-fds')).toEqual([
      { ...call, groups: [F0] },
      { ...call, groups: [F0] },
    ])
    expect(await proof('device-fds')).toEqual([
      { ...call, deviceFds: [F0] },
      { ...call, deviceFds: [F0] },
    ])
    expect(await proof('iommufd')).toEqual([call, call])
    expect(
      (await ask('device-fds', [take('a', F0), take('a', F1), reset('a', F0)])).at(-1)?.calls,
    ).toEqual([{ ...call, deviceFds: [F0, F1] }])
  })

  test('a group of two functions is opened and passed once, and closed with the last', async () => {
    const wanted = [
      take('a', F0),
      take('a', F1),
      reset('a', F0),
      release('a', F0),
      release('a', F1),
    ]
    const steps = await play({ functions: t2() }, { policy: 'group-fds', steps: wanted })
    expect(answers(steps)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok'])
    expect(steps.map(({ calls = [] }) => calls.map((call) => call.do))).toEqual([
      ['open-container', 'open-group', 'open-device'],
      ['open-device'],
      ['hot-reset'],
      ['close-device'],
      ['close-device', 'close-group', 'close-container'],
    ])
    expect(steps[2]?.calls).toMatchObject([{ groups: [F0] }])
  })

  test('the claim comes with the last function that is taken before the reset', async () => {
    const claims = async (policy: PolicyChoice, steps: readonly StepText[]) =>
      (await ask(policy, steps)).map(({ calls = [] }) => calls.some((call) => call.claim === true))
    const wanted = [take('a', F0), take('a', F1), reset('a', F0), take('b', F1)]
    expect(await claims('reset-group-claim', wanted)).toEqual([false, true, false, false])
    expect(await claims('iommufd', wanted)).toEqual([false, false, false, false])
    expect(await claims('kernel', wanted)).toEqual([false, false, false, false])
  })

  test('the first call that is refused ends it', async () => {
    const [step] = await play(
      { functions: t3().map(({ driver: _, ...each }) => each) },
      { policy: 'group-fds', steps: [take('a', F0)] },
    )
    expect(step).toMatchObject({ do: 'take', outcome: 'refused', errno: 'ENOENT' })
    expect(step?.calls?.map((call) => call.do)).toEqual(['open-container', 'open-group'])
  })

  test('of what nobody took nothing is called', async () => {
    const steps = await ask('kernel', [reset('a', F0), release('a', F0)])
    expect(answers(steps)).toEqual(['-', '-'])
    expect(steps.map(({ calls }) => calls)).toEqual([[], []])
  })
})

test('an intent answers as the calls that it made, when they are written out', async () => {
  const wanted = [take('a', F0), take('b', F1), reset('a', F0), release('b', F1), reset('a', F0)]
  const written = [
    { actor: 'a', do: 'open-iommufd', as: 'A' },
    { actor: 'a', do: 'bind-cdev', device: F0, iommufd: 'A' },
    { actor: 'b', do: 'open-iommufd', as: 'B' },
    { actor: 'b', do: 'bind-cdev', device: F1, iommufd: 'B' },
    { actor: 'a', do: 'hot-reset', device: F0 },
    { actor: 'b', do: 'close-device', device: F1 },
    { actor: 'a', do: 'hot-reset', device: F0 },
  ]
  const isCdev = POLICIES.filter(({ opened, passed, claims }) => {
    return opened === 'cdev' && passed === 'nothing' && claims === null
  })
  for (const { id } of isCdev) {
    const asked = await ask(id, wanted)
    const called = await ask(id, written)
    expect(answers(asked), id).toEqual(
      answers(called.filter((_, index) => index !== 0 && index !== 2)),
    )
    expect(asked.at(-1)?.reasons, id).toEqual(called.at(-1)?.reasons)
  }
})
