import { describe, expect, test } from 'vitest'
import { analyseIsolation } from '../src/iommu/analyse-isolation.js'
import { answer, at, decide, scopeOf } from './support/ask.js'
import { LABS, loadLabState } from './support/fixtures.js'
import { assumedCall, infoReplies, readOracle, type Scenario } from './support/oracle.js'

/**
 * What real kernels answered, asked of the model. Scenarios that take more than one caller's single call are replayed by
 * `simulate`.
 */
describe.each(LABS)('%s', (lab) => {
  const oracle = readOracle(lab)
  const scenarios = Object.entries(oracle.scenarios)

  test.each(withInfo(scenarios))('INFO lists what is affected: %s', async (_name, scenario) => {
    const vfio = decide(await loadLabState(lab, scenario.state))
    for (const { target, devices } of infoReplies(scenario)) {
      const { scope } = scopeOf(vfio, target)
      const predicted = scope === null ? null : scope.affected.map(({ address }) => address)
      expect(predicted).toEqual(devices?.map(({ bdf }) => bdf).sort() ?? null)
    }
  })

  test.each(withGroupIds(scenarios))('INFO names the groups: %s', async (_name, scenario) => {
    const vfio = decide(await loadLabState(lab, scenario.state))
    for (const { devices } of infoReplies(scenario)) {
      const stated = devices?.map(({ bdf }) => at(vfio, bdf).raw.iommuGroup) ?? []
      expect(stated).toEqual(devices?.map(({ id }) => ({ known: true, value: id })) ?? [])
    }
  })

  test.each(withCall(scenarios))('verdict: %s', async (_name, { scenario, call }) => {
    const vfio = decide(await loadLabState(lab, scenario.state))
    const expected = call.errno === null ? 'permitted' : `${call.errno} ${call.at}`
    expect(answer(vfio, call.policy, scenario.target, call.owning)).toBe(expected)
  })

  test.each(withOwnedFlag(scenarios))(
    'DEV_ID_OWNED: %s',
    async (_name, { scenario, owning, owned }) => {
      const vfio = decide(await loadLabState(lab, scenario.state))
      expect(answer(vfio, 'iommufd', scenario.target, owning) === 'permitted').toBe(owned)
    },
  )

  test.each(['boot', ...Object.keys(oracle.states)])('groups recomputed: %s', async (state) => {
    const raw = await loadLabState(lab, state)
    const { comparable, differences } = analyseIsolation(decide(raw).topology).check()
    expect(comparable).toBe(true)
    expect(differences).toEqual([])
  })
})

test('every lab has scenarios of each kind that the tests above take from it', () => {
  const counts = LABS.map((lab) => {
    const scenarios = Object.entries(readOracle(lab).scenarios)
    return [lab, scenarios.length, withInfo(scenarios).length, withCall(scenarios).length]
  })
  // Of all scenarios: with an answer of INFO, with the assumed caller's call.
  expect(counts).toEqual([
    ['lab-amdiommu-6.12', 4, 4, 4],
    ['lab-ports-6.1', 29, 28, 17],
    ['lab-ports-c6.12', 57, 54, 27],
    ['lab-slots-c6.12', 16, 14, 16],
    ['lab-slots-c7.3', 16, 14, 16],
  ])
})

type Named = readonly [name: string, scenario: Scenario]

function withInfo(scenarios: readonly Named[]): Named[] {
  return scenarios.filter(([, scenario]) => infoReplies(scenario).length > 0)
}

/** Group numbers stand in INFO only where the caller came through its group. */
function withGroupIds(scenarios: readonly Named[]): Named[] {
  return scenarios.filter(([, scenario]) => {
    const replies = infoReplies(scenario)
    return (
      replies.some(({ devices }) => devices !== null) && replies.every(({ flags }) => flags === 0)
    )
  })
}

function withCall(scenarios: readonly Named[]) {
  return scenarios.flatMap(([name, scenario]) => {
    const call = assumedCall(scenario)
    return call === null ? [] : [[name, { scenario, call }] as const]
  })
}

function withOwnedFlag(scenarios: readonly Named[]) {
  return withCall(scenarios).flatMap(([name, { scenario, call }]) => {
    const [reply] = infoReplies(scenario)
    if (reply === undefined || reply.devices === null || (reply.flags & 1) === 0) return []
    return [[name, { scenario, owning: call.owning, owned: (reply.flags & 2) !== 0 }] as const]
  })
}
