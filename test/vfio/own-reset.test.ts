import { describe, expect, test } from 'vitest'
import type { Observed } from '../../src/host/gap.js'
import { likelyMethod, type OwnReset, ownReset } from '../../src/vfio/own-reset.js'
import { at, host } from '../support/ask.js'
import {
  endpoint,
  type FunctionOptions,
  type FunctionSpec,
  rootPort,
  virtualFunction,
} from '../support/functions.js'

const F0 = '01:00.0'

/** A function alone below a port. */
function alone(options: FunctionOptions, port: FunctionOptions = {}): FunctionSpec[] {
  return [
    rootPort('0000:00:01.0', { secondary: '01', ...port }),
    endpoint('0000:01:00.0', { driver: 'vfio-pci', ...options }),
  ]
}

/** The same with a neighbour on its bus. */
function beside(options: FunctionOptions, port: FunctionOptions = {}): FunctionSpec[] {
  return [...alone({ mfd: true, ...options }, port), endpoint('0000:01:00.1', { mfd: true })]
}

const MASKED: FunctionOptions = { cxl: { unmaskSbr: false } }

/** `flr, bus`, `weak: pm`, `none`, `?: why`. */
function told(own: Observed<OwnReset | null>): string {
  if (!own.known) return `?: ${own.gap.why}`
  if (own.value === null) return 'none'
  const { methods, weak } = own.value
  return `${weak ? 'weak: ' : ''}${methods.join(', ')}`
}

async function ask(functions: readonly FunctionSpec[], kernel: string, target = F0) {
  const vfio = await host({ functions, kernel })
  return told(ownReset(vfio, at(vfio, target)))
}

describe('from 5.15 on reset_method decides', () => {
  test.each<[string, readonly FunctionSpec[], string]>([
    [
      'the first that works is the one that happens',
      alone({ resetMethods: 'flr bus\n' }),
      'flr, bus',
    ],
    ['PM first, whatever comes later', alone({ resetMethods: 'pm bus\n' }), 'weak: pm, bus'],
    ['as root has ordered them', alone({ resetMethods: 'pm flr\n' }), 'weak: pm, flr'],
    ['none, since root has switched them off', alone({ resetMethods: '', flr: true }), 'none'],
    ['bus, alone', alone({ resetMethods: 'bus\n' }), 'bus'],
    ['bus, beside another', beside({ resetMethods: 'bus\n' }), 'none'],
    ['bus, beside another, then PM', beside({ resetMethods: 'bus pm\n' }), 'weak: pm'],
    ['cxl_bus, alone', alone({ resetMethods: 'cxl_bus\n' }, MASKED), 'cxl_bus'],
    ['cxl_bus, beside another', beside({ resetMethods: 'cxl_bus\n' }, MASKED), 'none'],
    ['bus below a port that masks it', alone({ resetMethods: 'bus\n' }, MASKED), 'none'],
    ['cxl_bus where bus is masked', alone({ resetMethods: 'bus cxl_bus\n' }, MASKED), 'cxl_bus'],
    ['a name that nobody here knows', alone({ resetMethods: 'd3cold\n' }), '?: unmodelled'],
    ['such a name after one that works', alone({ resetMethods: 'flr d3cold\n' }), 'flr'],
  ])('%s', async (_case, functions, expected) => {
    expect(await ask(functions, '6.12.117')).toBe(expected)
  })

  test('a function without the file has none', async () => {
    const other = endpoint('0000:00:02.0', { flr: true })
    expect(await ask([...alone({ resetMethods: null, flr: true }), other], '6.12.117')).toBe('none')
  })

  test('where nobody read it, registers prove nothing, but tell what is likely', async () => {
    const functions = alone({ resetMethods: null, flr: true })
    const vfio = await host({ functions: functions.map(withoutMethods), kernel: '6.12.117' })
    expect(told(ownReset(vfio, at(vfio, F0)))).toMatch(/^\?: /)
    expect(likelyMethod(vfio, at(vfio, F0))).toBe('flr')
  })

  test('a slot with one function is reset like a bus with one', async () => {
    const port: FunctionOptions = { slot: { hotplug: true, number: 1 }, pciehp: true }
    const two = [
      ...alone({ resetMethods: 'bus\n' }, port),
      endpoint('0000:01:01.0', { resetMethods: null }),
    ]
    expect(await ask(two, '6.12.117')).toBe('bus')
    expect(await ask(two, '6.12.117', '01:01.0')).toBe('none')
    // Neither the flag of the bridge nor that of the neighbour outside the slot is asked (`pci_dev_reset_slot_function`).
    const flagged = two.map((each) =>
      each.address === '0000:01:00.0' ? each : { ...each, id: '177d:a100' },
    )
    expect(await ask(flagged, '6.12.117')).toBe('bus')
  })
})

describe('before, registers and tables tell all', () => {
  test.each<[string, readonly FunctionSpec[], string]>([
    ['FLR', alone({ flr: true, resetMethods: null }), 'flr, bus'],
    ['nothing but PM, alone', alone({ pm: true, resetMethods: null }), 'weak: pm, bus'],
    ['nothing, alone', alone({ resetMethods: null }), 'bus'],
    ['nothing, beside another', beside({ resetMethods: null }), 'none'],
    [
      'a reset_method that is there all the same, whatever the number says',
      alone({ flr: true, resetMethods: '' }),
      'none',
    ],
    [
      'a VF, whose config nobody reads',
      [
        ...alone({ flr: true, totalVfs: 1 }),
        virtualFunction('0000:01:10.0', { vf: { pf: '0000:01:00.0', index: 0 } }),
      ],
      'flr',
    ],
  ])('%s', async (_case, functions, expected) => {
    const target = functions.some(({ vf }) => vf !== undefined) ? '01:10.0' : F0
    expect(await ask(functions, '5.10.262', target)).toBe(expected)
  })

  test('on a root bus there is no bus to reset', async () => {
    expect(await ask([endpoint('0000:00:02.0')], '5.10.262', '00:02.0')).toBe('none')
  })
})

function withoutMethods(each: FunctionSpec): FunctionSpec {
  return { ...each, resetMethods: null }
}
