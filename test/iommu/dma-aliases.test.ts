import { describe, expect, test } from 'vitest'
import { type DmaAliases, findDmaAliases } from '../../src/iommu/dma-aliases.js'
import { buildTopology } from '../../src/pci/build-topology.js'
import { conventional, type FunctionOptions } from '../support/functions.js'
import { buildHost } from '../support/host-builder.js'
import { without } from '../support/host-files.js'
import { loadFiles, loadTopology } from '../support/load-host.js'

/** Aliases of a function at 03.2, as `device.function` in decimal. */
async function aliasesOf(options: FunctionOptions): Promise<string[] | DmaAliases['kind']> {
  const functions = [conventional('0000:00:03.2', { mfd: true, ...options })]
  const [device] = (await loadTopology({ functions })).devices
  if (device === undefined) throw new Error('the builder lost the function')
  const aliases = findDmaAliases(device)
  if (aliases.kind !== 'devfns') return aliases.kind
  return [...aliases.devfns].map((devfn) => `${devfn >> 3}.${devfn & 7}`)
}

describe('DMA aliases by ID', () => {
  test.each(['1180:e832', '1180:e476', '6766:3d40', '6766:3d41'])('%s: function 0', async (id) => {
    expect(await aliasesOf({ id })).toEqual(['3.0'])
  })

  test.each(['1b4b:9120', '1b4b:9235', '1103:0642', '1103:0645', '197b:2392', '1c28:0122'])(
    '%s: function 1',
    async (id) => {
      expect(await aliasesOf({ id })).toEqual(['3.1'])
    },
  )

  test.each(['8086:2260', '8086:2264'])('%s: three fixed functions', async (id) => {
    expect(await aliasesOf({ id })).toEqual(['16.0', '17.0', '18.3'])
  })

  test.each(['8086:2954', '8086:295a'])('%s: functions 0 to 4 of every slot', async (id) => {
    const aliases = await aliasesOf({ id })
    expect(aliases).toHaveLength(160)
    expect(aliases).toEqual(expect.arrayContaining(['0.0', '0.4', '31.4']))
    expect(aliases).not.toContain('0.5')
  })

  test.each(['10b5:87b0', '10b5:87b1'])('%s: the whole bus', async (id) => {
    expect(await aliasesOf({ id })).toHaveLength(256)
  })

  test('9005:0285: 01.0, for two subsystems', async () => {
    expect(await aliasesOf({ id: '9005:0285', subsystem: '9005:02bb' })).toEqual(['1.0'])
    expect(await aliasesOf({ id: '9005:0285', subsystem: '9005:02bc' })).toEqual(['1.0'])
    expect(await aliasesOf({ id: '9005:0285', subsystem: '9005:0286' })).toBe('none')
  })

  test.each(['11f8:8531', '11f8:4000', '11f8:5528', '1055:1001', '1055:1006'])(
    '%s: a Switchtec NTB keeps them in its memory; its other functions have none',
    async (id) => {
      expect(await aliasesOf({ id, class: 0x068000 })).toBe('unpredictable')
      expect(await aliasesOf({ id, class: 0x058000 })).toBe('none')
    },
  )

  test.each(['1180:e833', '1b4b:9121', '8086:2957', '10b5:87b2', '11f8:8631', '1055:1009'])(
    '%s: none',
    async (id) => {
      expect(await aliasesOf({ id, class: 0x068000 })).toBe('none')
    },
  )

  test('unread IDs leave them open', async () => {
    const path = 'sys/devices/pci0000:00/0000:00:03.2'
    const files = buildHost({ functions: [conventional('0000:00:03.2')] })
    const bare = without(files, `${path}/uevent`, `${path}/vendor`, `${path}/device`)
    const [device] = buildTopology(await loadFiles(bare)).devices
    if (device === undefined) throw new Error('the reader lost the function')
    expect(findDmaAliases(device).kind).toBe('unpredictable')
  })
})
