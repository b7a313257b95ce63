import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PciAddress } from '../../src/host/pci-address.js'
import type { VmInterface } from '../../src/host/vm-facts.js'
import { applySteps } from '../../src/preflight/planning/apply-steps.js'
import { runPreflight } from '../../src/preflight/preflight.js'
import type { PreflightHost, VmRequest } from '../../src/preflight/question.js'
import { parseScenario } from '../../src/simulation/scenario/parse-scenario.js'
import { isScenarioProblem } from '../../src/simulation/scenario/scenario.js'
import { simulate } from '../../src/simulation/simulate.js'
import { fullAddress } from '../support/ask.js'
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
        const { binds, resets } = play(host, functions.map(fullAddress))
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

const ways = fc.array(fc.constantFrom<VmInterface>('group', 'iommufd'), {
  minLength: 3,
  maxLength: 3,
})

/** One user opens each function in its own way and hot-resets it: outcomes of what opens, and of each reset. */
function playMixed(
  { host }: PreflightHost,
  opened: readonly (readonly [PciAddress, VmInterface])[],
) {
  const actor = 'vm'
  const ofWay = (via: VmInterface) =>
    opened.filter((each) => each[1] === via).map(([device]) => device)
  const files = new Map(ofWay('group').map((device) => [groupOf(host, device), device]))
  const bound = ofWay('iommufd')
  const opening = [
    { actor, do: 'open-iommufd', as: 'i0' },
    ...bound.map((device) => ({ actor, do: 'bind-cdev', device, iommufd: 'i0' })),
    { actor, do: 'open-container', as: 'c' },
    ...[...files.values()].map((device) => ({ actor, do: 'open-group', device, container: 'c' })),
    ...ofWay('group').map((device) => ({ actor, do: 'open-device', device })),
  ]
  // As QEMU does: of the groups that the reset affects those that it has, and no others.
  const filesFor = (target: PciAddress) => {
    const affected = FUNCTIONS.map(fullAddress).filter(
      (each) => each.slice(0, 7) === target.slice(0, 7),
    )
    const groups = new Set(affected.map((each) => groupOf(host, each)))
    return [...files].filter(([group]) => groups.has(group)).map(([, file]) => file)
  }
  const resets = opened.map(([device, via]) => ({
    actor,
    do: 'hot-reset',
    device,
    ...(via === 'group' ? { groups: filesFor(device) } : {}),
  }))
  const scenario = parseScenario(JSON.stringify({ steps: [...opening, ...resets] }))
  if (isScenarioProblem(scenario)) throw new Error(scenario.problem)
  const played = simulate({ host, scenario, policies: ['kernel'], infoForm: 'kernel' })
  if (isScenarioProblem(played)) throw new Error(played.problem)
  const outcomes = played.runs.flatMap((run) => run.steps.map(({ outcome }) => outcome))
  return { opening: outcomes.slice(0, opening.length), resets: outcomes.slice(opening.length) }
}

function groupOf({ raw }: PreflightHost['host'], device: PciAddress): number | null {
  const found = raw.functions.find(({ address }) => address === device)?.iommuGroup
  return found?.known === true ? found.value : null
}

test('a VM that opens its functions in two ways is judged function by function, as the simulator answers', async () => {
  const seen = { opens: 0, doesNotOpen: 0, mixedReset: 0, mixedRefusal: 0 }
  await fc.assert(
    fc.asyncProperty(
      fc.array(options, { minLength: 3, maxLength: 3 }),
      fc.uniqueArray(fc.constantFrom(...FUNCTIONS), { minLength: 2, maxLength: 3 }),
      ways,
      async (all, functions, chosen) => {
        const bound = all.map((each) => ({ ...each, driver: 'vfio-pci' as const }))
        const opened = functions.map(
          (device, place) => [fullAddress(device), chosen[place] ?? 'group'] as const,
        )
        const host = await preflightHost(hostOf(bound), { functions })
        const vms: readonly VmRequest[] = [
          {
            name: null,
            vmm: 'qemu',
            notFollowed: [],
            oneOf: null,
            functions: opened.map(([address, via]) => ({
              address,
              via,
              managed: false,
              mapped: null,
              token: null,
              times: 1,
            })),
          },
        ]
        const question = { ...questionOf({ functions, plans: false }), vms }
        const answer = runPreflight(host, question)
        const { opening, resets } = playMixed(host, opened)
        const starts = opening.every((outcome) => outcome === 'ok')
        expect(answer.vms[0]?.starts === 'pass').toBe(starts)
        seen[starts ? 'opens' : 'doesNotOpen'] += 1
        if (!starts) return
        const isMixed = new Set(opened.map(([, via]) => via)).size > 1
        for (const [place, [device]] of opened.entries()) {
          const own = answer.vms[0]?.checks.filter(
            (each) => each.device === device && each.id.startsWith('reset-'),
          )
          const passes = own?.every(({ outcome }) => outcome === 'pass') === true
          expect(passes, `${device} of ${JSON.stringify(opened)}`).toBe(resets[place] === 'ok')
          if (isMixed) seen[passes ? 'mixedReset' : 'mixedRefusal'] += 1
        }
      },
    ),
    { numRuns: 200 },
  )
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(0)
})
