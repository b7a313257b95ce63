import { describe, expect, test } from 'vitest'
import { known, type Observed } from '../../src/host/gap.js'
import { ignoresReset, type PciDevice } from '../../src/pci/device.js'
import { at, decide, fullAddress, host, read } from '../support/ask.js'
import {
  ACS_OK,
  cardbusBridge,
  conventional,
  conventionalBridge,
  endpoint,
  type FunctionOptions,
  type FunctionSpec,
  rcEndpoint,
  rootPort,
  switchDown,
  switchUp,
  virtualFunction,
  vmd,
} from '../support/functions.js'
import { hide } from '../support/hide.js'

const RP = rootPort('0000:00:01.0', { secondary: '01' })

describe('header', () => {
  test.each([
    [endpoint('0000:00:02.0'), 'normal'],
    [RP, 'bridge'],
    [cardbusBridge('0000:00:03.0'), 'cardbus'],
  ])('as config says: %o', async (spec, expected) => {
    expect(value((await decode([spec], spec.address)).header)).toBe(expected)
  })

  test.each([
    [endpoint('0000:00:02.0'), 'normal'],
    [RP, 'bridge'],
    [conventionalBridge('0000:00:04.0', { class: 0x060900 }), 'bridge'],
    [cardbusBridge('0000:00:03.0'), 'cardbus'],
  ])('as the class says where config cannot: %o', async (spec, expected) => {
    for (const config of ['absent', 'ones'] as const) {
      expect(value((await decode([{ ...spec, config }], spec.address)).header)).toBe(expected)
    }
  })

  test('unknown with neither', async () => {
    const device = await decode([endpoint('0000:00:02.0')], '00:02.0', ['config', 'classCode'])
    expect(device.header.known).toBe(false)
    expect(device.secondaryBus.known).toBe(false)
  })
})

describe('port type', () => {
  test('is that of the PF for a VF', async () => {
    expect(value((await decode(PF_AND_VF, '01:10.0')).portType)).toBe('endpoint')
  })

  test('is unknown for a VF whose PF is not there', async () => {
    const [port, , vf] = PF_AND_VF
    const raw = await read({ functions: PF_AND_VF })
    const functions = raw.functions.filter(({ address }) => address !== '0000:01:00.0')
    expect(vf?.address).not.toBe(port?.address)
    expect(at(decide({ ...raw, functions }), '01:10.0').portType.known).toBe(false)
  })

  test('is corrected where a switch swaps the kinds of its ports', async () => {
    const swapped: FunctionSpec[] = [
      RP,
      { ...switchUp('0000:01:00.0', { secondary: '02' }), type: 6 },
      { ...switchDown('0000:02:00.0', { secondary: '03' }), type: 5 },
    ]
    expect(value((await decode(swapped, '01:00.0')).portType)).toBe('upstream-port')
    expect(value((await decode(swapped, '02:00.0')).portType)).toBe('downstream-port')
  })

  test('is conventional without a PCIe capability', async () => {
    expect(value((await decode([conventional('0000:00:02.0')], '00:02.0')).portType)).toBe(
      'conventional',
    )
  })

  test('is unknown where config ends before the capability', async () => {
    const device = await decode([{ ...RP, config: 'unprivileged' }], '00:01.0')
    expect(device.portType).toMatchObject({ known: false, gap: { why: 'truncated' } })
  })

  test('is unknown where the register holds a reserved type', async () => {
    const bytes = new Uint8Array(256)
    bytes.set([0x86, 0x80, 0xd3, 0x10, 0, 0, 0x10, 0])
    bytes[0x34] = 0x40
    bytes.set([0x10, 0, 0x32, 0], 0x40)
    const files = { 'sys/devices/pci0000:00/0000:00:02.0/config': bytes }
    const vfio = await host({ functions: [endpoint('0000:00:02.0')], files })
    expect(at(vfio, '00:02.0').portType).toMatchObject({ gap: { why: 'malformed' } })
  })
})

describe('multifunction', () => {
  test.each<[string, readonly FunctionSpec[], string, boolean]>([
    ['by header bit 7', [RP, endpoint('0000:01:00.0', { mfd: true })], '01:00.0', true],
    [
      'not without it, whatever else is there',
      [RP, endpoint('0000:01:00.0'), endpoint('0000:01:00.1')],
      '01:00.0',
      false,
    ],
    ['by a function number above 0', [RP, endpoint('0000:01:00.1')], '01:00.1', true],
    [
      'by an ARI function number above 7',
      [{ ...RP, ari: true }, endpoint('0000:01:01.0')],
      '01:01.0',
      true,
    ],
    [
      'not by a device number below a port that does not forward ARI (pci=pcie_scan_all)',
      [RP, endpoint('0000:01:01.0')],
      '01:01.0',
      false,
    ],
    ['by header bit 7 there', [RP, endpoint('0000:01:01.0', { mfd: true })], '01:01.0', true],
    [
      'not by a device number on a conventional bus',
      [conventionalBridge('0000:00:1e.0', { secondary: '01' }), conventional('0000:01:01.0')],
      '01:01.0',
      false,
    ],
    [
      'never of a VF',
      [
        RP,
        endpoint('0000:01:00.0'),
        virtualFunction('0000:01:10.1', { vf: { pf: '0000:01:00.0', index: 0 } }),
      ],
      '01:10.1',
      false,
    ],
  ])('%s', async (_case, functions, target, expected) => {
    expect(value((await decode(functions, target)).multifunction)).toBe(expected)
  })

  test('unknown where the registers of the port were not read', async () => {
    const functions = [{ ...RP, config: 'unprivileged' as const }, endpoint('0000:01:01.0')]
    expect((await decode(functions, '01:01.0')).multifunction.known).toBe(false)
  })

  test('unknown while the function may be a VF', async () => {
    const device = await decode([RP, endpoint('0000:01:00.1')], '01:00.1', ['physfn'])
    expect(device.multifunction.known).toBe(false)
  })
})

describe('buses', () => {
  test('secondary bus by config, by pci_bus without', async () => {
    expect(value((await decode([RP], '00:01.0')).secondaryBus)).toBe('0000:01')
    expect(value((await decode([{ ...RP, config: 'absent' }], '00:01.0')).secondaryBus)).toBe(
      '0000:01',
    )
    expect(value((await decode([endpoint('0000:00:02.0')], '00:02.0')).secondaryBus)).toBe(null)
  })

  test('a bridge without buses below has none', async () => {
    expect(value((await decode([rootPort('0000:00:01.0')], '00:01.0')).secondaryBus)).toBe(null)
  })

  test('unknown where VFs have buses too and config was not read', async () => {
    const functions = [
      RP,
      endpoint('0000:01:00.0'),
      virtualFunction('0000:02:00.0', { vf: { pf: '0000:01:00.0', index: 0 } }),
    ]
    expect((await decode(functions, '00:01.0', ['config'])).secondaryBus.known).toBe(false)
  })

  test('a VF on another bus than its PF is on a virtual one', async () => {
    const functions = [
      RP,
      endpoint('0000:01:00.0'),
      virtualFunction('0000:02:00.0', { vf: { pf: '0000:01:00.0', index: 0 } }),
    ]
    expect(value((await decode(functions, '02:00.0')).onVirtualBus)).toBe(true)
    expect(value((await decode(functions, '01:00.0')).onVirtualBus)).toBe(false)
    expect(value((await decode(functions, '02:00.0', ['physfn'])).onVirtualBus)).toBe(true)
  })

  test('a VF of a root bus function on a bus of its own is, too', async () => {
    const functions = [
      rcEndpoint('0000:00:02.0'),
      virtualFunction('0000:01:00.0', { vf: { pf: '0000:00:02.0', index: 0 } }),
    ]
    expect(value((await decode(functions, '01:00.0')).onVirtualBus)).toBe(true)
  })

  test('functions below VMD use its requester ID', async () => {
    const functions = [vmd('0000:00:0e.0', { childDomain: '10000:e0' }), rootPort('10000:e0:06.0')]
    expect((await decode(functions, '10000:e0:06.0')).dmaDevice).toBe('0000:00:0e.0')
  })
})

describe('registers', () => {
  test('ACS, in both layouts', async () => {
    const plain = await decode([rootPort('0000:00:01.0', { acs: ACS_OK })], '00:01.0')
    expect(value(plain.acs)).toMatchObject({ capability: 0x1f, control: 0x1d })
    const wide = await decode(
      [rootPort('0000:00:01.0', { acs: { ...ACS_OK, wide: true } })],
      '00:01.0',
    )
    expect(value(wide.acs)).toMatchObject({ wide: { capability: 0x1f, control: 0x1d } })
    expect(value((await decode([RP], '00:01.0')).acs)).toBe(null)
  })

  test('ACS is unknown, not absent, where config is cut or was not read', async () => {
    const cut = await decode([{ ...RP, config: 'unprivileged' }], '00:01.0')
    expect(cut.acs).toMatchObject({ known: false, gap: { why: 'truncated' } })
    const dead = await decode([{ ...RP, config: 'ones' }], '00:01.0')
    expect(dead.acs).toMatchObject({ known: false, gap: { why: 'malformed' } })
    const lone = [RP, endpoint('0000:01:00.0')]
    expect(value((await decode(lone, '01:00.0')).acs)).toBeNull()
    const unread = await decode(lone, '01:00.0', ['config'])
    expect(unread.acs.known).toBe(false)
    expect((await decode(PF_AND_VF, '01:10.0')).acs.known).toBe(false)
  })

  test.each<[string, FunctionOptions, boolean]>([
    ['slot and hot-plug capable', { slot: { hotplug: true } }, true],
    ['slot without hot-plug', { slot: { hotplug: false } }, false],
    ['no slot', {}, false],
  ])('a port that pciehp could own: %s', async (_case, options, expected) => {
    expect(
      value((await decode([rootPort('0000:00:01.0', options)], '00:01.0')).hotplugCapable),
    ).toBe(expected)
  })

  test('an endpoint never has a hot-plug slot, even if its config was not read', async () => {
    expect(value((await decode([RP, endpoint('0000:01:00.0')], '01:00.0')).hotplugCapable)).toBe(
      false,
    )
    expect(
      value((await decode([RP, endpoint('0000:01:00.0')], '01:00.0', ['config'])).hotplugCapable),
    ).toBe(false)
    expect((await decode([{ ...RP, config: 'absent' }], '00:01.0')).hotplugCapable.known).toBe(
      false,
    )
  })

  test.each<[FunctionOptions, object]>([
    [{ flr: true }, { flr: true, afFlr: false, pm: false }],
    [{ afFlr: true }, { flr: false, afFlr: true, pm: false }],
    [{ pm: true }, { flr: false, afFlr: false, pm: true }],
  ])('function resets of %o', async (options, expected) => {
    expect(
      value((await decode([RP, endpoint('0000:01:00.0', options)], '01:00.0')).functionReset),
    ).toEqual(expected)
  })

  test.each([
    [true, true],
    [false, false],
    [null, null],
  ])('link active %s', async (linkActive, expected) => {
    expect(
      value((await decode([rootPort('0000:00:01.0', { linkActive })], '00:01.0')).linkActive),
    ).toBe(expected)
  })

  test('an endpoint reports no link below it', async () => {
    const functions = [
      rootPort('0000:00:01.0', { secondary: '01' }),
      endpoint('0000:01:00.0', { linkActive: false }),
    ]
    expect(value((await decode(functions, '01:00.0')).linkActive)).toBe(null)
  })

  test.each([
    [{ triggered: true }, true],
    [{ triggered: false }, false],
    [null, null],
  ])('downstream port containment %o', async (dpc, expected) => {
    expect(value((await decode([rootPort('0000:00:01.0', { dpc })], '00:01.0')).dpcTriggered)).toBe(
      expected,
    )
  })

  test.each([
    [{ unmaskSbr: true }, false],
    [{ unmaskSbr: false }, true],
    [null, false],
  ])('CXL port %o', async (cxl, expected) => {
    expect(value((await decode([rootPort('0000:00:01.0', { cxl })], '00:01.0')).sbrMasked)).toBe(
      expected,
    )
  })

  test.each<[NonNullable<FunctionOptions['cxl']>, boolean | null, boolean]>([
    [{ unmaskSbr: false }, null, true],
    [{ unmaskSbr: false, link: 'cxl' }, true, true],
    [{ unmaskSbr: false, link: 'pcie' }, false, false],
    [{ unmaskSbr: true, link: 'cxl' }, true, false],
  ])('the link of a CXL port %o', async (cxl, isCxl, ignores) => {
    const port = await decode([rootPort('0000:00:01.0', { cxl })], '00:01.0')
    expect(value(port.linkIsCxl)).toBe(isCxl)
    expect(value(ignoresReset(port))).toBe(ignores)
  })

  test('dead: all ones, but a VF answers so for its IDs', async () => {
    expect(value((await decode([RP], '00:01.0')).dead)).toBe(false)
    expect(value((await decode([{ ...RP, config: 'ones' }], '00:01.0')).dead)).toBe(true)
    expect((await decode([{ ...RP, config: 'absent' }], '00:01.0')).dead.known).toBe(false)
    const raw = await read({ functions: PF_AND_VF })
    const asVf = {
      id: 0xffffffff,
      commandStatus: 0x0010_0000,
      revision: 1,
      headerType: 0,
      busNumbers: null,
    }
    const config = { header: asVf, capabilities: null, extended: null, limit: 64, size: 4096 }
    const functions = raw.functions.map((each) =>
      each.address === '0000:01:10.0' ? { ...each, config: known(config) } : each,
    )
    expect(value(at(decide({ ...raw, functions }), '01:10.0').dead)).toBe(false)
  })
})

describe('a hostile tree', () => {
  test('PFs that refer to each other end', async () => {
    const raw = await read({ functions: PF_AND_VF })
    const loop = new Map([
      ['0000:01:00.0', fullAddress('01:10.0')],
      ['0000:01:10.0', fullAddress('01:00.0')],
    ])
    const functions = raw.functions.map((each) => {
      const physfn = loop.get(each.address)
      return physfn === undefined ? each : { ...each, physfn: known(physfn) }
    })
    const vfio = decide({ ...raw, functions })
    expect(vfio.topology.devices).toHaveLength(3)
  })
})

const PF_AND_VF = [
  RP,
  endpoint('0000:01:00.0'),
  virtualFunction('0000:01:10.0', { vf: { pf: '0000:01:00.0', index: 0 } }),
]

async function decode(
  functions: readonly FunctionSpec[],
  target: string,
  hidden: Parameters<typeof hide>[2][] = [],
): Promise<PciDevice> {
  if (hidden.length === 0) return at(await host({ functions }), target)
  return at(decide(hide(await read({ functions }), target, ...hidden)), target)
}

/** A known value; fails on an unknown one. */
function value<T>(observed: Observed<T>): T {
  if (!observed.known) throw new Error(`unknown: ${observed.gap.path}: ${observed.gap.detail}`)
  return observed.value
}
