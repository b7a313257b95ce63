import { describe, expect, test } from 'vitest'
import type { Observed } from '../../src/host/gap.js'
import { noBusReset, noFlr, noPmReset } from '../../src/pci/flags.js'
import { at, decide, host, read } from '../support/ask.js'
import { endpoint, type FunctionOptions, rcEndpoint, rootPort } from '../support/functions.js'
import { type Field, hide } from '../support/hide.js'

/** With a list of its own: where no function has one the tree tells nothing. */
const RP = rootPort('0000:00:01.0', { secondary: '01', resetMethods: 'pm' })

describe('no bus reset', () => {
  test.each([
    ['10de:2340', true],
    ['10de:237f', true],
    ['10de:2380', false],
    ['10de:233f', false],
    ['10de:22ce', true],
    ['168c:0030', true],
    ['168c:003e', true],
    ['168c:0031', false],
    ['17cb:1103', true],
    ['17cb:0308', true],
    ['177d:a100', true],
    ['104c:b005', true],
    ['1b21:1164', true],
    ['8086:2340', false],
  ])('%s: %s', async (id, expected) => {
    const rule = ruleOf(noBusReset, await functionWith({ id }))
    expect(rule).toMatchObject({ known: true, value: expected ? expect.anything() : null })
  })
})

describe('no FLR', () => {
  test.each([
    ['1022:1487', 0, true],
    ['8086:1502', 0, true],
    ['8086:1503', 0, true],
    ['8086:1504', 0, false],
    // Revision 1 only.
    ['d063:1000', 1, true],
    ['d063:1000', 2, false],
  ])('%s revision %i: %s', async (id, revision, expected) => {
    const rule = ruleOf(noFlr, await functionWith({ id, revision }))
    expect(rule).toMatchObject({ known: true, value: expected ? expect.anything() : null })
  })
})

describe('no PM reset', () => {
  test.each<[string, FunctionOptions, boolean]>([
    ['graphics of AMD', { id: '1002:73bf', class: 0x030000 }, true],
    ['other functions of AMD', { id: '1002:ab28', class: 0x040300 }, false],
    ['BlueField', { id: '15b3:cf6c' }, true],
    ['others', { id: '8086:10d3' }, false],
  ])('%s', async (_case, options, expected) => {
    expect(ruleOf(noPmReset, await functionWith(options))).toEqual({
      known: true,
      value: expected,
    })
  })

  test('counts only off the root bus', async () => {
    const vfio = await host({
      functions: [rcEndpoint('0000:00:02.0', { id: '1002:73bf', class: 0x030000 })],
    })
    expect(noPmReset(at(vfio, '00:02.0'), vfio)).toEqual({ known: true, value: false })
  })
})

describe('unread IDs', () => {
  test.each<[string, string, Field[], boolean]>([
    ['the vendor', '8086:10d3', ['vendorId'], false],
    ['the device of a vendor with rows', '168c:0001', ['deviceId'], false],
    ['the device of a vendor without', '1af4:0001', ['deviceId'], true],
  ])('%s', async (_case, id, fields, isKnown) => {
    const { device, vfio } = await functionWith({ id }, fields)
    expect(noBusReset(device, vfio).known).toBe(isKnown)
  })

  test('the class of a function of AMD', async () => {
    const { device, vfio } = await functionWith({ id: '1002:73bf' }, ['classCode'])
    expect(noPmReset(device, vfio).known).toBe(false)
  })

  test('the vendor, for the other tables', async () => {
    const { device, vfio } = await functionWith({}, ['vendorId'])
    expect(noPmReset(device, vfio).known).toBe(false)
    expect(noFlr(device, vfio).known).toBe(false)
  })

  test('the device, for the other tables', async () => {
    const { device, vfio } = await functionWith({ id: '15b3:cf6c' }, ['deviceId'])
    expect(noPmReset(device, vfio).known).toBe(false)
  })
})

/** Rows and the releases that have them, on both sides of each border. */
describe('a row counts from the release that brought it', () => {
  test.each<[string, string, boolean | null]>([
    // ASM1164: 7.0, and the stable lines of February 2026.
    ['1b21:1164', '5.10.251', false],
    ['1b21:1164', '5.10.252', true],
    ['1b21:1164', '6.1.164', false],
    ['1b21:1164', '6.1.165', true],
    ['1b21:1164', '6.12.74', false],
    ['1b21:1164', '6.12.75', true],
    ['1b21:1164', '6.14.0', false],
    ['1b21:1164', '6.17.4', false],
    ['1b21:1164', '6.18.15', false],
    ['1b21:1164', '6.18.30', null],
    ['1b21:1164', '7.0', true],
    // WCN6855 and its like: 7.2.
    ['17cb:1107', '5.10.262', false],
    ['17cb:1107', '5.10.270', false],
    ['17cb:1107', '6.1.188', false],
    ['17cb:1107', '6.1.189', true],
    ['17cb:1107', '6.12.110', false],
    ['17cb:1107', '6.12.111', true],
    ['17cb:1107', '6.18.15', false],
    ['17cb:1107', '7.0.0', false],
    ['17cb:1107', '7.1.0', false],
    ['17cb:1107', '7.1.9', null],
    ['17cb:1107', '7.2', true],
    ['17cb:1107', '6.12', null],
    ['168c:003e', '5.15.60', true],
    ['104c:b005', '5.10.45', false],
    ['104c:b005', '5.10.46', true],
  ])('%s on %s: %s', async (id, kernel, expected) => {
    expect(shortOf(ruleOf(noBusReset, await functionWith({ id, ...UNLISTED }, [], kernel)))).toBe(
      expected,
    )
  })

  test.each<[string, string, boolean | null]>([
    ['1022:7901', '6.1.15', false],
    ['1022:7901', '6.1.16', true],
    ['1022:1502', '6.12.130', false],
    ['1022:1502', '7.0.9', false],
    ['1022:1502', '7.1', true],
    ['14c3:0616', '6.12.15', false],
    ['14c3:0616', '6.12.16', true],
    ['14c3:0616', '6.1.200', false],
    ['14c3:7925', '6.12.111', true],
    ['14c3:7925', '6.18.15', false],
    ['14c3:7925', '7.2', true],
    ['d063:1000', '6.1.88', true],
    ['d063:1000', '6.1.87', false],
  ])('no FLR: %s on %s: %s', async (id, kernel, expected) => {
    const made = await functionWith({ id, revision: 1, ...UNLISTED }, [], kernel)
    expect(shortOf(ruleOf(noFlr, made))).toBe(expected)
  })
})

describe('what reset_method shows outweighs the release', () => {
  test.each<[string, string, string | null, boolean | null]>([
    ['bus: not flagged, though the release has the row', '7.3.4', 'pm bus', false],
    ['no file: not even the bus can be reset', '6.18.15', null, true],
    ['a list without it: root may have written it', '6.18.15', 'flr', false],
    ['a vendor kernel that may have the row', '6.12.0-55.el10.x86_64', 'bus', false],
    ['the same, where the list does not tell', '6.12.0-55.el10.x86_64', 'flr', null],
  ])('%s', async (_case, kernel, resetMethods, expected) => {
    const made = await functionWith({ id: '17cb:1103', resetMethods }, [], kernel)
    expect(shortOf(ruleOf(noBusReset, made))).toBe(expected)
  })

  test('not where another release is asked about', async () => {
    const raw = await rawWith({ id: '17cb:1103', resetMethods: 'bus' }, '6.18.15')
    const vfio = decide(raw, '7.3.4')
    expect(shortOf(noBusReset(at(vfio, '01:00.0'), vfio))).toBe(true)
  })

  test('not below a CXL port that masks resets', async () => {
    const port = rootPort('0000:00:01.0', { secondary: '01', cxl: { unmaskSbr: false } })
    const functions = [port, endpoint('0000:01:00.0', { id: '17cb:1103', resetMethods: 'bus' })]
    const vfio = await host({ functions, kernel: '7.2' })
    expect(shortOf(noBusReset(at(vfio, '01:00.0'), vfio))).toBe(true)
  })
})

/** A list that tells nothing of the bus. */
const UNLISTED = { resetMethods: 'flr' }

type Rule = typeof noBusReset | typeof noFlr | typeof noPmReset

function ruleOf<R extends Rule>(rule: R, { device, vfio }: Made): ReturnType<R> {
  return rule(device, vfio) as ReturnType<R>
}

/** Whether the row counts; null: not known. */
function shortOf(observed: Observed<unknown>): boolean | null {
  return observed.known ? observed.value !== null : null
}

type Made = Awaited<ReturnType<typeof functionWith>>

async function functionWith(
  options: FunctionOptions,
  hidden: readonly Field[] = [],
  kernel = '7.3.4',
) {
  const vfio = decide(hide(await rawWith(options, kernel), '01:00.0', ...hidden))
  return { vfio, device: at(vfio, '01:00.0') }
}

function rawWith(options: FunctionOptions, kernel: string) {
  return read({ functions: [RP, endpoint('0000:01:00.0', options)], kernel })
}
