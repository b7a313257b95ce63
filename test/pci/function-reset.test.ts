import { expect, test } from 'vitest'
import { predictFunctionResets } from '../../src/pci/function-reset.js'
import { at, decide, host, read } from '../support/ask.js'
import {
  endpoint,
  type FunctionOptions,
  type FunctionSpec,
  rcEndpoint,
  rootPort,
} from '../support/functions.js'
import { type Field, hide } from '../support/hide.js'

const RP = rootPort('0000:00:01.0', { secondary: '01' })
const lone = (options: FunctionOptions) => [RP, endpoint('0000:01:00.0', options)]

/** Rows 31 and 32 of the acceptance table of groups, and what the kernel's tables of quirks change. */
test.each<[string, readonly FunctionSpec[], string, string]>([
  ['row 31: alone, without FLR and PM reset', lone({}), '01:00.0', 'bus'],
  [
    'row 32: with a sibling',
    [...lone({ mfd: true }), endpoint('0000:01:00.1', { mfd: true })],
    '01:00.0',
    '',
  ],
  [
    'all that capabilities give, in the kernel’s order',
    lone({ flr: true, afFlr: true, pm: true }),
    '01:00.0',
    'flr af_flr pm bus',
  ],
  [
    'FLR that the kernel hides',
    lone({ id: '1022:1487', flr: true, afFlr: true }),
    '01:00.0',
    'bus',
  ],
  ['PM reset that the kernel hides', lone({ id: '15b3:cf6c', pm: true }), '01:00.0', 'bus'],
  ['a bus that its function forbids', lone({ id: '168c:003c' }), '01:00.0', ''],
  [
    'a bus that the port forbids: nobody asks',
    [{ ...RP, id: '177d:a100' }, endpoint('0000:01:00.0')],
    '01:00.0',
    'bus',
  ],
  ['on the root bus', [rcEndpoint('0000:00:02.0', { flr: true })], '00:02.0', 'flr'],
  ['a bridge', [RP], '00:01.0', ''],
  ['a reset of its own', lone({ id: '8086:0156' }), '01:00.0', 'device_specific bus'],
  [
    'a reset of its own around FLR',
    lone({ id: '8086:0953', flr: true }),
    '01:00.0',
    'device_specific flr bus',
  ],
  ['the same without FLR', lone({ id: '8086:0953' }), '01:00.0', 'bus'],
  [
    'an NVMe drive with one',
    lone({ id: '144d:a804', class: 0x010802, flr: true }),
    '01:00.0',
    'device_specific flr bus',
  ],
  [
    'the same ID in another class',
    lone({ id: '144d:a804', class: 0x020000, flr: true }),
    '01:00.0',
    'flr bus',
  ],
  ['a family of IDs', lone({ id: '1425:4abc' }), '01:00.0', 'device_specific bus'],
  ['the same vendor, another family', lone({ id: '1425:5abc' }), '01:00.0', 'bus'],
])('%s', async (_case, functions, target, expected) => {
  const vfio = await host({ functions })
  const methods = predictFunctionResets(at(vfio, target), vfio)
  expect(methods).toEqual({ known: true, value: expected === '' ? [] : expected.split(' ') })
})

test.each<[Field, FunctionOptions]>([
  ['config', {}],
  ['vendorId', {}],
  ['deviceId', { id: '168c:0001' }],
  ['classCode', { id: '144d:a804' }],
  ['classCode', { id: '1002:73bf' }],
])('cannot be told without %s: %o', async (field, options) => {
  const raw = await read({ functions: lone(options) })
  const vfio = decide(hide(raw, '01:00.0', field))
  expect(predictFunctionResets(at(vfio, '01:00.0'), vfio).known).toBe(false)
})
