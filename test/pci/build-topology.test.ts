import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { known, unknown } from '../../src/host/gap.js'
import type { RawFunction, RawHost } from '../../src/host/raw-host.js'
import { buildTopology } from '../../src/pci/build-topology.js'
import { loadTopology } from '../support/load-host.js'
import { randomVfioHost } from '../support/random-vfio-host.js'

describe('a topology like another', () => {
  it('is what it would be alone, whatever changed', async () => {
    const changes = fc.array(fc.boolean(), { minLength: 1, maxLength: 8 })
    const property = fc.asyncProperty(randomVfioHost, changes, async (spec, changed) => {
      const before = await loadTopology(spec)
      const raw = changeSome(before.raw, changed)
      const { rank: _, ...like } = buildTopology(raw, before)
      const { rank: __, ...alone } = buildTopology(raw)
      expect(like).toEqual(alone)
    })
    await fc.assert(property, { numRuns: 60 })
  })

  it('takes over what stayed, and nothing of what hangs on a change', async () => {
    const property = fc.asyncProperty(randomVfioHost, fc.nat(), async (spec, pick) => {
      const before = await loadTopology(spec)
      const chosen = before.devices[pick % before.devices.length]
      const raw = changeSome(
        before.raw,
        before.raw.functions.map(({ address }) => address === chosen?.address),
      )
      const after = buildTopology(raw, before)
      for (const device of after.devices) {
        const own = chosen?.address
        const hangs = [device.address, device.parent, physfnOf(device.raw)].includes(own ?? null)
        if (hangs) expect(device).not.toBe(before.byAddress.get(device.address))
      }
      expect(buildTopology(before.raw, before).devices).toEqual(before.devices)
      expect(
        buildTopology(before.raw, before).devices.every((each) => before.devices.includes(each)),
      ).toBe(true)
    })
    await fc.assert(property, { numRuns: 30 })
  })
})

const UNREAD = unknown({ path: 'sys/bus/pci/devices/*/config', why: 'asleep', detail: 'in D3cold' })

/** The host, with functions in marked places that do not answer and are of another class: what is below them is read otherwise. */
function changeSome(raw: RawHost, marks: readonly boolean[]): RawHost {
  return {
    ...raw,
    functions: raw.functions.map((each, index) =>
      marks[index % marks.length] === true
        ? { ...each, config: UNREAD, classCode: known(0xff0000) }
        : each,
    ),
  }
}

function physfnOf({ physfn }: RawFunction) {
  return physfn.known ? physfn.value : null
}
