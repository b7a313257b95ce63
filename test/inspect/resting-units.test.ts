import { describe, expect, test } from 'vitest'
import { renderDevice } from '../../src/inspect/text/render-inspect.js'
import { ACS_OK, endpoint, rootPort, virtualFunction } from '../support/functions.js'
import { at, flowing, PIPE, reportOf } from '../support/report-of.js'

/** A PF and its VFs, which one reset affects. */
function functions(pf: string | undefined, vf: string) {
  return [
    rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK, group: 1 }),
    endpoint('0000:01:00.0', {
      group: 10,
      totalVfs: 8,
      ...(pf === undefined ? {} : { driver: pf }),
    }),
    ...[0, 1].map((index) =>
      virtualFunction(`0000:01:10.${index}`, {
        group: 11 + index,
        driver: vf,
        vf: { pf: '0000:01:00.0', index },
      }),
    ),
  ]
}

/** Before VFs had dev_sets of their own. */
const KERNEL = '6.6.30'

describe('a PF alone', () => {
  const told = async (pf: string, vf: string) => {
    const asked = { targets: ['0000:01:00.0'] }
    const report = await reportOf({ functions: functions(pf, vf) }, asked)
    return flowing(renderDevice(report, at('0000:01:00.0'), PIPE))
  }

  test('takes its VFs along when it leaves the driver that made them', async () => {
    expect(await told('igb', 'vfio-pci')).toContain(
      'Its 2 VFs go once it leaves igb, and whoever uses them: 0000:01:10.0, 0000:01:10.1. A VM that is to have a part of it gets one of them, such as 0000:01:10.0, instead.',
    )
  })

  test('and none where it is bound to vfio-pci already', async () => {
    expect(await told('vfio-pci', 'vfio-pci')).not.toContain('VFs go once')
  })
})

describe('a unit of a PF and its VFs, all of it given to one VM', () => {
  test('has its VFs no longer once the PF leaves the driver that made them', async () => {
    const { units } = await reportOf({ kernel: KERNEL, functions: functions('igb', 'igbvf') })
    const unit = units.find(({ devices }) => devices.length === 3)
    expect(unit).toMatchObject({
      toBind: ['0000:01:00.0'],
      gone: ['0000:01:10.0', '0000:01:10.1'],
    })
    expect(unit?.verdicts.map(({ outcome }) => outcome)).toContain('permitted')
    expect(unit?.whole).toContain(
      'once 0000:01:00.0 is bound to vfio-pci; 0000:01:10.0 and 0000:01:10.1 are gone then',
    )
  })

  test('keeps them where the PF is bound to vfio-pci already, or has no driver', async () => {
    for (const pf of ['vfio-pci', undefined]) {
      const { units } = await reportOf({ kernel: KERNEL, functions: functions(pf, 'vfio-pci') })
      const unit = units.find(({ devices }) => devices.length === 3)
      expect(unit?.gone).toEqual([])
      expect(unit?.toBind).toEqual(pf === undefined ? ['0000:01:00.0'] : [])
    }
  })
})

test('why a whole unit is refused is told, not where it would stand', async () => {
  const functions = [
    rootPort('0000:00:01.0', { secondary: '01', group: 1, pciehp: true }),
    endpoint('0000:01:00.0', { mfd: true, group: 10, driver: 'vfio-pci' }),
    endpoint('0000:01:00.1', { mfd: true, group: 10, driver: 'vfio-pci' }),
  ]
  const power = 'sys/bus/pci/slots/1/power'
  const folder = 'sys/devices/pci0000:00/0000:00:01.0'
  const made = [`${folder}/0000:01:00.0/driver`, power, `${folder}/0000:01:00.1/driver`]
  const { units } = await reportOf({ functions, made, files: { [power]: '' } })
  const unit = units.find(({ devices }) => devices.length === 2)
  expect(unit?.verdicts[0]).toMatchObject({
    outcome: 'refused',
    errno: 'EINVAL',
    reasons: [{ kind: 'slot-moved', address: '0000:01:00.1' }],
  })
  expect(unit?.whole).toContain('a slot came or went between the two bindings')
})
