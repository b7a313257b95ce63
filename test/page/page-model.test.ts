import { describe, expect, it } from 'vitest'
import type { PciAddress } from '../../src/host/pci-address.js'
import { pageModel } from '../../src/page/page-model.js'
import { fittingZoom, toggled, zoomed } from '../../src/page/page-state.js'
import type { PolicyId } from '../../src/policy/policies/index.js'
import { POLICIES } from '../../src/policy/policies/index.js'
import { endpoint, rootPort } from '../support/functions.js'
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

  it('leaves the host as it was read where nothing needs to be bound', async () => {
    const model = await modelOf(card('vfio-pci'))
    const without = model.overview('iommufd', new Set())
    expect(model.overview('iommufd', new Set([GPU, AUDIO]))).toEqual(without)
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
