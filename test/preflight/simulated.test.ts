import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PciAddress } from '../../src/host/pci-address.js'
import { applySteps } from '../../src/preflight/planning/apply-steps.js'
import { runPreflight } from '../../src/preflight/preflight.js'
import type { PreflightHost } from '../../src/preflight/question.js'
import { parseScenario } from '../../src/simulation/scenario/parse-scenario.js'
import { isScenarioProblem } from '../../src/simulation/scenario/scenario.js'
import { simulate } from '../../src/simulation/simulate.js'
import { ACS_OK, endpoint, type FunctionOptions, rootPort } from '../support/functions.js'
import type { HostSpec } from '../support/host-spec.js'
import { type PreflightAsk, preflightHost, questionOf } from '../support/preflight.js'

/*
 * What a preflight says of the way in and of the hot reset is what the simulator answers when it is done: it was compared
 * with real kernels.
 */

const FUNCTIONS = ['01:00.0', '01:00.1', '02:00.0'] as const

const options = fc.record({
  driver: fc.constantFrom('vfio-pci', 'vfio-pci', 'igb'),
  group: fc.integer({ min: 10, max: 12 }),
})

type Options = typeof options extends fc.Arbitrary<infer T> ? T : never

function hostOf(all: readonly Options[]): HostSpec {
  const made = (index: number): FunctionOptions => ({ mfd: true, resetMethods: '', ...all[index] })
  return {
    functions: [
      rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK, group: 1 }),
      endpoint('0000:01:00.0', made(0)),
      endpoint('0000:01:00.1', made(1)),
      rootPort('0000:00:02.0', { secondary: '02', acs: ACS_OK, group: 2 }),
      endpoint('0000:02:00.0', made(2)),
    ],
  }
}

/** One user binds the functions to one iommufd and hot-resets each: outcomes of the binds, then of the resets. */
function play({ host }: PreflightHost, functions: readonly PciAddress[]) {
  const actor = 'vm'
  const steps = [
    { actor, do: 'open-iommufd', as: 'i0' },
    ...functions.map((device) => ({ actor, do: 'bind-cdev', device, iommufd: 'i0' })),
    ...functions.map((device) => ({ actor, do: 'hot-reset', device })),
  ]
  const scenario = parseScenario(JSON.stringify({ steps }))
  if (isScenarioProblem(scenario)) throw new Error(scenario.problem)
  const played = simulate({ host, scenario, policies: ['kernel'], infoForm: 'kernel' })
  if (isScenarioProblem(played)) throw new Error(played.problem)
  const outcomes = played.runs.flatMap((run) => run.steps.map(({ outcome }) => outcome))
  return {
    binds: outcomes.slice(1, 1 + functions.length),
    resets: outcomes.slice(1 + functions.length),
  }
}

test('a VM that passes is one whose functions open and hot-reset in the simulator, also after a plan', async () => {
  const seen = { passed: 0, refused: 0, planned: 0 }
  await fc.assert(
    fc.asyncProperty(
      fc.array(options, { minLength: 3, maxLength: 3 }),
      fc.uniqueArray(fc.constantFrom(...FUNCTIONS), { minLength: 1, maxLength: 3 }),
      async (all, functions) => {
        const ask: PreflightAsk = { functions, via: 'iommufd' }
        const host = await preflightHost(hostOf(all), ask)
        const question = questionOf(ask)
        const [vm] = runPreflight(host, question).vms
        if (vm === undefined) throw new Error('no VM')
        const { binds, resets } = play(host, vm.functions)
        if (vm.verdict === 'pass') {
          seen.passed += 1
          expect([...binds, ...resets].every((outcome) => outcome === 'ok')).toBe(true)
          return
        }
        seen.refused += 1
        expect([...binds, ...resets]).toContain('refused')
        if (vm.plan?.found !== true) return
        seen.planned += 1
        const steps = vm.plan.steps.map(({ step }) => step)
        const planned = applySteps({ ...host, question }, steps, 0)
        const given = planned.question.vms[0]?.functions.map(({ address }) => address) ?? []
        const after = play(planned, given)
        expect([...after.binds, ...after.resets].every((outcome) => outcome === 'ok')).toBe(true)
      },
    ),
    { numRuns: 60 },
  )
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(0)
})
