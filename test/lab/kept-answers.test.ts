import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { benchKey, type KeptBench, openKeptAnswers } from '../../lab/kept-answers.js'
import { readAllRecordings, readRecordings, writeRecording } from '../../lab/recordings.js'
import { type Bench, decodeTopology } from '../../lab/topology.js'

const folder = mkdtempSync(join(tmpdir(), 'vfio-reset-kept-'))
afterAll(() => rmSync(folder, { recursive: true }))

const TWO = 'about: two functions\ndevices: [intel-iommu, e1000e]'

function benchOf(text: string, version = '7.3.4-1'): Bench {
  const topology = decodeTopology('two', text)
  const [setup] = topology.setups
  if (setup === undefined) throw new Error('a topology has a setup')
  const kernel = {
    id: 'lab-newest',
    kind: 'built',
    package: 'linux-source-7.3',
    version,
    release: '7.3.4-lab',
    folder: `/cache/lab-newest_${version}`,
    modules: { early: [], late: [] },
  } as const
  return { kernel, topology, setup }
}

const BENCH = benchOf(TWO)

const KEPT: KeptBench = {
  kernel: BENCH.kernel,
  topology: 'two',
  setup: 'plain',
  key: benchKey(BENCH),
  survey: { release: '7.3.4-lab', functions: [] },
  tree: { entries: [['sys', 'folder']] },
  cases: [
    { name: 'named/one', scenario: { drivers: {}, steps: [] }, answers: [] },
    { name: 'random/1/0', scenario: { drivers: { a: null }, steps: [] }, answers: [null] },
  ],
  days: ['2026-11-22'],
  seconds: 12,
}

describe('answers of earlier runs', () => {
  const shelf = openKeptAnswers(join(folder, 'answers'), [])

  it('are read back for the same machine under the same kernel', async () => {
    expect(await shelf.read(BENCH)).toBeUndefined()
    await shelf.write(KEPT)
    expect(await shelf.read(BENCH)).toStrictEqual(KEPT)
    expect(await shelf.all()).toStrictEqual([KEPT])
  })

  it('count no more when the machine or its kernel has changed', async () => {
    await shelf.write(KEPT)
    expect(await shelf.read(benchOf(TWO, '7.3.5-1'))).toBeUndefined()
    expect(await shelf.read(benchOf(TWO.replace('e1000e', 'igb')))).toBeUndefined()
    expect(await shelf.read(benchOf(TWO.replace('two functions', 'others')))).toBeDefined()
  })
})

describe('a recording', () => {
  const place = join(folder, 'recordings')

  it('holds everything but the path of the machine that made it', async () => {
    await writeRecording(place, KEPT)
    expect(readdirSync(join(place, '7.3.4-lab'))).toStrictEqual(['two-plain.json.gz'])
    const [recording] = await readRecordings(place, '7.3.4-lab')
    expect(recording).toStrictEqual({ ...KEPT, kernel: { ...KEPT.kernel, folder: '' } })
  })

  it('is none for a kernel that was never recorded', async () => {
    expect(await readRecordings(folder, '9.9')).toStrictEqual([])
  })

  it('stands in for answers that this machine did not get itself, and gives way to those that it did', async () => {
    const recorded = await readAllRecordings(place)
    const shelf = openKeptAnswers(join(folder, 'elsewhere'), recorded)
    expect(await shelf.read(BENCH)).toStrictEqual(recorded[0])
    expect(await shelf.all()).toStrictEqual(recorded)
    await shelf.write({ ...KEPT, seconds: 99 })
    expect((await shelf.all()).map(({ seconds }) => seconds)).toStrictEqual([99])
    expect(await shelf.read(benchOf(TWO, '7.3.5-1'))).toBeUndefined()
  })
})
