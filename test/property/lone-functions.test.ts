import fc from 'fast-check'
import { expect, test } from 'vitest'
import { known } from '../../src/host/gap.js'
import { isBridge } from '../../src/pci/device.js'
import { shareVerdicts } from '../../src/policy/lone-functions.js'
import { membershipReader } from '../../src/policy/membership.js'
import { POLICIES } from '../../src/policy/policies/index.js'
import { judge, resetQuestion } from '../../src/policy/verdict.js'
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

/** How many verdicts are one object with that of a function before. */
function compare(vfio: VfioHost, fold: boolean): number {
  const verdictsOf = shareVerdicts(POLICIES)
  const options = { membershipOf: membershipReader({ fold }) }
  const seen = new Set<unknown>()
  let again = 0
  for (const target of vfio.topology.devices) {
    if (isBridge(target)) continue
    const question = resetQuestion(vfio, target, new Set(), options)
    const verdicts = verdictsOf(question)
    expect(verdicts).toEqual(POLICIES.map((policy) => judge(policy, question)))
    again += verdicts.filter((each) => seen.has(each)).length
    for (const each of verdicts) seen.add(each)
  }
  return again
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
