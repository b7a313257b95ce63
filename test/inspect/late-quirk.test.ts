import { describe, expect, test } from 'vitest'
import { ACS_OK, endpoint, type FunctionOptions, rootPort } from '../support/functions.js'
import { reportOf } from '../support/report-of.js'

/** Two functions of a card on vfio-pci, below a root port; the second one and the port may have a row. */
async function warned(kernel: string, port: FunctionOptions, sibling: FunctionOptions) {
  const functions = [
    rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK, group: 1, ...port }),
    endpoint('0000:01:00.0', { mfd: true, group: 10, driver: 'vfio-pci' }),
    endpoint('0000:01:00.1', { mfd: true, group: 10, driver: 'vfio-pci', ...sibling }),
  ]
  const { warnings, devices } = await reportOf({ functions, kernel }, { targets: ['0000:01:00.0'] })
  const [device] = devices
  return {
    late: warnings.filter(({ kind }) => kind === 'late-quirk').map(({ address }) => address),
    outcome: device?.hotReset.verdicts.find(({ policy }) => policy === 'group-fds')?.outcome,
  }
}

describe('a row that is newer than the kernel, or may be', () => {
  const wifi: FunctionOptions = { id: '17cb:1107', resetMethods: null }
  const gb10: FunctionOptions = { id: '10de:22ce' }

  test.each<[string, string, FunctionOptions, FunctionOptions, string, string | undefined]>([
    ['of a sibling refuses nothing', '6.12.110', {}, wifi, 'permitted', '0000:01:00.1'],
    ['nor does that of a port', '6.12.74', gb10, {}, 'permitted', '0000:00:01.0'],
    ['from its release on it does', '6.12.111', {}, wifi, 'refused', undefined],
    ['and that of a port', '6.12.75', gb10, {}, 'refused', undefined],
    ['where nobody read the line both may be', '6.18.30', gb10, {}, 'undetermined', '0000:00:01.0'],
    ['as with a vendor', '6.12.0-55.el10.x86_64', {}, wifi, 'undetermined', '0000:01:00.1'],
    [
      'a line that only Ubuntu keeps',
      '6.8.0-130-generic',
      {},
      wifi,
      'undetermined',
      '0000:01:00.1',
    ],
    ['or Proxmox', '6.14.11-5-pve', gb10, {}, 'undetermined', '0000:00:01.0'],
    ['or NVIDIA', '6.8.0-1030-nvidia', {}, wifi, 'undetermined', '0000:01:00.1'],
    ['nobody does', '6.8.12', {}, wifi, 'permitted', '0000:01:00.1'],
  ])('%s: %s', async (_case, kernel, port, sibling, outcome, late) => {
    expect(await warned(kernel, port, sibling)).toEqual({
      outcome,
      late: late === undefined ? [] : [late],
    })
  })
})
