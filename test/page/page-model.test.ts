import { describe, expect, it } from 'vitest'
import type { PciAddress } from '../../src/host/pci-address.js'
import { indexReport } from '../../src/inspect/report-index.js'
import { pageModel } from '../../src/page/page-model.js'
import { fittingZoom, toggled, zoomed } from '../../src/page/page-state.js'
import { vmPanel } from '../../src/page/vm-panel.js'
import type { PolicyId } from '../../src/policy/policies/index.js'
import { POLICIES } from '../../src/policy/policies/index.js'
import { endpoint, rootPort, virtualFunction } from '../support/functions.js'
import { buildHost } from '../support/host-builder.js'
import type { HostFiles } from '../support/host-files.js'
import type { HostSpec } from '../support/host-spec.js'
import { loadFiles } from '../support/load-host.js'
import { at, reportOf } from '../support/report-of.js'

/** Both ways into VFIO, with nothing bound yet. */
const VFIO_FILES: HostFiles = { 'dev/vfio/vfio': '', 'dev/iommu': '' }

/** A graphics card on host drivers, in one group. */
function card(driver: string): HostSpec {
  return {
    functions: [
      rootPort('0000:00:01.0', { secondary: '01', group: 1 }),
      endpoint('0000:01:00.0', { mfd: true, group: 2, driver }),
      endpoint('0000:01:00.1', { mfd: true, group: 2, driver }),
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

describe('pageModel', () => {
  const policies: readonly PolicyId[] = ['iommufd', 'group-fds', 'reset-group-claim-strict']

  it.each(policies)(
    'answers under %s as inspect would if what is owned were bound',
    async (policy) => {
      const model = await modelOf(card('nvidia'))
      const owned = new Set<PciAddress>([GPU, AUDIO])
      const bound = await reportOf(card('vfio-pci'), {
        targets: [GPU],
        policies: [policy],
        owning: [GPU, AUDIO],
      })
      const expected = bound.devices[0]?.hotReset.verdicts
      expect(expected?.[0]?.outcome).toBe('permitted')
      const [before] = model.overview(policy, new Set()).devices.slice(1)
      expect(before?.hotReset.verdicts[0]?.outcome).toBe('refused')
      const shown = model.overview(policy, owned).devices.find(({ address }) => address === GPU)
      expect(shown?.hotReset.verdicts).toEqual(expected)
      const detail = model.detail(GPU, owned).devices[0]
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
    const [, device] = model.overview('iommufd', new Set([GPU])).devices
    expect(device).toMatchObject({ driver: null, vfio: false })
    expect(device?.hotReset.verdicts[0]?.outcome).toBe('refused')
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
    const verdictAt = (owned: ReadonlySet<PciAddress>) =>
      model
        .detail(pf, owned)
        .devices[0]?.hotReset.verdicts.find((each) => each.policy === 'iommufd')
    expect(verdictAt(new Set())?.reasons).toContainEqual({
      kind: 'foreign-driver',
      address: vf,
      driver: 'igbvf',
    })
    expect(verdictAt(new Set([pf]))).toMatchObject({ outcome: 'permitted', reasons: [] })
    expect(model.detail(vf, new Set([pf])).devices).toEqual([])
    const index = indexReport(model.overview('iommufd', new Set([pf, vf])))
    expect(index.functions.has(vf)).toBe(false)
    expect(JSON.stringify(vmPanel(index, 'iommufd', new Set([pf, vf])))).toContain(
      'goes as soon as its PF leaves the driver of the host',
    )
  })

  it('does not know of device files where nobody wrote down whether there are any', async () => {
    const model = await modelOf({ ...card('nvidia'), kernel: '6.12.117', dev: false, files: {} })
    const detail = model.detail(GPU, new Set([GPU, AUDIO])).devices[0]
    expect(detail?.hotReset.verdicts.find(({ policy }) => policy === 'iommufd')).toMatchObject({
      outcome: 'undetermined',
      reasons: [{ kind: 'unread', path: 'dev/iommu' }],
    })
  })

  it('leaves the host as it was read where nothing needs to be bound', async () => {
    const model = await modelOf(card('vfio-pci'))
    const without = model.overview('iommufd', new Set())
    const owned = model.overview('iommufd', new Set([GPU, AUDIO]))
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

  it('stays readable, however wide the drawing is', () => {
    expect(fittingZoom(1000, 1200)).toBe(1)
    expect(fittingZoom(1000, 820)).toBe(0.8)
    expect(fittingZoom(60_000, 820)).toBe(0.7)
    expect(zoomed(1.5, 1)).toBe(1.5)
    expect(zoomed(1, -1)).toBe(0.9)
  })
})
