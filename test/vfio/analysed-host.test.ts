import { describe, expect, it } from 'vitest'
import { known } from '../../src/host/gap.js'
import type { RawHost } from '../../src/host/raw-host.js'
import { parseKernelRelease } from '../../src/kernel/kernel-release.js'
import { analyseHost } from '../../src/vfio/analysed-host.js'
import { loadFixture } from '../support/fixtures.js'

/** The host with the first function on another driver. */
function rebound(raw: RawHost, driver: string): RawHost {
  const [first, ...others] = raw.functions
  if (first === undefined) throw new Error('no functions')
  return { ...raw, functions: [{ ...first, driver: known(driver) }, ...others] }
}

describe('a host that is analysed', () => {
  it('works each part out once', async () => {
    const host = analyseHost(await loadFixture('amd-x570-rtx3090'))
    expect(host.topology).toBe(host.topology)
    expect(host.vfio).toBe(host.vfio)
    expect(host.isolation).toBe(host.isolation)
    expect(host.vfio.topology).toBe(host.topology)
  })

  it('differs in a what-if by what was changed, and decodes nothing else again', async () => {
    const raw = await loadFixture('amd-x570-rtx3090')
    const host = analyseHost(raw)
    const once = host.whatIf(rebound(raw, 'vfio-pci'))
    const twice = once.whatIf(rebound(raw, 'pci-stub'))
    for (const world of [once, twice]) {
      expect(world.topology.devices[0]).not.toBe(host.topology.devices[0])
      const others = world.topology.devices.slice(1)
      expect(others).toEqual(host.topology.devices.slice(1))
      expect(others.every((each) => host.topology.devices.includes(each))).toBe(true)
      expect(world.vfio.topology.devices).toEqual(analyseHost(world.raw).topology.devices)
    }
  })

  it('answers as the release that was asked for, in a what-if too', async () => {
    const raw = await loadFixture('amd-x570-rtx3090')
    const host = analyseHost(raw, parseKernelRelease('5.10'))
    expect(host.whatIf(rebound(raw, 'vfio-pci')).vfio.kernel).toBe(host.kernel)
    expect(host.kernel.release.text).toBe('5.10')
    expect(analyseHost(raw).kernel.from).toBe('host')
  })
})
