import { describe, expect, it } from 'vitest'
import { linksBelow } from '../../src/pci/link-below.js'
import { analyseHost } from '../../src/vfio/analysed-host.js'
import { loadFixture } from '../support/fixtures.js'
import { at } from '../support/report-of.js'

describe('linksBelow', () => {
  it('has the links of ports that are up, as lspci does', async () => {
    const { topology } = analyseHost(await loadFixture('amd-x570-rtx3090'), undefined)
    const links = linksBelow(topology)
    expect(links.get(at('0000:00:01.2'))).toEqual({ width: 4, speed: 16 })
    expect(links.get(at('0000:02:03.0'))).toEqual({ width: 1, speed: 5 })
    // A switch has none between its own ports, and a function has none below it.
    expect(links.has(at('0000:01:00.0'))).toBe(false)
    expect(links.has(at('0000:0a:00.0'))).toBe(false)
  })

  it('has none where the capability was not read', async () => {
    const { topology } = analyseHost(await loadFixture('hwloc-8ve-plx'), undefined)
    expect(linksBelow(topology).size).toBe(0)
  })
})
