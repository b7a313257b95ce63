import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PciDevice } from '../../src/pci/device.js'
import { membershipReader, membershipRefusals } from '../../src/policy/membership.js'
import { POLICIES } from '../../src/policy/policies/index.js'
import { judge, resetQuestion } from '../../src/policy/verdict.js'
import type { VfioHost } from '../../src/vfio/vfio-host.js'
import { host } from '../support/ask.js'
import { randomVfioHost } from '../support/random-vfio-host.js'

const RUNS = { numRuns: 40 }

/** Many hosts are built in one test; a busy machine is no failure. */
const SLOW = { timeout: 600_000 }

test('what targets share is what each gets alone', SLOW, async () => {
  await fc.assert(
    fc.asyncProperty(randomVfioHost, async (spec) => {
      const vfio = await host(spec)
      const shared = membershipReader({ fold: false })
      for (const c of casesOf(vfio)) {
        const { refusals, claimRefusals } = shared(c)
        expect(refusals).toEqual(membershipRefusals(c))
        expect(claimRefusals).toEqual(refusals.map((each) => ({ ...each, at: 'bind' })))
      }
    }),
    RUNS,
  )
})

test('folding refusals changes no outcome', SLOW, async () => {
  await fc.assert(
    fc.asyncProperty(randomVfioHost, async (spec) => {
      const vfio = await host(spec)
      const folding = { membershipOf: membershipReader({ fold: true }) }
      for (const target of vfio.topology.devices) {
        const whole = resetQuestion(vfio, target, new Set())
        const folded = resetQuestion(vfio, target, new Set(), folding)
        expect(folded.cases.map(blockersOf)).toEqual(whole.cases.map(blockersOf))
        for (const policy of POLICIES) {
          const { reasons: _, ...expected } = judge(policy, whole)
          expect(judge(policy, folded)).toMatchObject(expected)
        }
      }
    }),
    RUNS,
  )
})

function blockersOf({ blockers }: { readonly blockers: unknown }): unknown {
  return blockers
}

function* casesOf(vfio: VfioHost) {
  for (const target of vfio.topology.devices) {
    for (const world of vfio.scopes.worldsOf(target).worlds) {
      const { scope } = vfio.scopes.answer(target, world)
      const affected: readonly PciDevice[] = scope?.affected ?? []
      yield { host: vfio, world, target, affected }
    }
  }
}
