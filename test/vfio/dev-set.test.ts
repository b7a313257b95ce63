import { describe, expect, test } from 'vitest'
import type { VfioHost } from '../../src/vfio/vfio-host.js'
import { at, capture, decide, host, read, short } from '../support/ask.js'
import { endpoint, rootPort, virtualFunction } from '../support/functions.js'
import { hide } from '../support/hide.js'
import { T8_LAST, t3, t4, t6, t7, t8, t9, t9Virtual } from '../support/topologies.js'

describe('key (vfio_assign_device_set)', () => {
  test('the function itself on a root bus', async () => {
    const vfio = await host({ functions: t4() })
    expect(keyOf(vfio, '00:02.0')).toEqual({ kind: 'self', of: '0000:00:02.0' })
  })

  test('a VF itself where kernels keep VFs apart', async () => {
    const vfio = await host({ functions: t9(), kernel: '6.12.117' })
    expect(keyOf(vfio, '01:00.1')).toEqual({ kind: 'self', of: '0000:01:00.1' })
    expect(keyOf(vfio, '01:00.0')).toEqual({ kind: 'bus', of: '0000:01' })
  })

  test('the bus of a VF before that, also a virtual one', async () => {
    const kernel = '6.8.0-31-generic'
    expect(keyOf(await host({ functions: t9(), kernel }), '01:00.1')).toEqual({
      kind: 'bus',
      of: '0000:01',
    })
    const virtual = await host({ functions: t9Virtual(), kernel })
    expect(keyOf(virtual, '02:00.0')).toEqual({ kind: 'bus', of: '0000:02' })
  })

  test('the slot where it can be reset, by its name', async () => {
    const vfio = await host({ functions: t7() })
    expect(keyOf(vfio, '01:00.0')).toEqual({ kind: 'slot', of: '1' })
  })

  test('the slot whose address is 00, whatever other slots name the bus', async () => {
    const slots = [{ name: '0-acpi', address: '0000:01:01' }]
    const vfio = await host({ functions: t8(), slots, kernel: '7.3.4' })
    expect(keyOf(vfio, T8_LAST)).toEqual({ kind: 'slot', of: '1' })
  })

  test('the bus where slots were not captured', async () => {
    const vfio = await capture({ functions: t7() }, 'sys/bus/pci/slots')
    expect(keyOf(vfio, '01:00.0')).toEqual({ kind: 'slot', of: '0000:01' })
  })

  test('the bus of a function that a narrow slot leaves out', async () => {
    const vfio = await host({ functions: t8(), kernel: '6.12.117' })
    expect(keyOf(vfio, T8_LAST)).toEqual({ kind: 'bus', of: '0000:01' })
    expect(keyOf(vfio, '01:00.0')).toEqual({ kind: 'slot', of: '1' })
  })

  test('the bus below a slot whose reset is forbidden', async () => {
    const vfio = await host({ functions: t7().map((each) => ({ ...each, id: '168c:003c' })) })
    expect(keyOf(vfio, '01:00.0')).toEqual({ kind: 'bus', of: '0000:01' })
  })
})

describe('members', () => {
  test('are functions on a vfio driver alone, and the target as if it were', async () => {
    const vfio = await host({ functions: t3({ driver: 'nvidia' }, { driver: 'mlx5_vfio_pci' }) })
    expect(membersOf(vfio, '01:00.0')).toBe('01:00.0 01:00.1')
    expect(membersOf(vfio, '01:00.1')).toBe('01:00.1')
  })

  test('never leave the bus, although a reset does', async () => {
    expect(membersOf(await host({ functions: t6() }), '04:00.0')).toBe('04:00.0')
  })

  test('of two PFs with VFs: the PFs share, each VF stands alone', async () => {
    const driver = 'vfio-pci'
    const functions = [
      rootPort('0000:00:01.0', { secondary: '01' }),
      endpoint('0000:01:00.0', { mfd: true, driver }),
      endpoint('0000:01:00.1', { mfd: true, driver }),
      virtualFunction('0000:01:10.0', { driver, vf: { pf: '0000:01:00.0', index: 0 } }),
      virtualFunction('0000:01:10.1', { driver, vf: { pf: '0000:01:00.1', index: 0 } }),
    ]
    const vfio = await host({ functions })
    expect(membersOf(vfio, '01:00.0')).toBe('01:00.0 01:00.1')
    expect(membersOf(vfio, '01:10.0')).toBe('01:10.0')
  })

  test('are not certain where the driver was not read', async () => {
    const raw = await read({ functions: t3({}, { vfioDev: null }) })
    const vfio = decide(hide(raw, '01:00.1', 'driver'))
    const set = setOf(vfio, '01:00.0')
    expect(short(set.members)).toBe('01:00.0')
    expect(set.uncertain).toMatchObject([
      { device: { address: '0000:01:00.1' }, gap: { why: 'denied' } },
    ])
  })

  test('before 5.15 are whatever the reset touches', async () => {
    const vfio = await host({ functions: t8(), kernel: '5.10.262' })
    expect(setOf(vfio, T8_LAST).members).toHaveLength(9)
    expect(setOf(vfio, '01:00.0').members).toHaveLength(8)
  })

  test('before 5.15 of a function without a reset: itself', async () => {
    const vfio = await host({ functions: t4(), kernel: '5.10.262' })
    expect(membersOf(vfio, '00:02.0')).toBe('00:02.0')
  })
})

function keyOf(vfio: VfioHost, target: string) {
  return setOf(vfio, target).key
}

function membersOf(vfio: VfioHost, target: string): string {
  return short(setOf(vfio, target).members)
}

function setOf(vfio: VfioHost, target: string) {
  const device = at(vfio, target)
  return vfio.sets.setOf(device, vfio.scopes.worldsOf(device).worlds[0])
}
