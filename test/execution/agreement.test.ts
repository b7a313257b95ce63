import { expect, it } from 'vitest'
import { agrees } from '../../src/execution/agreement.js'
import type { PerformedInfo, PerformedStep } from '../../src/execution/performed-step.js'
import { formatPciAddress } from '../../src/host/pci-address.js'
import type { SimulatedStep } from '../../src/simulation/simulated-step.js'

const address = formatPciAddress({ domain: 0, bus: 1, device: 0, func: 0 })

const STEP: SimulatedStep = {
  ...{ index: 0, do: 'hot-reset', actor: 'a', device: address },
  ...{ outcome: 'ok', errno: null, reasons: [] },
}

const OK: PerformedStep = { outcome: 'ok', errno: null }
const EINVAL: PerformedStep = { outcome: 'refused', errno: 'EINVAL' }

function info(devid: number | null, group: number | null = null): PerformedInfo {
  return { flags: devid === null ? [] : ['dev-id'], devices: [{ address, group, devid }] }
}

const refusedAs = (errno: string): SimulatedStep => ({ ...STEP, outcome: 'refused', errno })

it.each<[string, SimulatedStep, PerformedStep, boolean]>([
  ['ok as predicted', STEP, OK, true],
  ['the errno as predicted', refusedAs('EINVAL'), EINVAL, true],
  ['another errno', refusedAs('EPERM'), EINVAL, false],
  ['a refusal where none was predicted', STEP, EINVAL, false],
  ['an announced errno of the moment', { ...STEP, possible: ['EINVAL'] }, EINVAL, true],
  ['success beside announced errnos', { ...STEP, possible: ['EINVAL'] }, OK, true],
  ['what could not be predicted', { ...STEP, outcome: 'undetermined' }, OK, false],
  [
    'nothing called, as predicted',
    { ...STEP, outcome: 'refused', skipped: 'not-open' },
    { outcome: 'refused', errno: null, skipped: 'not-open' },
    true,
  ],
  [
    'a call where none was predicted',
    { ...STEP, outcome: 'refused', skipped: 'not-open' },
    EINVAL,
    false,
  ],
  ['an id for an id', { ...STEP, info: info(7) }, { ...OK, info: info(1) }, true],
  ['an id for "through the group"', { ...STEP, info: info(0) }, { ...OK, info: info(1) }, false],
  ['the same group', { ...STEP, info: info(null, 10) }, { ...OK, info: info(null, 10) }, true],
  ['another group', { ...STEP, info: info(null, 10) }, { ...OK, info: info(null, 11) }, false],
  ['a list for none', STEP, { ...OK, info: info(1) }, false],
  [
    'a list that was not predicted',
    { ...STEP, info: { unknown: 'denied' } },
    { ...OK, info: info(1) },
    false,
  ],
  [
    'more functions',
    { ...STEP, info: { flags: [], devices: [] } },
    { ...OK, info: info(null, 10) },
    false,
  ],
  [
    'other flags',
    { ...STEP, info: { ...info(1), flags: ['dev-id', 'dev-id-owned'] } },
    { ...OK, info: info(1) },
    false,
  ],
  [
    'the count with ENOSPC, whatever the flags are',
    { ...refusedAs('ENOSPC'), info: { flags: [], devices: [], count: 2 } },
    { outcome: 'refused', errno: 'ENOSPC', info: { flags: ['dev-id'], devices: [], count: 2 } },
    true,
  ],
  [
    'another count with ENOSPC',
    { ...refusedAs('ENOSPC'), info: { flags: [], devices: [], count: 2 } },
    { outcome: 'refused', errno: 'ENOSPC', info: { flags: [], devices: [], count: 3 } },
    false,
  ],
])('%s: %#', (_, predicted, actual, expected) => {
  expect(agrees(predicted, actual)).toBe(expected)
})
