import { describe, expect, it } from 'vitest'
import type { Vm } from '../../src/drawing/scene.js'
import { indexReport } from '../../src/inspect/report-index.js'
import { pageModel } from '../../src/page/page-model.js'
import { fittingZoom, giving, toggled, wholeZoom, zoomed } from '../../src/page/page-state.js'
import { sharedGroups, vmPanel } from '../../src/page/vm-panel.js'
import type { PolicyId } from '../../src/policy/policies/index.js'
import { POLICIES } from '../../src/policy/policies/index.js'
import type { Given } from '../../src/topology/scene-options.js'
import { endpoint, rootPort, virtualFunction } from '../support/functions.js'
import { buildHost } from '../support/host-builder.js'
import type { HostFiles } from '../support/host-files.js'
import type { HostSpec } from '../support/host-spec.js'
import { loadFiles } from '../support/load-host.js'
import { at, reportOf } from '../support/report-of.js'

/** Both ways into VFIO, with nothing bound yet. */
const VFIO_FILES: HostFiles = { 'dev/vfio/vfio': '', 'dev/iommu': '' }

/** A graphics card, in one group unless told. */
function card(driver: string, audioGroup = 2): HostSpec {
  return {
    functions: [
      rootPort('0000:00:01.0', { secondary: '01', group: 1 }),
      endpoint('0000:01:00.0', { mfd: true, group: 2, driver }),
      endpoint('0000:01:00.1', { mfd: true, group: audioGroup, driver }),
    ],
    files: VFIO_FILES,
  }
}

async function modelOf(spec: HostSpec) {
  return pageModel({
    raw: await loadFiles(buildHost(spec)),
    kernel: null,
    names: new Map(),
    tool: { name: 'vfio-reset', version: '0.0.0' },
    title: '',
    redacted: false,
    policy: 'iommufd',
    asked: [],
  })
}

const GPU = at('0000:01:00.0')
const AUDIO = at('0000:01:00.1')

function both(vm: Vm): Given {
  return new Map([
    [GPU, vm],
    [AUDIO, vm],
  ])
}

describe('pageModel', () => {
  const policies: readonly PolicyId[] = ['iommufd', 'group-fds', 'reset-group-claim-strict']

  it.each(policies)(
    'answers under %s as inspect would if what is owned were bound',
    async (policy) => {
      const model = await modelOf(card('nvidia'))
      const given = both('a')
      const bound = await reportOf(card('vfio-pci'), {
        targets: [GPU],
        policies: [policy],
        owning: [GPU, AUDIO],
      })
      const expected = bound.devices[0]?.hotReset.verdicts
      expect(expected?.[0]?.outcome).toBe('permitted')
      const [before] = model.overview(policy, new Map()).devices.slice(1)
      expect(before?.hotReset.verdicts[0]?.outcome).toBe('refused')
      const shown = model.overview(policy, given).devices.find(({ address }) => address === GPU)
      expect(shown?.hotReset.verdicts).toEqual(expected)
      const detail = model.detail(GPU, given).devices[0]
      expect(detail?.hotReset.verdicts.filter((verdict) => verdict.policy === policy)).toEqual(
        expected,
      )
      expect(detail?.hotReset.verdicts).toHaveLength(POLICIES.length)
    },
  )

  it('does not bind what no driver of VFIO could take', async () => {
    const model = await modelOf({
      functions: [
        rootPort('0000:00:01.0', { secondary: '01' }),
        endpoint('0000:01:00.0', { driver: 'igb' }),
      ],
      noiommu: false,
      files: VFIO_FILES,
    })
    const [, device] = model.overview('iommufd', new Map([[GPU, 'a']])).devices
    expect(device).toMatchObject({ driver: null, vfio: false })
    expect(device?.hotReset.verdicts[0]?.outcome).toBe('refused')
  })

  it('answers for each function as the VM that has it would be', async () => {
    const model = await modelOf(card('vfio-pci', 3))
    const outcomes = (given: Given) =>
      model
        .overview('iommufd', given)
        .devices.slice(1)
        .map(({ hotReset }) => hotReset.verdicts[0]?.outcome)
    expect(outcomes(both('b'))).toEqual(['permitted', 'permitted'])
    const apart: Given = new Map([
      [GPU, 'a'],
      [AUDIO, 'b'],
    ])
    expect(outcomes(apart)).toEqual(['refused', 'refused'])
    expect(model.detail(GPU, both('b')).devices[0]?.hotReset.byPolicy.iommufd).toBe('permitted')
    const index = indexReport(model.overview('iommufd', apart))
    const text = JSON.stringify(vmPanel(index, 'iommufd', apart))
    expect(text).toContain('VM A may hot-reset 0 of its 1 function under iommufd')
    expect(text).toContain('Its reset also affects 01:00.0 of VM A.')
    expect(sharedGroups(index, apart)).toEqual([])
    const oneGroup = indexReport((await modelOf(card('vfio-pci'))).overview('iommufd', apart))
    expect(sharedGroups(oneGroup, apart)).toEqual([
      'VM A and VM B cannot run together: both have functions of IOMMU group 2.',
    ])
    expect(sharedGroups(oneGroup, both('b'))).toEqual([])
  })

  it('takes away the VFs of a PF that is bound, as preflight does', async () => {
    const [pf, vf] = [at('0000:02:00.0'), at('0000:02:10.0')]
    const model = await modelOf({
      functions: [
        rootPort('0000:00:02.0', { secondary: '02', group: 1 }),
        endpoint(pf, { group: 2, driver: 'igb', totalVfs: 2 }),
        virtualFunction(vf, { vf: { pf, index: 0 }, group: 3, driver: 'igbvf' }),
      ],
      files: VFIO_FILES,
    })
    const verdictAt = (given: Given) =>
      model
        .detail(pf, given)
        .devices[0]?.hotReset.verdicts.find((each) => each.policy === 'iommufd')
    expect(verdictAt(new Map())?.reasons).toContainEqual({
      kind: 'foreign-driver',
      address: vf,
      driver: 'igbvf',
    })
    expect(verdictAt(new Map([[pf, 'a']]))).toMatchObject({ outcome: 'permitted', reasons: [] })
    expect(model.detail(vf, new Map([[pf, 'a']])).devices).toEqual([])
    const given: Given = new Map([
      [pf, 'a'],
      [vf, 'a'],
    ])
    const index = indexReport(model.overview('iommufd', given))
    expect(index.functions.has(vf)).toBe(false)
    expect(JSON.stringify(vmPanel(index, 'iommufd', given))).toContain(
      'goes as soon as its PF leaves the driver of the host',
    )
  })

  it('does not know of device files where nobody wrote down whether there are any', async () => {
    const model = await modelOf({ ...card('nvidia'), kernel: '6.12.117', dev: false, files: {} })
    const detail = model.detail(GPU, both('a')).devices[0]
    expect(detail?.hotReset.verdicts.find(({ policy }) => policy === 'iommufd')).toMatchObject({
      outcome: 'undetermined',
      reasons: [{ kind: 'unread', path: 'dev/iommu' }],
    })
  })

  it('leaves the host as it was read where nothing needs to be bound', async () => {
    const model = await modelOf(card('vfio-pci'))
    const without = model.overview('iommufd', new Map())
    const owned = model.overview('iommufd', both('a'))
    // Whom it is about is said in words, and nothing else of it differs.
    const unsaid = ({ devices, ...rest }: typeof owned) => ({
      ...rest,
      devices: devices.map(({ summary: _, ...device }) => device),
    })
    expect(unsaid(owned)).toEqual(unsaid(without))
  })
})

describe('page state', () => {
  it('toggles without changing what it was given', () => {
    const before = new Set(['a'])
    expect(toggled(before, 'a')).toEqual(new Set())
    expect(toggled(before, 'b')).toEqual(new Set(['a', 'b']))
    expect(before).toEqual(new Set(['a']))
  })

  it('gives a function to one VM at a time', () => {
    const a = giving(new Map(), GPU, 'a')
    const b = giving(a, GPU, 'b')
    expect([...a, ...b]).toEqual([
      [GPU, 'a'],
      [GPU, 'b'],
    ])
    expect(giving(b, GPU, 'b').size).toBe(0)
  })

  it('stays readable, however wide the drawing is', () => {
    const room = { width: 1000, height: 500 }
    expect(fittingZoom({ width: 800, height: 400 }, room)).toBe(1)
    expect(fittingZoom({ width: 1000, height: 550 }, room)).toBeCloseTo(0.909)
    expect(fittingZoom({ width: 1250, height: 5000 }, room)).toBe(0.8)
    expect(fittingZoom({ width: 60_000, height: 400 }, room)).toBe(0.78)
    expect(wholeZoom({ width: 1250, height: 5000 }, room)).toBe(0.1)
    expect(zoomed(3, 1)).toBe(3)
    expect(zoomed(1.2, -1)).toBe(1)
  })
})
