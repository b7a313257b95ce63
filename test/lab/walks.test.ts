import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
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
