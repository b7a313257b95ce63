import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { rebind, restingOn } from '../../src/simulation/rebind.js'
import { analyseHost } from '../../src/vfio/analysed-host.js'
import { fullAddress, read } from '../support/ask.js'
import { fixturePath, loadFixture } from '../support/fixtures.js'
import { endpoint, rootPort, virtualFunction } from '../support/functions.js'
import { preflight as ask, told } from '../support/preflight.js'
import { runMain } from '../support/run-main.js'

const ACER = fixturePath('acer-vmd', 'tree.tar.gz')
const N100 = fixturePath('n100-igpu-vfs', 'tree.tar.gz')
const VMD = fullAddress('0000:00:0e.0')

function input(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/inputs/${name}`, import.meta.url))
}

async function preflight(...argv: readonly string[]) {
  const { stdout, exitCode } = await runMain('preflight', ...argv)
  return { text: stdout.replace(/\s+/g, ' '), exitCode }
}

test('functions without a plan for one reason share a line', async () => {
  const all = Array.from({ length: 8 }, (_, func) => `00:02.${func}`)
  const { text } = await preflight('--capture', N100, ...all)
  expect(text.match(/the function goes with another one/g)).toHaveLength(1)
  expect(text.match(/No plan for/g)).toHaveLength(2)
  expect(text).toMatch(/No plan for 0000:00:02\.1, [\d:., ]+ 0000:00:02\.7, conflicts:/)
})

describe('a screen that the host may have booted on', () => {
  const functions = [
    rootPort('0000:00:01.0', { secondary: '01' }),
    endpoint('0000:01:00.0', { id: '10de:2204', class: 0x030000, driver: 'nouveau', group: 1 }),
  ]
  const path = 'sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/boot_vga'

  test.each([
    ['1\n', 'warn host-needs'],
    ['0\n', 'pass'],
    ['?\n', 'cannot-tell unread'],
  ])('boot_vga %j', async (text, outcome) => {
    const answer = await ask(
      { functions, iommu: 'intel' },
      { functions: ['01:00.0'], files: { [path]: text } },
    )
    expect(told(answer, 'host-needs', '01:00.0')).toBe(outcome)
  })
})

describe('functions behind a VMD controller', () => {
  test.each(['10000:e1:00.0', '10000:e2:00.0'])(
    '%s: no plan takes the controller',
    async (address) => {
      const { text, exitCode } = await preflight('--capture', ACER, address)
      expect(exitCode).toBe(1)
      expect(text).toContain('vmd must stay bound for the function to exist')
      expect(text).not.toMatch(/driver\/unbind|driver_override|Proved/)
    },
  )

  test('the controller is kept while the host runs from a drive behind it', async () => {
    const { text, exitCode } = await preflight('--capture', ACER, VMD)
    expect(exitCode).toBe(1)
    expect(text).toContain('root file system')
    expect(text).not.toMatch(/driver\/unbind|driver_override|Proved/)
    // Members of its group that hang below it are no obstacle: they go with the bind.
    expect(text).not.toContain('Group 6 does not open')
  })

  test('go with the controller in the model', async () => {
    const host = analyseHost(await loadFixture('acer-vmd'))
    expect(restingOn(host.raw, VMD)).toHaveLength(5)
    const after = rebind(host, new Map([[VMD, 'vfio-pci']]))
    expect(after.raw.functions.map(({ address }) => address)).toEqual([VMD])
    expect(after.vfio.groups.get(6)?.devices).toEqual([VMD])
  })

  test('a controller that the host can spare is bound, and the plan says what goes with it', async () => {
    const host = await read({
      rootPaths: { '10000:e0': 'sys/devices/pci0000:00/0000:00:0e.0/pci10000:e0' },
      functions: [
        endpoint('0000:00:0e.0', { id: '8086:467f', class: 0x010400, group: 6, driver: 'vmd' }),
        { ...rootPort('10000:e0:06.0', { secondary: 'e1' }), group: 6, driver: 'pcieport' },
        endpoint('10000:e1:00.0', { id: '144d:a80a', class: 0x010802, group: 6, driver: 'nvme' }),
      ],
    })
    expect(restingOn(host, VMD)).toEqual(['10000:e0:06.0', '10000:e1:00.0'])
    const after = rebind(analyseHost(host), new Map([[VMD, null]]))
    expect(after.raw.functions).toHaveLength(1)
  })
})

describe('a PF and its VFs for one VM', () => {
  test('each VF goes with the PF, and none is said not to be there', async () => {
    const { text, exitCode } = await preflight(
      '--capture',
      N100,
      '--proxmox',
      input('proxmox-all-functions.conf'),
    )
    expect(exitCode).toBe(1)
    expect(text).not.toContain('is not on this host')
    expect(text).toContain(
      '0000:00:02.1 is there only while 0000:00:02.0 keeps its driver, and 0000:00:02.0 is to be bound',
    )
    expect(text).not.toContain('the function is not there')
    expect(text).toContain('a single VF is named by its own address')
  })

  test.each([
    ['one VM', { vm: ['03:00.0', '03:10.0'] }],
    ['two VMs', { vm: ['03:00.0'], other: ['03:10.0'] }],
    ['two VMs, the VF first', { other: ['03:10.0'], vm: ['03:00.0'] }],
  ])('%s: no plan switches the VF off that is to be given', async (_, functions) => {
    const pf = '0000:03:00.0'
    const answer = await ask(
      {
        iommu: 'intel',
        functions: [
          rootPort('0000:00:01.0', { secondary: '03', group: 1 }),
          endpoint(pf, { class: 0x020000, driver: 'igb', group: 2 }),
          virtualFunction('0000:03:10.0', { vf: { pf, index: 0 }, driver: 'vfio-pci', group: 3 }),
        ],
      },
      { functions },
    )
    const plans = answer.vms.flatMap(({ checks }) => checks.map(({ plan }) => plan))
    expect(plans).toContainEqual({ found: false, why: 'takes-given', at: pf })
    expect(plans).not.toContainEqual(expect.objectContaining({ why: 'no-such-function' }))
    expect(JSON.stringify(plans)).not.toContain('disable-vfs')
  })

  test('one VF alone fails nothing', async () => {
    const { exitCode } = await preflight(
      '--capture',
      N100,
      '--proxmox',
      input('proxmox-one-vf.conf'),
    )
    expect(exitCode).not.toBe(1)
  })
})
