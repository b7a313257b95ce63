import { describe, expect, it } from 'vitest'
import { type Markup, markupText } from '../../src/drawing/markup.js'
import { placeScene } from '../../src/drawing/place-scene.js'
import { inspectReport } from '../../src/inspect/inspect-report.js'
import { indexReport, type ReportIndex } from '../../src/inspect/report-index.js'
import { answerPanel, askedUnits, devicesOfAnswer } from '../../src/page/answer-panel.js'
import { detailPanel } from '../../src/page/detail-panel.js'
import { findNode } from '../../src/page/find-node.js'
import { keyed } from '../../src/page/keys.js'
import type { PageState } from '../../src/page/page-state.js'
import { PLAIN } from '../../src/page/panel-parts.js'
import { hostSentence, vmPanel } from '../../src/page/vm-panel.js'
import { POLICIES } from '../../src/policy/policies/index.js'
import type { Forest } from '../../src/topology/forest.js'
import { growForest } from '../../src/topology/grow-forest.js'
import { gatheredWithin, pathTo } from '../../src/topology/topology-folds.js'
import { topologyScene } from '../../src/topology/topology-scene.js'
import { analyseHost } from '../../src/vfio/analysed-host.js'
import { loadFixture, REAL_HOSTS } from '../support/fixtures.js'
import {
  conventional,
  endpoint,
  pcieToPci,
  rootPort,
  virtualFunction,
} from '../support/functions.js'
import type { HostSpec } from '../support/host-spec.js'
import { at, reportOf } from '../support/report-of.js'

const HOST: HostSpec = {
  files: { 'dev/vfio/vfio': '', 'dev/iommu': '' },
  functions: [
    rootPort('0000:00:01.0', { secondary: '01', group: 1 }),
    endpoint('0000:01:00.0', { mfd: true, group: 2, driver: 'nvidia', class: 0x030000 }),
    endpoint('0000:01:00.1', { mfd: true, group: 2, driver: 'snd_hda_intel', class: 0x040300 }),
    rootPort('0000:00:02.0', { secondary: '02', group: 3 }),
    endpoint('0000:02:00.0', { group: 4, driver: 'igb', totalVfs: 2, class: 0x020000 }),
    virtualFunction('0000:02:10.0', { vf: { pf: '0000:02:00.0', index: 0 }, group: 5 }),
    virtualFunction('0000:02:10.2', { vf: { pf: '0000:02:00.0', index: 1 }, group: 6 }),
    rootPort('0000:00:03.0', { secondary: '03', group: 7 }),
    pcieToPci('0000:03:00.0', { secondary: '04', group: 7 }),
    conventional('0000:04:00.0', { group: 7, class: 0x020000 }),
  ],
}
const GPU = at('0000:01:00.0')

async function detailText(target: string, policy: 'iommufd' | 'group-fds' = 'iommufd') {
  const report = await reportOf(HOST, {
    targets: [target],
    policies: ['group-fds', 'iommufd', 'closure'],
  })
  const index = indexReport(report)
  const device = index.devices.get(at(target))
  if (device === undefined) throw new Error(target)
  return textOf(detailPanel({ index, device, style: PLAIN }, { policy, given: new Map() }))
}

describe('detailPanel', () => {
  it('says why, under which policy, what is affected and how it is isolated', async () => {
    const text = await detailText(GPU)
    expect(text).toContain('resets 2 functions in 1 IOMMU group')
    expect(text).toContain('Why, under iommufd')
    expect(text).toContain('0000:01:00.1 is bound to snd_hda_intel.')
    expect(text).toContain('No kernel has these rules:closure')
    expect(text).toContain('What the reset affects: 2 functions')
    expect(text).toContain('Isolation, hop by hop')
    expect(text).toContain('IOMMU group 2')
    expect(text).toContain('echo vfio-pci > /sys/bus/pci/devices/0000:01:00.0/driver_override')
  })

  it('offers no ownership of a bridge', async () => {
    expect(await detailText(GPU)).toContain('Give to VM A')
    expect(await detailText('0000:00:01.0')).not.toContain('Give to VM A')
  })
})

describe('vmPanel', () => {
  it('counts what the VM may reset', async () => {
    const index = indexReport(await reportOf(HOST, { policies: ['iommufd'] }))
    expect(textOf(vmPanel(index, 'iommufd', new Map()))).toContain('Nothing is ticked yet')
    const text = textOf(vmPanel(index, 'iommufd', new Map([[GPU, 'a']])))
    expect(text).toContain('VM A may hot-reset 0 of its 1 function under iommufd')
    expect(hostSentence(index, 'iommufd')).toMatch(
      /^iommufd: ✓ \d+ permitted, ○ \d+ refused but harmless, ✗ \d+ refused/,
    )
  })
})

describe('answerPanel', () => {
  it('has what cannot be used independently, by why, and the one that is pointed out in full', async () => {
    const index = indexReport(await reportOf(HOST, { policies: ['iommufd'] }))
    const [unit] = askedUnits(index).filter(({ devices }) => devices.length > 1)
    expect(unit?.devices).toEqual([GPU, at('0000:01:00.1')])
    const text = textOf(answerPanel(index, []))
    expect(text).toContain('1 thing cannot be used independently')
    expect(text).toContain('Must go together: one IOMMU group01:00.0 and 01:00.1')
    expect(text).toContain('✓ all to one VM: permitted, once bound')
    expect(text).not.toContain('All to VM B')
    const lit = textOf(answerPanel(index, unit?.devices ?? []))
    expect(lit).toContain(unit?.summary)
    expect(lit).toContain('All to VM B')
  })
})

describe('answerPanel of alike devices', () => {
  it('is one answer for all of them, that stands for each function', async () => {
    const functions = [0, 1, 2].flatMap((place) => [
      rootPort(`0000:00:0${place + 1}.0`, { secondary: `0${place + 1}`, group: 10 + place }),
      ...['0', '1'].map((number) =>
        endpoint(`0000:0${place + 1}:00.${number}`, {
          id: `10de:220${number}`,
          mfd: true,
          group: place,
          driver: 'vfio-pci',
          class: number === '0' ? 0x030000 : 0x040300,
        }),
      ),
    ])
    const index = indexReport(await reportOf({ ...HOST, functions }, { policies: ['iommufd'] }))
    const text = textOf(answerPanel(index, []))
    expect(text).toContain('3 things cannot be used independently')
    expect(text).toContain('3 × 01–03:00.0 and 01–03:00.1')
    expect(text).toContain('each to one VM: permitted')
    const devices = devicesOfAnswer(GPU, index)
    expect(devices).toHaveLength(6)
    expect(textOf(answerPanel(index, devices))).toContain('The same of 01:00.0, 02:00.0, 03:00.0')
    expect([...gatheredWithin(devices, forestOf(index))]).toEqual(['0000:00:01.0 and alike'])
    expect([...gatheredWithin(devices.slice(1), forestOf(index))]).toEqual([])
  })
})

describe.each(REAL_HOSTS)('answerPanel of %s', async (name) => {
  const host = analyseHost(await loadFixture(name))
  const report = inspectReport({
    host,
    targets: null,
    query: { policies: POLICIES, owning: new Set(), brief: true },
    tool: { name: 'vfio-reset', version: '0.0.0' },
    names: new Map(),
  })
  const text = textOf(answerPanel(indexReport(report), []))

  it('calls nothing independent whose group is unknown, or without an IOMMU', () => {
    const { present } = report.host.iommu
    const isOpen = report.devices.every(({ iommuGroup }) => typeof iommuGroup === 'object')
    if (present !== true || isOpen) expect(text).not.toContain('Independent: each can go')
    if (present !== true) expect(text).not.toMatch(/Must go together|Can be split/)
  })
})

describe('findNode', () => {
  it('finds by address, name, IDs, driver, group and verdict, and goes on from the last one', async () => {
    const index = indexReport(await reportOf(HOST, { policies: ['iommufd'] }))
    const find = (text: string, from: string | null = null) => {
      const found = findNode(text, { index, policy: 'iommufd' }, from)
      return found === null ? null : `${found.address}, ${found.place}`
    }
    expect(find('01:00')).toBe('0000:01:00.0, 1 of 2')
    expect(find('01:00', '0000:01:00.0')).toBe('0000:01:00.1, 2 of 2')
    expect(find('01:00', '0000:01:00.1')).toBe('0000:01:00.0, 1 of 2')
    expect(find('SND_HDA')).toBe('0000:01:00.1, 1 of 1')
    expect(find('group 7')).toBe('0000:00:03.0, 1 of 3')
    expect(find('group 70')).toBeNull()
    expect(find('refused')).toMatch(/^0000:01:00.0, 1 of/)
    const { vendorId, deviceId } = index.devices.get(GPU) ?? {}
    expect(find(`${vendorId}:${deviceId}`)).toMatch(/^0000:/)
    expect(find('nothing')).toBeNull()
    expect(find(' ')).toBeNull()
  })

  it('knows what must be open for a function to be seen', async () => {
    const index = indexReport(await reportOf(HOST))
    expect(pathTo('0000:02:10.2', forestOf(index))).toEqual([
      '0000:00:02.0',
      '0000:02:00.0',
      '0000:02:10.0 and more',
    ])
  })
})

describe('keyed', () => {
  it('moves, folds, shows and ticks', async () => {
    const index = indexReport(await reportOf(HOST, { policies: ['iommufd'] }))
    const forest = forestOf(index)
    const start: PageState = {
      policy: 'iommufd',
      given: new Map(),
      lit: [],
      folded: new Set(['0000:00:03.0']),
      selected: null,
      current: '0000:00:01.0',
      zoom: 1,
    }
    const press = (key: string, from: PageState) => {
      const scene = topologyScene({
        index,
        forest,
        links: new Map(),
        policy: 'iommufd',
        folded: from.folded,
        given: from.given,
        asked: new Set(),
      })
      const picture = placeScene(scene)
      return keyed(key, { state: from, index, forest, picture, affected: new Set() })
    }
    expect(press('ArrowRight', start)?.current).toBe('0000:01:00.0')
    expect(press('ArrowUp', start)).toBeNull()
    expect(press('End', start)?.current).toBe('0000:00:03.0')
    expect(press('ArrowLeft', start)?.folded.has('0000:00:01.0')).toBe(true)
    const onGpu = { ...start, current: '0000:01:00.0' }
    expect(press('ArrowLeft', onGpu)?.current).toBe('0000:00:01.0')
    expect(press('ArrowDown', onGpu)?.current).toBe('0000:01:00.1')
    expect(press('Enter', onGpu)?.selected).toBe('0000:01:00.0')
    expect(press(' ', onGpu)?.given).toEqual(new Map([[GPU, 'a']]))
    expect(press('b', onGpu)?.given).toEqual(new Map([[GPU, 'b']]))
    expect(press(' ', start)).toBeNull()
    expect(press('x', start)).toBeNull()
    expect(press('+', { ...start, current: '0000:00:03.0' })?.folded.size).toBe(0)
  })
})

function forestOf(index: ReportIndex): Forest {
  return growForest({ index, policy: 'iommufd', asked: new Set(), links: new Map() })
}

function textOf(markup: readonly Markup[]): string {
  const inside = (each: Markup | string): string =>
    typeof each === 'string' ? each : each.children.map(inside).join('')
  // Also as text of a file, in which nothing may stand for markup.
  expect(markup.map(markupText).join('')).not.toContain('undefined')
  return markup.map(inside).join('')
}
