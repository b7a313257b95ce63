import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PlanAnswer, PlanStep } from '../../src/plan/step.js'
import type { CheckResult } from '../../src/preflight/answer.js'
import { checkVm } from '../../src/preflight/checks/check-vm.js'
import { applySteps } from '../../src/preflight/planning/apply-steps.js'
import { runPreflight } from '../../src/preflight/preflight.js'
import type { PreflightHost, PreflightQuestion } from '../../src/preflight/question.js'
import { situationOf } from '../../src/preflight/situation.js'
import { DEBATE_HOST } from '../support/debate-host.js'
import {
  ACS_OK,
  endpoint,
  type FunctionOptions,
  rootPort,
  virtualFunction,
} from '../support/functions.js'
import type { HostSpec } from '../support/host-spec.js'
import {
  type PreflightAsk,
  planOf,
  preflight,
  preflightHost,
  questionOf,
} from '../support/preflight.js'
import { randomVfioHost } from '../support/random-vfio-host.js'

/** The checks of a VM on a host to which steps were applied. */
function checksAfter(
  host: PreflightHost,
  question: PreflightQuestion,
  steps: readonly PlanStep[],
  vm = 0,
): readonly CheckResult[] {
  const planned = applySteps({ ...host, question }, steps, vm)
  const { groupCheck, isolationOf } = situationOf(host, question)
  const { fresh } = planned
  const situation = situationOf(planned, planned.question, { fresh, groupCheck, isolationOf })
  const own = situation.vms[vm]
  return own === undefined ? [] : checkVm(situation, own)
}

function stepsOf(plan: PlanAnswer | null): readonly PlanStep[] | null {
  return plan?.found === true && plan.proof === 'passes' ? plan.steps.map(({ step }) => step) : null
}

const RANK = { pass: 0, warn: 1, 'cannot-tell': 2, fail: 3 } as const

/** Functions of a host that a VM could be given: everything but bridges. */
const CANDIDATES = ['01:00.0', '01:00.1', '02:00.0', '03:00.0', '03:00.1'] as const

const options = fc.record({
  driver: fc.constantFrom('vfio-pci', 'vfio-pci', 'igb', 'nvme'),
  group: fc.integer({ min: 10, max: 12 }),
  reset: fc.constantFrom('flr\n', 'bus\n', 'pm bus\n', ''),
})

type Options = typeof options extends fc.Arbitrary<infer T> ? T : never

function hostOf(all: readonly Options[]): HostSpec {
  const made = (index: number): FunctionOptions => {
    const { driver, group, reset } = all[index] ?? { driver: 'igb', group: 10, reset: '' }
    return {
      driver,
      group,
      mfd: true,
      resetMethods: reset,
      flr: reset === 'flr\n',
      class: 0x020000,
    }
  }
  return {
    functions: [
      rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK, group: 1 }),
      endpoint('0000:01:00.0', made(0)),
      endpoint('0000:01:00.1', made(1)),
      rootPort('0000:00:02.0', { secondary: '02', acs: ACS_OK, group: 2 }),
      endpoint('0000:02:00.0', made(2)),
      rootPort('0000:00:03.0', { secondary: '03', acs: ACS_OK, group: 3 }),
      endpoint('0000:03:00.0', made(3)),
      endpoint('0000:03:00.1', made(4)),
    ],
  }
}

const wanted = fc.uniqueArray(fc.constantFrom(...CANDIDATES), { minLength: 1, maxLength: 3 })
const via = fc.constantFrom('group', 'iommufd')

test('a plan turns what fails into a pass, makes nothing worse, and needs each of its steps', async () => {
  let proved = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(options, { minLength: 5, maxLength: 5 }),
      wanted,
      via,
      async (all, functions, way) => {
        const ask: PreflightAsk = { functions, via: way }
        const host = await preflightHost(hostOf(all), ask)
        const question = questionOf(ask)
        const before = runPreflight(host, question).vms.flatMap(({ checks }) => checks)
        for (const check of before) {
          const steps = stepsOf(check.plan)
          if (steps === null) continue
          proved += 1
          const after = checksAfter(host, question, steps)
          expect(outcomeOf(after, check)).not.toBe('fail')
          for (const other of before) {
            const now = outcomeOf(after, other)
            if (now === undefined) throw new Error(`${other.id} was not asked again`)
            expect(RANK[now]).toBeLessThanOrEqual(RANK[other.outcome])
          }
          for (const step of steps.length > 1 ? steps : []) {
            const fewer = steps.filter((each) => each !== step)
            const left = checksAfter(host, question, fewer)
            const isWorse = left.some(
              (each) =>
                each.outcome === 'fail' &&
                (isSame(each, check) || before.find((b) => isSame(b, each))?.outcome !== 'fail'),
            )
            expect(isWorse).toBe(true)
          }
        }
      },
    ),
    { numRuns: 25 },
  )
  expect(proved).toBeGreaterThan(0)
})

function outcomeOf(checks: readonly CheckResult[], { id, device }: CheckResult) {
  return checks.find((each) => each.id === id && each.device === device)?.outcome
}

function isSame(a: CheckResult, b: CheckResult): boolean {
  return a.id === b.id && a.device === b.device
}

test('the plan for all that fails makes the whole VM pass', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(options, { minLength: 5, maxLength: 5 }),
      wanted,
      async (all, functions) => {
        const ask: PreflightAsk = { functions }
        const host = await preflightHost(hostOf(all), ask)
        const question = questionOf(ask)
        const [vm] = runPreflight(host, question).vms
        const steps = stepsOf(vm?.plan ?? null)
        if (steps === null) return
        const after = checksAfter(host, question, steps)
        expect(after.filter(({ outcome }) => outcome === 'fail')).toEqual([])
      },
    ),
    { numRuns: 25 },
  )
})

test('no plan binds a bridge, whatever the VM is to get', async () => {
  let planned = 0
  await fc.assert(
    fc.asyncProperty(randomVfioHost, fc.nat(), via, async (spec, pick, way) => {
      const chosen = spec.functions[pick % spec.functions.length]
      if (chosen === undefined) return
      const ask: PreflightAsk = { functions: [chosen.address], via: way }
      const host = await preflightHost(spec, ask)
      const [vm] = runPreflight(host, questionOf(ask)).vms
      const plans = [vm?.plan, ...(vm?.checks.map(({ plan }) => plan) ?? [])]
      for (const step of plans.flatMap((plan) => stepsOf(plan ?? null) ?? [])) {
        if (step.do !== 'bind') continue
        planned += 1
        const { header } = host.host.topology.byAddress.get(step.device) ?? {}
        expect(header).toEqual({ known: true, value: 'normal' })
      }
    }),
    { numRuns: 150 },
  )
  expect(planned).toBeGreaterThan(0)
})

describe('on the host of the debate', () => {
  test.each([
    // A network card in two groups, FLR: binding is enough.
    [['01:00.0'], 'bind 0000:01:00.0'],
    // Its second function shares a group with a function elsewhere.
    [['01:00.1'], 'bind 0000:01:00.1'],
    // A graphics card without any reset of its own: both functions go, in one group.
    [['03:00.0', '03:00.1'], 'bind 0000:03:00.0, bind 0000:03:00.1'],
    [['03:00.0'], 'bind 0000:03:00.0, bind 0000:03:00.1'],
  ])('%j: %s', async (functions, expected) => {
    const { vms } = await preflight(DEBATE_HOST, { functions })
    expect(vms.map(planOf)).toEqual([expected])
  })
})

test('fewer functions of the host are taken where there is a choice: iommufd is given up first', async () => {
  const spec: HostSpec = { ...hostOf([]), kernel: '6.1.192' }
  const { vms } = await preflight(spec, { functions: ['02:00.0'], way: 'iommufd' })
  expect(
    vms.flatMap(({ checks }) => checks).find(({ id }) => id === 'interface')?.plan,
  ).toMatchObject({
    steps: [{ step: { do: 'use-way', way: 'group' } }],
  })
})

test('VFs in the way of their PF’s hot reset are switched off', async () => {
  const spec: HostSpec = {
    kernel: '6.18.5',
    functions: [
      rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK, group: 1 }),
      endpoint('0000:01:00.0', {
        driver: 'vfio-pci',
        group: 10,
        resetMethods: 'bus\n',
        totalVfs: 1,
      }),
      virtualFunction('0000:01:00.1', {
        vf: { pf: '0000:01:00.0', index: 0 },
        group: 11,
        driver: 'vfio-pci',
      }),
    ],
  }
  const { vms } = await preflight(spec, { functions: ['01:00.0'] })
  expect(vms.map(planOf)).toEqual(['disable-vfs 0000:01:00.0'])
})

test('a plan states what the host loses', async () => {
  const spec = hostOf([{ driver: 'igb', group: 10, reset: 'flr\n' }])
  const folder = 'sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/net/eth0/uevent'
  const { vms } = await preflight({ ...spec, files: { [folder]: '' } }, { functions: ['01:00.0'] })
  const plan = vms.flatMap(({ checks }) => checks).find(({ id }) => id === 'driver')?.plan
  expect(plan).toMatchObject({
    steps: [{ losses: [{ kind: 'driver', driver: 'igb', names: ['eth0'] }] }],
  })
})
