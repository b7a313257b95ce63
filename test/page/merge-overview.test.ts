import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Vm } from '../../src/drawing/scene.js'
import type { RawHost } from '../../src/host/raw-host.js'
import type { InspectReport } from '../../src/inspect/document.js'
import { inspectReport } from '../../src/inspect/inspect-report.js'
import { functionsOf, pageModel } from '../../src/page/page-model.js'
import { POLICIES, type PolicyId } from '../../src/policy/policies/index.js'
import { rebind } from '../../src/simulation/rebind.js'
import type { Given } from '../../src/topology/scene-options.js'
import { analyseHost } from '../../src/vfio/analysed-host.js'
import { loadFixture } from '../support/fixtures.js'

const TOOL = { name: 'vfio-reset', version: '0.0.0' }

describe('withWhatDiffers', () => {
  it.each(['amd-x570-rtx3090', 'n100-igpu-vfs', 'raven-cards', 'hwloc-8ve-plx', 'asm1062-proxmox'])(
    'answers about the part that changed as the whole host does: %s',
    async (name) => {
      const raw = await loadFixture(name)
      const model = pageModel({
        raw,
        kernel: null,
        names: new Map(),
        tool: TOOL,
        title: '',
        redacted: false,
        policy: 'iommufd',
        asked: [],
      })
      const addresses = raw.functions.map(({ address }) => address)
      const gifts = fc.array(
        fc.tuple(fc.constantFrom(...addresses), fc.constantFrom<Vm>('a', 'b')),
        { minLength: 1, maxLength: 6 },
      )
      const policy = fc.constantFrom<PolicyId>('group-fds', 'iommufd', 'closure', 'singleton')
      fc.assert(
        fc.property(gifts, policy, (all, id) => {
          const given = new Map(all)
          const whole = comparable(asked(raw, id, given))
          expect(comparable(model.overview(id, given))).toEqual(whole)
        }),
        { numRuns: 40 },
      )
    },
  )
})

/** The whole host, asked anew. */
function asked(raw: RawHost, policy: PolicyId, given: Given): InspectReport {
  const host = rebind(
    analyseHost(raw, undefined),
    new Map([...given.keys()].map((address) => [address, 'vfio-pci'])),
  )
  const ask = (vm: Vm) =>
    inspectReport({
      host,
      targets: null,
      query: {
        policies: POLICIES.filter(({ id }) => id === policy),
        owning: new Set(functionsOf(vm, given)),
        brief: true,
      },
      tool: TOOL,
      names: new Map(),
    })
  const other = new Map(ask('b').devices.map((each) => [each.address, each]))
  const report = ask('a')
  return {
    ...report,
    devices: report.devices.map((each) =>
      given.get(each.address) === 'b' ? (other.get(each.address) ?? each) : each,
    ),
  }
}

/** What a page shows of a report. Summaries say how many others were asked for, also of what has nothing to do with them. */
function comparable({ devices, groups, devSets, units, warnings, host }: InspectReport) {
  const text = (each: unknown) => JSON.stringify(each)
  return {
    host,
    devices: devices.map(({ summary: _, ...each }) => each),
    groups,
    devSets: devSets.map(text).sort(),
    units: units.map(text).sort(),
    warnings: warnings.map(text).sort(),
  }
}
