import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { architectureOf } from '../../lab/kernels/kernel.js'
import { compareWithList, type OpenCause } from '../../lab/known-open.js'
import type { CaseOutcome } from '../../lab/outcome.js'
import { readAllRecordings, readRecordings, recordedReleases } from '../../lab/recordings.js'
import { replay } from '../../lab/replay.js'
import { isVacuous } from '../../lab/scenario.js'

const FOLDER = 'fixtures/lab'

const causes: readonly OpenCause[] = JSON.parse(readFileSync(`${FOLDER}/known-open.json`, 'utf8'))

describe.each(await recordedReleases(FOLDER))('%s', (release) => {
  let outcomes: readonly CaseOutcome[] = []
  beforeAll(async () => {
    const recordings = await readRecordings(FOLDER, release)
    outcomes = (await Promise.all(recordings.map(replay))).flat()
  }, 240_000)

  it('was asked something that the model can read', () => {
    expect(outcomes.length).toBeGreaterThan(0)
    expect(outcomes.filter(({ verdict }) => verdict === 'failed')).toStrictEqual([])
  })

  it('answered what the model says, but for what is known to be open', () => {
    const own = causes.map(({ open, ...cause }) => ({
      ...cause,
      open: open.filter((name) => name.startsWith(`${release} `)),
    }))
    const { missing, settled } = compareWithList(outcomes, own)
    expect(missing).toStrictEqual([])
    // What agrees by now is to be struck off the list: `npm run test:vm -- --replay` does so.
    expect(settled).toStrictEqual([])
  })
})

/** Machines that show what the first ones did not. */
const NEWER = [
  'amd-no-intremap',
  'cxl',
  'host-bridges',
  'mixed-ways',
  'moving-slots',
  'nested-bridges',
  'never-bound',
  'no-intremap',
  'no-intremap-allowed',
  'smmu-never-bound',
  'smmu-no-its',
  'smmu-ports',
  'smmu-slots',
  'smmu-sriov',
  'tokens',
  'virtio-iommu',
]

describe('all that is recorded', async () => {
  const recordings = await readAllRecordings(FOLDER)
  const asked = recordings.flatMap(({ kernel, topology, cases }) =>
    cases
      .filter(({ scenario }) => !isVacuous(scenario))
      .map(() => ({ topology, architecture: architectureOf(kernel) })),
  )

  it('is enough to rest a model on', () => {
    expect(asked.length).toBeGreaterThanOrEqual(2500)
    const onArm = asked.filter(({ architecture }) => architecture === 'arm64')
    expect(onArm.length).toBeGreaterThanOrEqual(200)
  })

  it.each(NEWER)('asks enough about %s', (name) => {
    expect(asked.filter(({ topology }) => topology === name).length).toBeGreaterThanOrEqual(50)
  })
})
