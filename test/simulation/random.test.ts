import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Gap, unknown } from '../../src/host/gap.js'
import type { RawHost } from '../../src/host/raw-host.js'
import { POLICIES } from '../../src/policy/policies/index.js'
import type { PolicyChoice } from '../../src/simulation/scenario/scenario.js'
import type { SimulatedStep } from '../../src/simulation/simulated-step.js'
import { FIELDS, gapAt, hide } from '../support/hide.js'
import { buildHost } from '../support/host-builder.js'
import type { HostSpec } from '../support/host-spec.js'
import { loadFiles } from '../support/load-host.js'
import { playUnder, type StepText } from '../support/play.js'
import { randomSteps } from '../support/random-scenario.js'
import { randomVfioHost } from '../support/random-vfio-host.js'

const ALL: readonly PolicyChoice[] = ['kernel', ...POLICIES.map(({ id }) => id)]

/** A host, and steps on its functions. */
const story = randomVfioHost.chain((spec) =>
  randomSteps(spec.functions.map(({ address }) => address)).map((steps) => ({ spec, steps })),
)

test('any scenario gets an answer to every step, under every policy', async () => {
  await fc.assert(
    fc.asyncProperty(story, async ({ spec, steps }) => {
      const raw = await load(spec)
      for (const [policy, played] of playUnder(raw, { steps }, ALL)) {
        expect(played, policy).toHaveLength(steps.length)
        for (const step of played) expect(faultOf(step), `${policy} ${step.index}`).toBeNull()
      }
    }),
    { numRuns: 60 },
  )
}, 60_000)

test('a second run gives the same answers', async () => {
  await fc.assert(
    fc.asyncProperty(story, async ({ spec, steps }) => {
      const raw = await load(spec)
      const [one, other] = [1, 2].map(() => playUnder(raw, { steps }, ['kernel']).get('kernel'))
      expect(one).toEqual(other)
    }),
    { numRuns: 20 },
  )
}, 60_000)

test('hiding facts never makes an answer another one', async () => {
  const hiding = fc.record({
    functions: fc.array(fc.tuple(fc.nat(), fc.subarray([...FIELDS], { minLength: 1 })), {
      maxLength: 2,
    }),
    pciehpPorts: fc.boolean(),
    dev: fc.boolean(),
    noiommu: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(story, hiding, async ({ spec, steps }, hidden) => {
      const raw = await load(spec)
      const blind = hidden.functions.reduce<RawHost>(
        (left, [number, fields]) => {
          const address = left.functions[number % left.functions.length]?.address
          return address === undefined ? left : hide(left, address, ...fields)
        },
        {
          ...raw,
          ...(hidden.pciehpPorts ? { pciehpPorts: unknown(gap('sys/bus/pci_express')) } : {}),
          system: {
            ...raw.system,
            ...(hidden.dev ? { devIommu: null, devVfioDevices: unknown(gap('dev')) } : {}),
            ...(hidden.noiommu ? { unsafeNoiommu: unknown(gap('sys/module/vfio')) } : {}),
          },
        },
      )
      const seen = answersOf(raw, steps)
      for (const [policy, played] of answersOf(blind, steps)) {
        played.forEach((step, index) => {
          if (step.outcome === 'undetermined') return
          const before = seen.get(policy)?.[index]
          const what = `${policy} step ${index}`
          expect(step.outcome, what).toBe(before?.outcome)
          if (step.errno === null && step.possible !== undefined) {
            expect([null, ...step.possible], what).toContain(before?.errno)
          } else expect(short(step), what).toBe(short(before))
        })
      }
    }),
    { numRuns: 60 },
  )
}, 60_000)

async function load(spec: HostSpec): Promise<RawHost> {
  return loadFiles(buildHost({ ...spec, holders: [] }))
}

function answersOf(raw: RawHost, steps: readonly StepText[]) {
  return playUnder(raw, { steps }, ALL)
}

function gap(path: string): Gap {
  return gapAt(path)
}

function short(step: SimulatedStep | undefined): string {
  return step === undefined ? 'none' : `${step.outcome} ${step.errno}`
}

/** What is wrong with the form of an answer; null: nothing. */
function faultOf({
  outcome,
  errno,
  reasons,
  skipped,
  possible,
  info,
}: SimulatedStep): string | null {
  if (outcome === 'ok' && (errno !== null || reasons.length > 0)) return 'ok, but refused'
  if (outcome === 'refused' && reasons.length === 0) return 'refused without a reason'
  const isTold = skipped !== undefined || possible !== undefined
  if (outcome === 'refused' && errno === null && !isTold) return 'no errno'
  if (errno !== null && skipped !== undefined) return 'an errno, though nothing was called'
  if (outcome === 'undetermined' && !reasons.some(({ kind }) => kind === 'unread')) return 'no gap'
  if (info !== undefined && 'devices' in info && outcome === 'ok' && info.devices.length === 0) {
    return 'INFO lists nothing'
  }
  return null
}
