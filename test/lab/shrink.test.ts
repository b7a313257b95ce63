import { expect, it } from 'vitest'
import type { LabScenario, LabStep } from '../../lab/scenario.js'
import { shrink } from '../../lab/shrink.js'

const step = (as: string): LabStep => ({ actor: 'a', do: 'open-container', as })

const SCENARIO: LabScenario = {
  drivers: { '0000:01:00.0': 'vfio-pci', '0000:01:00.1': null, '0000:02:00.0': 'vfio-pci' },
  steps: ['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6'].map(step),
}

it('leaves what is needed to fail, in its order, and nothing else', async () => {
  const asked: LabScenario[] = []
  const smallest = await shrink(SCENARIO, async (candidate) => {
    asked.push(candidate)
    const names = candidate.steps.map(({ as }) => as)
    return names.includes('c1') && names.includes('c5') && '0000:01:00.1' in candidate.drivers
  })
  expect(smallest).toStrictEqual({
    drivers: { '0000:01:00.1': null },
    steps: [step('c1'), step('c5')],
  })
  // Every candidate costs a run in a guest.
  expect(asked.length).toBeLessThan(30)
})

it('keeps all of a scenario of which everything is needed', async () => {
  const length = SCENARIO.steps.length
  const smallest = await shrink(
    SCENARIO,
    async ({ drivers, steps }) => steps.length === length && Object.keys(drivers).length === 3,
  )
  expect(smallest).toStrictEqual(SCENARIO)
})

it('leaves out what happened before when it does not matter', async () => {
  const change = { do: 'rescan' } as const
  const smallest = await shrink(
    { ...SCENARIO, before: [change, { do: 'remove', device: '0000:01:00.0' }] },
    async ({ before = [] }) => before.some((one) => one.do === 'remove'),
  )
  expect(smallest.before).toStrictEqual([{ do: 'remove', device: '0000:01:00.0' }])
  expect(smallest.steps).toStrictEqual([])
})

it('can find that nothing is needed', async () => {
  expect(await shrink(SCENARIO, async () => true)).toStrictEqual({ drivers: {}, steps: [] })
})
