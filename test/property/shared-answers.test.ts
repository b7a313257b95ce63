import fc from 'fast-check'
import { expect, test } from 'vitest'
import { known } from '../../src/host/gap.js'
import { isBridge, type PciDevice } from '../../src/pci/device.js'
import { membershipReader } from '../../src/policy/membership.js'
import { POLICIES } from '../../src/policy/policies/index.js'
import { sharedAnswers } from '../../src/policy/shared-answers.js'
import { situationsOf } from '../../src/policy/situation.js'
import { judge, type ResetQuestion, resetQuestion } from '../../src/policy/verdict.js'
import { inAll } from '../../src/text/lists.js'
import { analyseHost } from '../../src/vfio/analysed-host.js'
import type { VfioHost } from '../../src/vfio/vfio-host.js'
import { host } from '../support/ask.js'
import { randomVfioHost } from '../support/random-vfio-host.js'

const RUNS = { numRuns: 400 }

/** Many hosts are built in one test; a busy machine is no failure. */
const SLOW = { timeout: 600_000 }

test('a verdict that functions share is what each gets when it is judged', SLOW, async () => {
  let shared = 0
  await fc.assert(
    fc.asyncProperty(randomVfioHost, fc.boolean(), async (spec, fold) => {
      const found = await host(spec)
      for (const each of [found, aloneInGroups(found)]) shared += compare(each, fold)
    }),
    RUNS,
  )
  // What nothing shares proves nothing.
  expect(shared).toBeGreaterThan(0)
})

/** How many functions were not judged. */
function compare(vfio: VfioHost, fold: boolean): number {
  const options = { membershipOf: membershipReader({ fold }) }
  let asked = 0
  const ask = (target: PciDevice) => {
    asked += 1
    return resetQuestion(vfio, target, new Set(), options)
  }
  const situationOf = situationsOf(vfio)
  const answersOf = sharedAnswers({ policies: POLICIES, ask, enough: 2 })
  const targets = vfio.topology.devices.filter((device) => !isBridge(device))
  for (const target of targets) {
    const question = resetQuestion(vfio, target, new Set(), options)
    expect(answersOf(target, situationOf(target))).toMatchObject({
      verdicts: POLICIES.map((policy) => judge(policy, question)),
      blockers: blockersOf(question),
    })
  }
  return targets.length - asked
}

function blockersOf({ cases }: ResetQuestion) {
  return inAll(cases.map(({ answer, blockers }) => [...answer.denials, ...blockers]))
}

/** The same host, on which nobody has anything open and each function has a group of its own. */
function aloneInGroups({ topology: { raw } }: VfioHost): VfioHost {
  const functions = raw.functions.map((each, id) => ({ ...each, iommuGroup: known(id) }))
  const groups = functions.map(({ address }, id) => ({
    id,
    type: known('DMA'),
    name: known(null),
    devices: [address],
    others: [],
    unlisted: null,
  }))
  return analyseHost({ ...raw, functions, groups, groupsListed: known(true), holders: [] }).vfio
}
