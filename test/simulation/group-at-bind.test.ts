import { describe, expect, test } from 'vitest'
import { isStated } from '../../src/document/stated.js'
import type { SimulatedStep } from '../../src/simulation/simulated-step.js'
import { analyseHost } from '../../src/vfio/analysed-host.js'
import { at } from '../support/ask.js'
import { group, info, reset, viaGroup } from '../support/calls.js'
import { ACS_OK, endpoint, type FunctionSpec, rcEndpoint, rootPort } from '../support/functions.js'
import { buildHost } from '../support/host-builder.js'
import type { HostSpec } from '../support/host-spec.js'
import { loadFiles } from '../support/load-host.js'
import { answers, play } from '../support/play.js'

/** Behind ports with ACS and groups 0 and 1: two functions of one card, and one alone. */
function neverBound(port: { readonly group?: number } = {}): FunctionSpec[] {
  const above = { acs: ACS_OK, ...port }
  return [
    rootPort('0000:00:01.0', { group: 0, secondary: '01', ...above }),
    rootPort('0000:00:02.0', { group: 1, secondary: '02', ...above }),
    endpoint('0000:01:00.0', { mfd: true }),
    endpoint('0000:01:00.1', { mfd: true }),
    endpoint('0000:02:00.0'),
    rcEndpoint('0000:00:03.0'),
  ]
}

const SMMU: HostSpec = {
  kernel: '6.12.118',
  iommu: 'smmu',
  noiommu: false,
  functions: neverBound(),
}
const LONE = '0000:02:00.0'
const BOUND = { drivers: { [LONE]: 'vfio-pci' } }
const OPENED = [...viaGroup(LONE), info(LONE), reset(LONE, [LONE])]

async function said(spec: HostSpec, kernel?: string): Promise<string> {
  const steps = await play(kernel === undefined ? spec : { ...spec, kernel }, {
    ...BOUND,
    steps: OPENED,
  })
  return answers(steps).join(' ')
}

describe('a function that no driver was ever bound to', () => {
  test.each([
    ['5.10.262', 'ok ok ok ok ok'],
    ['6.12.118', 'ok ok ok ok ok'],
    ['6.14.0', 'ok ok ok ok ok'],
    ['6.15.0', 'ok ENOENT - - -'],
    ['7.3.4', 'ok ENOENT - - -'],
  ])('%s: %s', async (kernel, expected) => {
    expect(await said(SMMU, kernel)).toBe(expected)
  })

  test('has no group where Intel or AMD left it out', async () => {
    expect(await said({ ...SMMU, iommu: 'intel' })).toBe('ok ENOENT - - -')
    expect(await said({ ...SMMU, iommu: 'amd' })).toBe('ok ENOENT - - -')
  })

  test('gets a group for the driver that pci-stub is, too', async () => {
    const steps = [
      ...viaGroup(LONE),
      info(LONE),
      group('0000:01:00.0', null),
      group('0000:01:00.1', null),
    ]
    const drivers = { '0000:01:00.1': 'pci-stub', [LONE]: 'vfio-pci', '0000:01:00.0': 'vfio-pci' }
    const played = await play(SMMU, { drivers, steps })
    // 01:00.1 and 01:00.0 are not isolated from each other: they share the group that came first.
    expect(groupsIn(played[3])).toEqual([3])
    expect(answers(played)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'EBUSY'])
  })

  test('beside a neighbour that never had a driver: INFO has no group to name', async () => {
    const first = '0000:01:00.0'
    const steps = [...viaGroup(first), info(first), reset(first, [first])]
    const played = await play(SMMU, { drivers: { [first]: 'vfio-pci' }, steps })
    expect(answers(played)).toEqual(['ok', 'ok', 'ok', 'EPERM', 'EINVAL'])
  })

  test('joins the group of a port that does not isolate what is below', async () => {
    const functions = neverBound().map((each) => (each.type === 4 ? { ...each, acs: null } : each))
    const played = await play({ ...SMMU, functions }, { ...BOUND, steps: OPENED })
    expect(answers(played)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok'])
    expect(groupsIn(played[3])).toEqual([1])
  })

  test.each([
    ['whether the IOMMU is there for it', { functions: neverBound({}).map(withoutGroup) }, LONE],
    ['what an SMMUv2 groups by', { files: { 'sys/class/iommu/smmu.0x10': null } }, LONE],
    ['whether a function of a root bus is covered', {}, '0000:00:03.0'],
    ['what a vendor has taken', { kernel: '6.12.0-55.el10.aarch64' }, LONE],
  ])('is undetermined where nothing tells %s', async (_about, more, target) => {
    const played = await play(
      { ...SMMU, ...more },
      {
        drivers: { [target]: 'vfio-pci' },
        steps: [group(target, null)],
      },
    )
    expect(answers(played)).toEqual(['?'])
  })
})

/** Groups that INFO names. */
function groupsIn(step: SimulatedStep | undefined): readonly unknown[] {
  const found = step?.info
  return found !== undefined && isStated(found) ? found.devices.map((each) => each.group) : []
}

function withoutGroup(each: FunctionSpec): FunctionSpec {
  const { group: _group, ...rest } = each
  return rest
}

describe('as the host was read', () => {
  test.each([
    ['6.12.118', { known: false }],
    ['6.15.0', { known: true, value: { kind: 'none' } }],
  ])('%s', async (kernel, expected) => {
    const host = analyseHost(await loadFiles(buildHost({ ...SMMU, kernel })))
    expect(host.vfio.groupOf(at(host.vfio, LONE))).toMatchObject(expected)
    expect(host.vfio.groupOf(at(host.vfio, '0000:00:02.0'))).toMatchObject({ known: true })
  })

  test('a function whose driver left it without a group has none', async () => {
    const functions = neverBound().map((each) => ({ ...each, driver: each.driver ?? 'e1000e' }))
    const host = analyseHost(await loadFiles(buildHost({ ...SMMU, functions })))
    expect(host.vfio.groupOf(at(host.vfio, LONE))).toEqual({ known: true, value: { kind: 'none' } })
  })
})
