import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { isArchiveError, openArchiveTree } from '../src/host/archive/archive-tree.js'
import type { RawHost } from '../src/host/raw-host.js'
import { readHost } from '../src/host/read/read-host.js'
import { isBridge, type PciDevice } from '../src/pci/device.js'
import { predictFunctionResets } from '../src/pci/function-reset.js'
import type { VfioHost } from '../src/vfio/vfio-host.js'
import { decide } from './support/ask.js'
import { runMain } from './support/run-main.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const DEMO = join(ROOT, 'share/demo.tar.gz')

let demo: RawHost

beforeAll(async () => {
  const tree = await openArchiveTree({ file: DEMO, path: DEMO })
  if (isArchiveError(tree)) throw new Error(tree.message)
  demo = await readHost(tree, { wake: false, holders: true })
})

describe('the shipped archive', () => {
  it('is what its script writes', { timeout: 120_000 }, () => {
    const file = join(mkdtempSync(join(tmpdir(), 'demo-')), 'demo.tar.gz')
    execFileSync(process.execPath, [join(ROOT, 'scripts/make-demo.mjs'), file])
    expect(gunzipSync(readFileSync(file)).equals(gunzipSync(readFileSync(DEMO)))).toBe(true)
  })

  it('says nothing of when and by whom it was packed', () => {
    const archive = readFileSync(DEMO)
    expect({ flags: archive.readUInt8(3), time: archive.readUInt32LE(4) }).toEqual({
      flags: 0,
      time: 0,
    })
  })
})

describe('the demo knows everything', () => {
  it('inspect has no gap, and no verdict that it cannot tell', async () => {
    const { stdout } = await runMain('inspect', '--demo', '--policy', 'all', '--json')
    const { gaps, devices } = JSON.parse(stdout)
    expect(gaps).toEqual([])
    const open = devices.flatMap(({ address, hotReset }: Inspected) =>
      hotReset.verdicts
        .filter(({ outcome }) => outcome === 'undetermined')
        .map(({ policy }) => `${address} ${policy}`),
    )
    expect(open).toEqual([])
  })

  it.each(['0a:00.0', '0d:00.0', '0d:00.1', '0e:00.0', '0e:10.0', '03:00.0', '04:00.0', '05:00.0'])(
    'preflight of %s has no check that it cannot tell',
    async (address) => {
      const { stdout } = await runMain('preflight', '--demo', address, '--json')
      expect(stdout).toContain('"checks"')
      expect(stdout).not.toContain('"cannot-tell"')
    },
  )
})

describe('what is made up fits what is real', () => {
  it('reset_method is what the kernel makes of the registers', () => {
    const host = decide(demo)
    for (const device of host.topology.devices) {
      const { resetMethods } = device.raw
      if (device.isVirtfn || !resetMethods.known) continue
      const predicted = predictFunctionResets(device, host)
      const expected = predicted.known ? [...predicted.value, ...foundAlone(device, host)] : null
      expect([device.address, resetMethods.value ?? []]).toEqual([device.address, expected])
    }
  })

  it('the groups are those that the kernel makes of the registers', async () => {
    const { stdout } = await runMain('inspect', '--demo', '--json')
    expect(JSON.parse(stdout).groupCheck).toEqual({ comparable: true, differences: [] })
  })
})

/** Until its siblings were found, the first function of a bus could be reset with the bus. */
function foundAlone(device: PciDevice, { topology }: VfioHost): readonly string[] {
  const bus = topology.byBus.get(device.bus)
  if (bus?.bridge == null || isBridge(device)) return []
  return bus.devices.length > 1 && bus.devices[0] === device ? ['bus'] : []
}

interface Inspected {
  readonly address: string
  readonly hotReset: {
    readonly verdicts: readonly { readonly policy: string; readonly outcome: string }[]
  }
}
