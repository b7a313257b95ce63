import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type Walk, withEarlier } from '../../lab/walk.js'
import { runWalks } from '../../lab/walks.js'

it('a walk of an older build of the tool is forgotten, one of this build is kept', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vfio-reset-walks-'))
  const walks = join(folder, 'walks')
  mkdirSync(walks)
  const at = (seconds: number, file: string, text: string) => {
    writeFileSync(file, text)
    utimesSync(file, seconds, seconds)
  }
  at(1000, join(walks, 'older.json'), '[{"kernel":"older"}]')
  at(2000, join(folder, 'oclif.manifest.json'), '{}')
  at(3000, join(walks, 'newer.json'), '[{"kernel":"newer"}]')
  const topology = {
    name: 'ports',
    about: '',
    devices: [],
    args: [],
    append: '',
    builtOnly: false,
    noiommu: false,
    unsafeInterrupts: false,
    setups: [],
  }
  const host = { repository: folder, node: '', scripts: '', init: '', foreignRoot: null }
  const kept = await runWalks({
    cache: folder,
    kernels: [],
    again: false,
    topology,
    host,
    isTimeUp: () => false,
    say: () => undefined,
  })
  expect(kept.map(({ kernel }) => kernel)).toEqual(['newer'])
  expect(readdirSync(walks)).toEqual(['newer.json'])
  rmSync(folder, { recursive: true })
})

it('a run keeps what earlier ones walked and it did not, each with its day', () => {
  const walk = (kernel: string, via: Walk['via'], day: string): Walk => ({
    kernel,
    via,
    before: 1,
    plan: 0,
    after: 0,
    reset: 0,
    captureAgrees: true,
    holds: true,
    day,
  })
  const earlier = [walk('a', 'group', '1'), walk('a', 'cdev', '1'), walk('c', 'group', '1')]
  const now = [walk('b', 'group', '2'), walk('a', 'group', '2')]
  expect(withEarlier(now, earlier).map(({ kernel, via, day }) => [kernel, via, day])).toEqual([
    ['a', 'group', '2'],
    ['a', 'cdev', '1'],
    ['b', 'group', '2'],
    ['c', 'group', '1'],
  ])
})
