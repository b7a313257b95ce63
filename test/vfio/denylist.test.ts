import { describe, expect, test } from 'vitest'
import { renderDevice } from '../../src/inspect/text/render-inspect.js'
import { deniedBind } from '../../src/vfio/denylist.js'
import { at, host } from '../support/ask.js'
import { ACS_OK, endpoint, rcEndpoint, rootPort } from '../support/functions.js'
import type { HostSpec } from '../support/host-spec.js'
import { checkOf, planOf, preflight, told } from '../support/preflight.js'
import { at as address, PIPE, reportOf } from '../support/report-of.js'

test.each([
  ['8086:37c9', '5.10.262', true],
  ['8086:37c9', '5.8.18', false],
  ['8086:0b25', '5.10.262', false],
  ['8086:0b25', '6.1.90', false],
  ['8086:0b25', '6.1.91', true],
  ['8086:0cfe', '6.8.0-31-generic', true],
  ['8086:0cfe', '6.12.118', true],
  ['8086:0b26', '6.12.118', false],
  ['1022:0b25', '6.12.118', false],
])('vfio-pci does not bind to %s on %s: %s', async (id, kernel, expected) => {
  const vfio = await host({ functions: [rcEndpoint('0000:00:02.0', { id })], kernel })
  const { system } = vfio.topology.raw
  const denied = deniedBind(at(vfio, '00:02.0'), { kernel: vfio.kernel, system })
  expect(denied !== null).toBe(expected)
})

test('inspect says so of a function that is still to be bound', async () => {
  const kinds = async (driver: string) => {
    const functions = [rcEndpoint('0000:00:02.0', { id: '8086:37c8', driver, group: 1 })]
    const report = await reportOf({ functions }, { targets: ['0000:00:02.0'] })
    return report.warnings.map(({ kind }) => kind)
  }
  expect(await kinds('c6xx')).toContain('denied-device')
  expect(await kinds('vfio-pci')).not.toContain('denied-device')
})

/** A card of QAT functions below a port, to be bound. */
function accelerator(parameter: string | null, cmdline = '', driver = 'c6xx'): HostSpec {
  const files =
    parameter === null
      ? {}
      : { 'sys/module/vfio_pci/parameters/disable_denylist': `${parameter}\n` }
  return {
    functions: [
      rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK, group: 1 }),
      endpoint('0000:01:00.0', { id: '8086:37c8', class: 0x0b4000, driver, group: 2 }),
    ],
    cmdline,
    files,
  }
}

describe('what has to be bound', () => {
  test.each([
    ['N', '', true],
    ['Y', '', false],
    [null, 'quiet vfio-pci.disable_denylist=1', false],
    [null, 'quiet vfio_pci.disable_denylist=0', true],
  ])('with the parameter %s and the command line "%s" is denied: %s', async (...row) => {
    const [parameter, cmdline, denied] = row
    const spec = accelerator(parameter, cmdline)
    const report = await reportOf(spec, { targets: ['0000:01:00.0'] })
    const requires = report.devices[0]?.hotReset.verdicts[0]?.requires
    expect(requires?.bind).toEqual(['0000:01:00.0'])
    expect(requires?.denied).toEqual(denied ? ['0000:01:00.0'] : undefined)
    const text = renderDevice(report, address('0000:01:00.0'), PIPE)
    expect(/driver_override|driverctl/.test(text)).toBe(!denied)
  })

  test('preflight fails where it is sure, and has no plan', async () => {
    const answer = await preflight(accelerator('N'), { functions: ['01:00.0'] })
    expect(told(answer, 'assignable', '01:00.0')).toBe('fail denied')
    expect(planOf(checkOf(answer, 'assignable', '01:00.0'))).toBe('none: denied')
  })

  test('of a copy without the parameter nothing is sure', async () => {
    const answer = await preflight(accelerator(null), { functions: ['01:00.0'] })
    expect(told(answer, 'assignable', '01:00.0')).toBe('cannot-tell unread denied')
  })

  test('a driver that took it already asks nobody', async () => {
    const answer = await preflight(accelerator('N', '', 'vfio-pci'), { functions: ['01:00.0'] })
    expect(told(answer, 'assignable', '01:00.0')).toBe('pass')
  })
})
