import { describe, expect, test } from 'vitest'
import { noBusReset, noFlr, noPmReset } from '../../src/pci/flags.js'
import { at, decide, host, read } from '../support/ask.js'
import { endpoint, type FunctionOptions, rcEndpoint, rootPort } from '../support/functions.js'
import { type Field, hide } from '../support/hide.js'

const RP = rootPort('0000:00:01.0', { secondary: '01' })

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
    const rule = noBusReset((await functionWith({ id })).device)
    expect(rule).toMatchObject({ known: true, value: expected ? expect.anything() : null })
  })

  test('rows that some releases lack say so', async () => {
    const rule = noBusReset((await functionWith({ id: '1b21:1164' })).device)
    expect(rule).toMatchObject({ value: { lackedBy: expect.arrayContaining(['6.18.15']) } })
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
    const rule = noFlr((await functionWith({ id, revision })).device)
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
    expect(noPmReset((await functionWith(options)).device)).toEqual({
      known: true,
      value: expected,
    })
  })

  test('counts only off the root bus', async () => {
    const vfio = await host({
      functions: [rcEndpoint('0000:00:02.0', { id: '1002:73bf', class: 0x030000 })],
    })
    expect(noPmReset(at(vfio, '00:02.0'))).toEqual({ known: true, value: false })
  })
})

describe('unread IDs', () => {
  test.each<[string, string, Field[], boolean]>([
    ['the vendor', '8086:10d3', ['vendorId'], false],
    ['the device of a vendor with rows', '168c:0001', ['deviceId'], false],
    ['the device of a vendor without', '1af4:0001', ['deviceId'], true],
  ])('%s', async (_case, id, fields, isKnown) => {
    const { device } = await functionWith({ id }, fields)
    expect(noBusReset(device).known).toBe(isKnown)
  })

  test('the class of a function of AMD', async () => {
    const { device } = await functionWith({ id: '1002:73bf' }, ['classCode'])
    expect(noPmReset(device).known).toBe(false)
  })

  test('the vendor, for the other tables', async () => {
    const { device } = await functionWith({}, ['vendorId'])
    expect(noPmReset(device).known).toBe(false)
    expect(noFlr(device).known).toBe(false)
  })

  test('the device, for the other tables', async () => {
    const { device } = await functionWith({ id: '15b3:cf6c' }, ['deviceId'])
    expect(noPmReset(device).known).toBe(false)
  })
})

async function functionWith(options: FunctionOptions, hidden: readonly Field[] = []) {
  const raw = await read({ functions: [RP, endpoint('0000:01:00.0', options)] })
  return { device: at(decide(hide(raw, '01:00.0', ...hidden)), '01:00.0') }
}
