import { describe, expect, test } from 'vitest'
import { isolationRules } from '../../src/iommu/isolation.js'
import {
  ACS_EMPTY,
  ACS_OK,
  type AcsSpec,
  cardbusBridge,
  conventional,
  conventionalBridge,
  endpoint,
  type FunctionSpec,
  legacyEndpoint,
  pcieToPci,
  pciToPcie,
  rcEndpoint,
  rcEventCollector,
  rootPort,
  switchDown,
  switchUp,
  virtualFunction,
} from '../support/functions.js'
import { loadTopology } from '../support/load-host.js'

const RP = rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK })
const UP = switchUp('0000:01:00.0', { secondary: '02' })

/** Judges the last function of the list. */
async function judge(...functions: readonly FunctionSpec[]) {
  const topology = await loadTopology({ functions })
  const device = topology.devices.find(({ address }) => address === functions.at(-1)?.address)
  if (device === undefined) throw new Error('the builder lost the function')
  const rules = isolationRules(topology)
  return { ...rules.isolated(device), path: rules.pathIsolated(device) }
}

describe('isolation by type', () => {
  const at01 = '0000:01:00.0'
  const secondary = { secondary: '02' } as const
  const conventionalBelow = [RP, pcieToPci(at01, secondary)]

  test.each<[string, FunctionSpec[], string]>([
    ['PCIe-to-PCI bridge', [RP, pcieToPci(at01, secondary)], 'pcie-to-pci-bridge'],
    ['reverse bridge', [RP, pciToPcie(at01, secondary)], 'pci-to-pcie-bridge'],
    ['conventional bridge', [RP, conventionalBridge(at01, secondary)], 'conventional-bridge'],
    [
      'CardBus bridge',
      [...conventionalBelow, cardbusBridge('0000:02:04.0')],
      'conventional-bridge',
    ],
    ['conventional function', [conventional('0000:00:03.0')], 'conventional-function'],
    ['event collector', [rcEventCollector('0000:00:00.4')], 'rc-event-collector'],
    ['root port', [rootPort('0000:00:02.0')], 'no-acs-capability'],
    ['downstream port', [RP, UP, switchDown('0000:02:00.0')], 'no-acs-capability'],
    ['multifunction endpoint', [RP, endpoint(at01, { mfd: true })], 'no-acs-capability'],
    [
      'multifunction legacy endpoint',
      [RP, legacyEndpoint(at01, { mfd: true })],
      'no-acs-capability',
    ],
    ['multifunction RCiEP', [rcEndpoint('0000:00:03.0', { mfd: true })], 'no-acs-capability'],
    ['multifunction upstream port', [RP, switchUp(at01, { mfd: true })], 'no-acs-capability'],
  ])('%s: not isolated', async (_, functions, kind) => {
    expect(await judge(...functions)).toMatchObject({
      isolated: { known: true, value: false },
      finding: { kind, at: functions.at(-1)?.address },
    })
  })

  test.each<[string, FunctionSpec[]]>([
    ['single endpoint', [RP, endpoint(at01)]],
    ['single legacy endpoint', [RP, legacyEndpoint(at01)]],
    ['single RCiEP', [rcEndpoint('0000:00:03.0')]],
    ['single upstream port', [RP, UP]],
    ['root port with ACS', [RP]],
    ['downstream port with ACS', [RP, UP, switchDown('0000:02:00.0', { acs: ACS_OK })]],
    ['VF beside a PF without ACS', [RP, endpoint(at01, { mfd: true }), vfOf(at01)]],
  ])('%s: isolated', async (_, functions) => {
    expect(await judge(...functions)).toMatchObject({
      isolated: { known: true, value: true },
      finding: null,
    })
  })

  function vfOf(pf: string): FunctionSpec {
    return virtualFunction('0000:01:00.1', { vf: { pf, index: 0 } })
  }
})

describe('isolation of a path', () => {
  const path = (root: AcsSpec | null, down: AcsSpec | null, up = {}) => [
    rootPort('0000:00:01.0', { secondary: '01', acs: root }),
    switchUp('0000:01:00.0', { secondary: '02', ...up }),
    switchDown('0000:02:00.0', { secondary: '03', acs: down }),
  ]

  test.each([
    { name: 'all hops isolate', functions: path(ACS_OK, ACS_OK), value: true },
    { name: 'the nearest does not', functions: path(ACS_OK, null), value: false },
    { name: 'the farthest does not', functions: path(null, ACS_OK), value: false },
    {
      name: 'the upstream port counts',
      functions: path(ACS_OK, ACS_OK, { mfd: true }),
      value: false,
    },
    {
      name: 'and passes with an empty ACS capability',
      functions: path(ACS_OK, ACS_OK, { mfd: true, acs: ACS_EMPTY }),
      value: true,
    },
  ])('$name', async ({ functions, value }) => {
    expect((await judge(...functions)).path).toEqual({ known: true, value })
  })

  test('an unread hop leaves it open, unless another settles it', async () => {
    const unread = { config: 'unprivileged' } as const
    expect((await judge(...path(ACS_OK, ACS_OK, unread))).path).toMatchObject({ known: false })
    expect((await judge(...path(null, ACS_OK, unread))).path).toEqual({ known: true, value: false })
    const up = switchUp('0000:01:00.0', { secondary: '02', mfd: true })
    const down = switchDown('0000:02:00.0', { secondary: '03', ...unread })
    expect((await judge(RP, up, down)).path).toEqual({ known: true, value: false })
  })

  test('what a port is can hang on what is above it, so an unread hop can hide two', async () => {
    // A port that calls itself downstream is an upstream port below a root or downstream port.
    const up = switchUp('0000:01:00.0', { secondary: '02', config: 'absent' })
    const down = switchDown('0000:02:00.0', { secondary: '03' })
    expect((await judge(RP, up, down)).isolated).toMatchObject({ known: false })
  })
})
