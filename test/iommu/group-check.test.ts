import { describe, expect, test } from 'vitest'
import { parsePciAddress } from '../../src/host/pci-address.js'
import { analyseIsolation } from '../../src/iommu/analyse-isolation.js'
import {
  ACS_EMPTY,
  ACS_OK,
  ACS_REDIRECT_OFF,
  conventional,
  endpoint,
  inGroups,
  rootPort,
} from '../support/functions.js'
import { partitionText } from '../support/groups.js'
import type { HostSpec } from '../support/host-spec.js'
import { loadTopology } from '../support/load-host.js'

/** The only difference of a host, in short notation. */
async function differenceOf(spec: HostSpec) {
  const check = analyseIsolation(await loadTopology(spec)).check()
  expect(check.comparable).toBe(true)
  const [difference, ...others] = check.differences
  if (difference === undefined) throw new Error('no difference')
  expect(others).toEqual([])
  return {
    actual: partitionText(difference.actual),
    predicted: partitionText(difference.predicted),
    explanation: difference.explanation,
  }
}

const apart = [['0000:00:01.0'], ['0000:01:00.0']]
const together = [['0000:00:01.0', '0000:01:00.0']]
const GPU = endpoint('0000:01:00.0', { id: '10de:2204' })

describe('actual groups finer than predicted', () => {
  test('the override patch, which isolates nothing', async () => {
    const functions = inGroups(apart, [rootPort('0000:00:01.0', { secondary: '01' }), GPU])
    const cmdline = 'quiet pcie_acs_override=downstream,multifunction'
    expect(await differenceOf({ functions, cmdline })).toEqual({
      actual: '00:01.0 | 01:00.0',
      predicted: '00:01.0 01:00.0',
      explanation: [
        { kind: 'acs-override', at: '0000:00:01.0', parameter: 'downstream,multifunction' },
      ],
    })
  })

  test('an override that does not name the function explains nothing', async () => {
    const functions = inGroups(apart, [rootPort('0000:00:01.0', { secondary: '01' }), GPU])
    const cmdline = 'pcie_acs_override=multifunction,id:8086:1902'
    const { explanation } = await differenceOf({ functions, cmdline })
    expect(explanation).toEqual([
      { kind: 'difference-unexplained', at: '0000:00:01.0' },
      { kind: 'no-acs-capability', at: '0000:00:01.0' },
    ])
  })

  test('an override of ports does not speak for functions of a device', async () => {
    const split = [['0000:00:01.0'], ['0000:01:00.0'], ['0000:01:00.1']]
    const functions = inGroups(split, [
      rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK }),
      endpoint('0000:01:00.0', { id: '10de:2204', mfd: true }),
      endpoint('0000:01:00.1', { id: '10de:1aef', mfd: true }),
    ])
    const kinds = async (cmdline: string) =>
      (await differenceOf({ functions, cmdline })).explanation.map(({ kind }) => kind)
    expect(await kinds('pcie_acs_override=downstream')).toContain('difference-unexplained')
    expect(await kinds('pcie_acs_override=multifunction')).toEqual(['acs-override', 'acs-override'])
  })

  test('an override by ID covers any type', async () => {
    const functions = inGroups(apart, [rootPort('0000:00:01.0', { secondary: '01' }), GPU])
    const { explanation } = await differenceOf({
      functions,
      cmdline: 'pcie_acs_override=id:8086:1901',
    })
    expect(explanation).toMatchObject([{ kind: 'acs-override', at: '0000:00:01.0' }])
  })

  test('an override on a kernel without the patch changes nothing', async () => {
    const functions = inGroups(together, [rootPort('0000:00:01.0', { secondary: '01' }), GPU])
    const topology = await loadTopology({ functions, cmdline: 'pcie_acs_override=downstream' })
    expect(analyseIsolation(topology).check()).toEqual({ comparable: true, differences: [] })
  })

  test('bits cleared after the groups were formed, and the parameter that may have done it', async () => {
    const port = rootPort('0000:00:01.0', { secondary: '01', acs: ACS_REDIRECT_OFF })
    const functions = inGroups(apart, [port, GPU])
    const cmdline = 'ro pci=noaer,disable_acs_redir=00:01.0;00:02.0 quiet'
    expect(await differenceOf({ functions, cmdline })).toEqual({
      actual: '00:01.0 | 01:00.0',
      predicted: '00:01.0 01:00.0',
      explanation: [
        { kind: 'acs-cleared-since', at: '0000:00:01.0', missing: ['RR', 'CR'] },
        { kind: 'acs-parameter', parameter: 'disable_acs_redir', value: '00:01.0;00:02.0' },
      ],
    })
  })
})

describe('actual groups coarser than predicted', () => {
  test('a quirk row that this kernel has and that was not active', async () => {
    const functions = inGroups(
      [['0000:00:01.0'], ['0000:01:00.0', '0000:01:00.1']],
      [
        rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK }),
        endpoint('0000:01:00.0', { id: '14e4:1760', mfd: true }),
        endpoint('0000:01:00.1', { id: '14e4:1760', mfd: true }),
      ],
    )
    expect(await differenceOf({ functions, kernel: '6.13.0' })).toEqual({
      actual: '01:00.0 01:00.1',
      predicted: '01:00.0 | 01:00.1',
      explanation: [
        { kind: 'quirk-not-active', at: '0000:01:00.0', quirk: 'mf-endpoint-broadcom' },
        { kind: 'quirk-not-active', at: '0000:01:00.1', quirk: 'mf-endpoint-broadcom' },
      ],
    })
  })

  test('a quirk row that this kernel lacks is no difference', async () => {
    const functions = inGroups(
      [['0000:00:01.0'], ['0000:01:00.0', '0000:01:00.1']],
      [
        rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK }),
        endpoint('0000:01:00.0', { id: '14e4:1760', mfd: true }),
        endpoint('0000:01:00.1', { id: '14e4:1760', mfd: true }),
      ],
    )
    await expect(differenceOf({ functions, kernel: '6.6.9' })).rejects.toThrow('no difference')
  })

  test('the chipset workaround that did not take hold', async () => {
    const port = rootPort('0000:00:1c.0', { id: '8086:8c10', secondary: '01' })
    const functions = inGroups([['0000:00:1c.0', '0000:01:00.0']], [port, GPU])
    const { explanation } = await differenceOf({ functions })
    expect(explanation).toEqual([
      { kind: 'quirk-not-active', at: '0000:00:1c.0', quirk: 'intel-pch' },
    ])
  })

  test('ACS switched on after the group was formed', async () => {
    const port = rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK })
    const functions = inGroups(together, [port, GPU])
    const { explanation } = await differenceOf({ functions })
    expect(explanation).toEqual([{ kind: 'acs-enabled-since', at: '0000:00:01.0' }])
  })

  test('from 7.4 on, ACS can be what an earlier kernel set: nothing is said to have changed', async () => {
    const port = rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK })
    const functions = inGroups(together, [port, GPU])
    const kinds = async (kernel: string) =>
      (await differenceOf({ functions, kernel })).explanation.map(({ kind }) => kind)
    expect(await kinds('7.3.4')).toContain('acs-enabled-since')
    expect(await kinds('7.4.0')).not.toContain('acs-enabled-since')
  })

  test('an alias in the firmware of an AMD host', async () => {
    const functions = inGroups(
      [['0000:00:14.0', '0000:00:15.0']],
      [conventional('0000:00:14.0'), conventional('0000:00:15.0')],
    )
    const { explanation } = await differenceOf({ functions, iommu: 'amd' })
    expect(explanation).toEqual([{ kind: 'ivrs-alias-possible', at: '0000:00:15.0' }])
  })

  test('nothing that could explain it', async () => {
    const functions = inGroups(
      [['0000:00:14.0', '0000:00:15.0']],
      [conventional('0000:00:14.0'), conventional('0000:00:15.0')],
    )
    const { explanation } = await differenceOf({ functions })
    expect(explanation).toEqual([{ kind: 'difference-unexplained', at: '0000:00:14.0' }])
  })
})

test('differences that do not touch stay apart, those that overlap become one', async () => {
  const functions = inGroups(
    [
      ['0000:00:01.0'],
      ['0000:01:00.0', '0000:01:00.1'],
      ['0000:00:02.0', '0000:02:00.0'],
      ['0000:00:03.0', '0000:00:04.0'],
    ],
    [
      rootPort('0000:00:01.0', { secondary: '01' }),
      endpoint('0000:01:00.0', { mfd: true, acs: ACS_EMPTY }),
      endpoint('0000:01:00.1', { mfd: true, acs: ACS_EMPTY }),
      rootPort('0000:00:02.0', { secondary: '02' }),
      endpoint('0000:02:00.0'),
      conventional('0000:00:03.0'),
      conventional('0000:00:04.0'),
    ],
  )
  const { differences } = analyseIsolation(await loadTopology({ functions })).check()
  expect(differences.map((each) => [each.actual, each.predicted].map(partitionText))).toEqual([
    ['00:01.0 | 01:00.0 01:00.1', '00:01.0 01:00.0 01:00.1'],
    ['00:03.0 00:04.0', '00:03.0 | 00:04.0'],
  ])
})

describe('groups that no IOMMU stands behind', () => {
  test('fake groups are not compared and isolate nothing', async () => {
    const functions = [
      rootPort('0000:00:01.0', { secondary: '01' }),
      endpoint('0000:01:00.0', { driver: 'vfio-pci', group: 0 }),
    ]
    const topology = await loadTopology({ functions, noiommu: true, iommu: null })
    const model = analyseIsolation(topology)
    expect(model.check()).toEqual({ comparable: false, differences: [] })
    const address = parsePciAddress('0000:01:00.0')
    if (address === undefined) throw new Error('no address')
    const { isolated, findings } = model.of(address)
    expect(isolated.known).toBe(false)
    expect(findings[0]).toEqual({ kind: 'fake-iommu-group', at: address, group: 0 })
  })

  test('beside real ones only the real ones are compared', async () => {
    const functions = [
      conventional('0000:00:03.0', { group: 0 }),
      conventional('0000:00:04.0', { group: 1, driver: 'vfio-pci' }),
    ]
    const groups = [{ id: 1, name: 'vfio-noiommu', type: 'unknown' }]
    const topology = await loadTopology({ functions, noiommu: true, iommu: 'intel', groups })
    const model = analyseIsolation(topology)
    expect(model.check()).toEqual({ comparable: true, differences: [] })
    expect(model.prediction.widest.groups).toEqual([['0000:00:03.0']])
  })
})
