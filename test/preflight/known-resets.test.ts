import { describe, expect, test } from 'vitest'
import { fixturePath } from '../support/fixtures.js'
import { ACS_OK, endpoint, type FunctionOptions, rootPort } from '../support/functions.js'
import type { HostSpec } from '../support/host-spec.js'
import { preflight, told } from '../support/preflight.js'
import { runMain } from '../support/run-main.js'

const F0 = '01:00.0'

/** A function alone below a root port, on vfio-pci. */
function alone(kernel: string, options: FunctionOptions, port: FunctionOptions = {}): HostSpec {
  return {
    kernel,
    functions: [
      rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK, group: 1, ...port }),
      endpoint('0000:01:00.0', { group: 10, driver: 'vfio-pci', flr: false, ...options }),
    ],
  }
}

async function atStart(spec: HostSpec): Promise<string> {
  return told(await preflight(spec, { functions: [F0] }), 'reset-at-start', F0)
}

describe('a function that newer kernels exempt from bus resets', () => {
  const listed = { resetMethods: 'bus\n' }

  test.each<[string, HostSpec, string]>([
    [
      'is reset, with a warning',
      alone('6.18.15', { id: '17cb:1103', ...listed }),
      'warn own-reset',
    ],
    ['a SATA controller too', alone('6.14.0', { id: '1b21:1164', ...listed }), 'warn own-reset'],
    [
      'is not where the kernel has the row',
      alone('6.12.111', { id: '17cb:1103', resetMethods: '' }),
      'fail harmful nothing-resets',
    ],
    [
      'needs no warning where its reset is another',
      alone('6.18.15', { id: '17cb:1103', flr: true, resetMethods: 'flr bus\n' }),
      'pass own-reset',
    ],
    ['and others need none', alone('6.18.15', { id: '17cb:1104', ...listed }), 'pass own-reset'],
  ])('%s', async (_case, spec, expected) => {
    expect((await atStart(spec)).startsWith(expected)).toBe(true)
  })

  test('the row is named', async () => {
    expect(await atStart(alone('6.18.15', { id: '17cb:1103', ...listed }))).toContain(
      'known-bad-reset',
    )
  })
})

describe('below a CXL port that masks bus resets', () => {
  const masked: FunctionOptions = { cxl: { unmaskSbr: false, link: 'cxl' } }
  const inPcieMode: FunctionOptions = { cxl: { unmaskSbr: false, link: 'pcie' } }

  test.each<[string, FunctionOptions, FunctionOptions, string]>([
    ['cxl_bus does the work', { resetMethods: 'bus cxl_bus\n' }, masked, 'pass own-reset'],
    [
      'without it nothing does',
      { resetMethods: 'bus\n' },
      masked,
      'fail harmful nothing-resets reset-masked',
    ],
    ['PM is weak', { resetMethods: 'pm bus\n' }, masked, 'warn own-reset reset-masked'],
    // `cxl_sbr_masked` does not look at the link, so the kernel refuses `bus`; the hot reset works.
    [
      'in PCIe mode the mask does not count',
      { resetMethods: 'bus\n' },
      inPcieMode,
      'pass hot-reset',
    ],
    [
      'nor once it is lifted',
      { resetMethods: 'bus\n' },
      { cxl: { unmaskSbr: true, link: 'cxl' } },
      'pass own-reset',
    ],
  ])('%s', async (_case, options, port, expected) => {
    expect((await atStart(alone('6.17.13', options, port))).startsWith(expected)).toBe(true)
  })
})

describe('hosts of the field', () => {
  async function say(command: string, name: string, ...more: readonly string[]): Promise<string> {
    const { stdout } = await runMain(
      command,
      '--capture',
      fixturePath(name, 'tree.tar.gz'),
      ...more,
    )
    return stdout.replace(/\s+/g, ' ')
  }

  test('a Wi-Fi card before the quirk: permitted, reset at open, and warned of', async () => {
    const told = await say('inspect', 'qualcomm-wifi-6.18', '03:00.0')
    expect(told).toContain('group-fds ✓ permitted')
    expect(told).toContain('known not to come back from a bus reset')
    expect(told).not.toMatch(/ENODEV|cannot be hot-reset|others are on that bus/)
    expect(await say('preflight', 'qualcomm-wifi-6.18', '03:00.0')).toMatch(
      /! reset-at-start .*reset by itself \(bus\).*does not come back from a bus reset/,
    )
  })

  test('and after it: refused, and harmless', async () => {
    const told = await say('inspect', 'qualcomm-wifi-7.3', '03:00.0')
    expect(told).toContain('ENODEV')
    expect(told).toContain('device_specific')
  })

  test.each(['cxl-masked-6.17', 'cxl-masked-7.1'])('%s: the call has no effect', async (name) => {
    const told = await say('inspect', name, '0002:81:00.0')
    expect(told).toMatch(/^No effect: a hot reset of 0002:81:00\.0 /)
    expect(told).toContain('resets the link of the function whenever it is opened (cxl_bus')
    expect(told).not.toContain('resets that function alone')
    expect(await say('preflight', name, '0002:81:00.0', '--all')).toContain('(cxl_bus)')
  })

  test('a SATA controller that a bus reset kills is warned of', async () => {
    expect(await say('inspect', 'asm1062-proxmox', '03:00.0')).toContain('(pm)')
    expect(await say('preflight', 'asm1062-proxmox', '03:00.0')).toMatch(
      /! reset-at-start .*does not train again after a bus reset/,
    )
  })
})
