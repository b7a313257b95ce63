import { expect, test } from 'vitest'
import { deniedBind } from '../../src/vfio/denylist.js'
import { at, host } from '../support/ask.js'
import { rcEndpoint } from '../support/functions.js'
import { reportOf } from '../support/report-of.js'

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
  expect(deniedBind(at(vfio, '00:02.0'), vfio.kernel) !== undefined).toBe(expected)
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
