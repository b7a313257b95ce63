import { describe, expect, test } from 'vitest'
import { analyseIsolation } from '../../src/iommu/analyse-isolation.js'
import {
  ACS_EMPTY,
  ACS_OK,
  endpoint,
  type FunctionSpec,
  hostBridge,
  rootPort,
  switchDown,
  switchUp,
} from '../support/functions.js'
import { loadTopology } from '../support/load-host.js'

/** Findings of every function, by address. */
async function findingsOf(functions: readonly FunctionSpec[]) {
  const grouped = functions.map((each, group) => ({ ...each, group }))
  const topology = await loadTopology({ functions: grouped })
  const model = analyseIsolation(topology)
  return {
    of: (wanted: string) => {
      const device = topology.devices.find(({ address }) => address === wanted)
      if (device === undefined) throw new Error(`no function ${wanted}`)
      return model.of(device.address).findings
    },
    ofAll: () => model.ofGroup(topology.devices.map(({ address }) => address)),
  }
}

const RP = rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK })
const switchWith = (first: FunctionSpec, second: FunctionSpec) => [
  RP,
  switchUp('0000:01:00.0', { secondary: '02' }),
  first,
  second,
  endpoint('0000:03:00.0'),
  endpoint('0000:04:00.0'),
]

describe('facts that matter', () => {
  test('nothing is said of a function that could only meet isolated ones', async () => {
    const { ofAll } = await findingsOf([
      hostBridge('0000:00:01.0', { mfd: true }),
      rootPort('0000:00:01.1', { secondary: '01', acs: ACS_OK, mfd: true }),
      endpoint('0000:01:00.0'),
    ])
    expect(ofAll()).toEqual([])
  })

  test('a port with nothing below it needs no ACS', async () => {
    const { ofAll } = await findingsOf([rootPort('0000:00:02.0', { secondary: '02' })])
    expect(ofAll()).toEqual([])
  })

  test('what vouches for a hop is said too', async () => {
    const { of } = await findingsOf([
      rootPort('0000:00:1c.0', { id: '8086:8c10', secondary: '01' }),
      endpoint('0000:01:00.0'),
    ])
    expect(of('0000:01:00.0')).toEqual([
      {
        kind: 'quirk-isolates',
        at: '0000:00:1c.0',
        quirk: 'intel-pch',
        assumed: true,
        lackedBy: [],
      },
    ])
  })

  test('an alias is told at both functions, in the direction it has', async () => {
    const { of } = await findingsOf([
      RP,
      endpoint('0000:01:00.0', { id: '1b4b:9230', mfd: true, acs: ACS_EMPTY }),
      endpoint('0000:01:00.1', { id: '1b4b:91a4', mfd: true, acs: ACS_EMPTY }),
    ])
    const alias = { kind: 'dma-alias', at: '0000:01:00.0', to: '0000:01:00.1' }
    expect(of('0000:01:00.0')).toEqual([alias])
    expect(of('0000:01:00.1')).toEqual([alias])
  })

  test('hops come nearest first', async () => {
    const { of } = await findingsOf([
      rootPort('0000:00:01.0', { secondary: '01' }),
      switchUp('0000:01:00.0', { secondary: '02' }),
      switchDown('0000:02:00.0', { secondary: '03', acs: { cap: 0x1f, ctl: 0x0d } }),
      endpoint('0000:03:00.0'),
    ])
    expect(of('0000:03:00.0')).toEqual([
      { kind: 'acs-not-enabled', at: '0000:02:00.0', missing: ['UF'] },
      { kind: 'no-acs-capability', at: '0000:00:01.0' },
    ])
  })
})

describe('strict view', () => {
  const good = switchDown('0000:02:00.0', { secondary: '03', acs: ACS_OK })
  const bad = switchDown('0000:02:01.0', { secondary: '04' })
  const leak = (at: string, port: string, reaches: string) => ({
    kind: 'strict-sibling-leak',
    at,
    port,
    permissive: ['0000:02:01.0'],
    reaches: [reaches],
  })

  test('one permissive port opens the way to and from its siblings', async () => {
    const { of } = await findingsOf(switchWith(good, bad))
    expect(of('0000:03:00.0')).toEqual([leak('0000:03:00.0', '0000:02:00.0', '0000:02:01.0')])
    expect(of('0000:02:00.0')).toEqual([leak('0000:02:00.0', '0000:02:00.0', '0000:02:01.0')])
    expect(of('0000:04:00.0')).toEqual([
      { kind: 'no-acs-capability', at: '0000:02:01.0' },
      leak('0000:04:00.0', '0000:02:01.0', '0000:02:00.0'),
    ])
    expect(of('0000:01:00.0')).toEqual([])
  })

  test('no leak where the kernel puts all of it into one group anyway', async () => {
    const [, ...below] = switchWith(good, bad)
    const { of } = await findingsOf([rootPort('0000:00:01.0', { secondary: '01' }), ...below])
    expect(of('0000:03:00.0')).toEqual([{ kind: 'no-acs-capability', at: '0000:00:01.0' }])
  })

  test('root ports are no switch', async () => {
    const { of } = await findingsOf([
      rootPort('0000:00:01.0', { secondary: '01' }),
      rootPort('0000:00:02.0', { secondary: '02' }),
      endpoint('0000:01:00.0'),
      endpoint('0000:02:00.0'),
    ])
    expect(of('0000:01:00.0')).toEqual([{ kind: 'no-acs-capability', at: '0000:00:01.0' }])
  })

  test('a permissive port alone in its switch has no siblings to reach', async () => {
    const { of } = await findingsOf([
      RP,
      switchUp('0000:01:00.0', { secondary: '02' }),
      bad,
      endpoint('0000:04:00.0'),
    ])
    expect(of('0000:04:00.0')).toEqual([{ kind: 'no-acs-capability', at: '0000:02:01.0' }])
  })
})
