import { describe, expect, test } from 'vitest'
import {
  ACS_OK,
  endpoint,
  type FunctionOptions,
  type FunctionSpec,
  hostBridge,
  rootPort,
  virtualFunction,
} from '../support/functions.js'
import type { HostSpec } from '../support/host-spec.js'
import {
  checkOf,
  notPassing,
  type PreflightAsk,
  planOf,
  preflight,
  told,
} from '../support/preflight.js'

const F0 = '01:00.0'
const F1 = '01:00.1'
const VFIO: FunctionOptions = { driver: 'vfio-pci', flr: true }

/** A card of two functions below a root port, each in a group of its own unless told. */
function card(zero: FunctionOptions = {}, one: FunctionOptions = {}): HostSpec {
  return {
    functions: [
      rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK, group: 1 }),
      endpoint('0000:01:00.0', { mfd: true, group: 10, acs: ACS_OK, ...VFIO, ...zero }),
      endpoint('0000:01:00.1', { mfd: true, group: 11, acs: ACS_OK, ...VFIO, ...one }),
    ],
  }
}

/** The same card in one group. */
function shared(zero: FunctionOptions = {}, one: FunctionOptions = {}): HostSpec {
  return card({ group: 10, acs: null, ...zero }, { group: 10, acs: null, ...one })
}

const ONE: PreflightAsk = { functions: [F0] }
const BOTH: PreflightAsk = { functions: [F0, F1] }

test('a VM that gets all of a card passes every check', async () => {
  const answer = await preflight(shared(), BOTH)
  expect(notPassing(answer)).toEqual([])
  expect(answer.verdict).toBe('pass')
})

describe('existence', () => {
  test('a function that is not there', async () => {
    const answer = await preflight(card(), { functions: ['05:00.0'] })
    expect(told(answer, 'exists', '05:00.0')).toBe('fail no-such-function')
    expect(planOf(checkOf(answer, 'exists', '05:00.0'))).toBe('none: no-such-function')
    expect(answer.verdict).toBe('fail')
  })

  test('a function that answers all ones', async () => {
    const answer = await preflight(card({ config: 'ones' }), ONE)
    expect(told(answer, 'answers', F0)).toBe('fail dead')
    expect(planOf(checkOf(answer, 'answers', F0))).toBe('none: dead')
  })

  test('a function in D3cold is not woken, so nobody knows', async () => {
    const answer = await preflight(card({ powerState: 'D3cold' }), ONE)
    expect(told(answer, 'answers', F0)).toBe('cannot-tell d3cold')
    // It is bound to vfio-pci, so it is no bridge although its header was not read.
    expect(told(answer, 'assignable', F0)).toBe('pass')
  })

  test('asked to wake it, it answers', async () => {
    const answer = await preflight(card({ powerState: 'D3cold' }), { ...ONE, wake: true })
    expect(told(answer, 'answers', F0)).toBe('pass')
  })

  test('a bridge', async () => {
    const answer = await preflight(card(), { functions: ['00:01.0'] })
    expect(told(answer, 'assignable', '00:01.0')).toBe('fail not-an-endpoint')
    expect(planOf(checkOf(answer, 'assignable', '00:01.0'))).toBe('none: not-an-endpoint')
    // No driver would help it.
    const [vm] = answer.vms
    expect(vm?.checks.map(({ id }) => id)).toEqual(['exists', 'answers', 'assignable'])
  })
})

describe('driver', () => {
  test('a driver of the host is left for vfio-pci', async () => {
    const answer = await preflight(card({ driver: 'igb' }), ONE)
    expect(told(answer, 'driver', F0)).toBe('fail not-on-vfio')
    expect(planOf(checkOf(answer, 'driver', F0))).toBe('bind 0000:01:00.0')
  })

  test('what libvirt binds needs no plan', async () => {
    const answer = await preflight(card({ driver: 'igb' }), { ...ONE, wanted: { managed: true } })
    expect(told(answer, 'driver', F0)).toBe('pass bound-at-start')
  })

  test('a PF gives its VFs up first', async () => {
    const spec = card({ driver: 'igb', totalVfs: 4 })
    const vf = virtualFunction('0000:01:10.0', {
      vf: { pf: '0000:01:00.0', index: 0 },
      group: 12,
      driver: 'igbvf',
    })
    const answer = await preflight({ functions: [...spec.functions, vf] }, ONE)
    expect(planOf(checkOf(answer, 'driver', F0))).toBe(
      'disable-vfs 0000:01:00.0, bind 0000:01:00.0',
    )
  })

  test.each(['/dev/vfio/12', '/dev/vfio/devices/vfio3'])(
    'a VM that has a VF ends before: %s',
    async (target) => {
      const vf = virtualFunction('0000:01:10.0', {
        vf: { pf: '0000:01:00.0', index: 0 },
        group: 12,
        driver: 'vfio-pci',
        vfioDev: { name: 'vfio3', cdev: true },
      })
      const holder = { pid: 771, command: 'qemu-system-x86', fd: 20, target }
      const { functions } = card({ driver: 'ixgbe', totalVfs: 4 })
      const answer = await preflight({ functions: [...functions, vf], holders: [holder] }, ONE)
      expect(planOf(checkOf(answer, 'driver', F0))).toBe(
        'end-holder 0000:01:10.0, disable-vfs 0000:01:00.0, bind 0000:01:00.0',
      )
    },
  )
})

describe('IOMMU', () => {
  const bare: FunctionSpec[] = [
    hostBridge('0000:00:00.0', { id: '8086:3e30', class: 0x060000 }),
    rootPort('0000:00:01.0', { secondary: '01' }),
    endpoint('0000:01:00.0', { flr: true, driver: 'igb' }),
  ]

  test('none: switched on in the firmware and by a parameter', async () => {
    const answer = await preflight({ functions: bare, iommu: null }, ONE)
    expect(told(answer, 'iommu', F0)).toBe('fail no-iommu')
    const { plan } = checkOf(answer, 'iommu', F0)
    expect(planOf({ plan })).toBe('enable-in-firmware, add-parameter')
    expect(plan).toMatchObject({ proof: 'ask-again' })
    expect(planOf(checkOf(answer, 'driver', F0))).toBe('enable-in-firmware, add-parameter')
  })

  test('one that is on and does not cover the function: nothing is switched on', async () => {
    const functions = [...bare, endpoint('0000:02:00.0', { group: 7, flr: true })]
    const answer = await preflight({ functions }, ONE)
    expect(told(answer, 'iommu', F0)).toBe('fail no-group')
    expect(planOf(checkOf(answer, 'iommu', F0))).toBe('none: no-iommu-above')
  })

  test('none because somebody switched it off', async () => {
    const answer = await preflight(
      { functions: bare, iommu: null, cmdline: 'quiet intel_iommu=off' },
      ONE,
    )
    expect(planOf(checkOf(answer, 'iommu', F0))).toBe('remove-parameter')
  })

  test('a group of unsafe no-IOMMU mode', async () => {
    const functions = bare.map((each) =>
      each.address === '0000:01:00.0' ? { ...each, driver: 'vfio-pci', group: 0 } : each,
    )
    const answer = await preflight({ functions, noiommu: true }, ONE)
    expect(told(answer, 'noiommu', F0)).toBe('fail fake-group')
  })
})

describe('group', () => {
  test('a sibling on a driver of the host keeps it closed; it leaves that driver', async () => {
    const answer = await preflight(shared({}, { driver: 'snd_hda_intel' }), ONE)
    expect(told(answer, 'group', F0)).toBe('fail group-not-viable')
    expect(planOf(checkOf(answer, 'group', F0))).toBe('bind 0000:01:00.1')
  })

  test('a sibling that the reset does not affect needs no driver at all', async () => {
    const spec: HostSpec = {
      functions: [
        ...card({ group: 10 }).functions.filter(({ address }) => address !== '0000:01:00.1'),
        rootPort('0000:00:02.0', { secondary: '02', acs: ACS_OK, group: 2 }),
        endpoint('0000:02:00.0', { group: 10, driver: 'nvme' }),
      ],
    }
    const answer = await preflight(spec, ONE)
    expect(planOf(checkOf(answer, 'group', F0))).toBe('unbind 0000:02:00.0')
  })

  test('a sibling without driver: fine for the group, not for the reset', async () => {
    const { driver: _, ...rest } = endpoint('0000:01:00.1', { mfd: true, group: 10, flr: true })
    const functions = shared({ flr: false, resetMethods: 'bus\n' }).functions.map((each) =>
      each.address === '0000:01:00.1' ? rest : each,
    )
    const answer = await preflight({ functions }, ONE)
    expect(told(answer, 'group', F0)).toBe('pass')
    expect(told(answer, 'strangers', F0)).toBe('warn stranger-in-group')
    expect(told(answer, 'reset-set', F0)).toBe('fail harmful unbound')
    expect(planOf(checkOf(answer, 'reset-set', F0))).toBe('bind 0000:01:00.1')
  })

  describe('whoever starts the VM binds all of it', () => {
    const along = { wanted: { managed: true, along: 'group' } } as const

    test('a sibling on a driver of the host is taken from it, and keeps nothing closed', async () => {
      const spec = shared({ driver: 'nvidia' }, { driver: 'snd_hda_intel' })
      const answer = await preflight(spec, { ...ONE, ...along })
      expect(told(answer, 'group', F0)).toBe('warn taken-along')
      expect(told(answer, 'reset-set', F0)).toBe('pass')
      expect(answer.verdict).toBe('pass')
    })

    test('a sibling on vfio-pci has nothing to lose', async () => {
      const answer = await preflight(shared(), { ...ONE, ...along })
      expect(told(answer, 'group', F0)).toBe('pass')
    })

    test('one that vfio-pci refuses keeps Proxmox from starting it', async () => {
      const { functions } = shared()
      const refused = functions.map((each) => {
        if (each.address !== '0000:01:00.1') return each
        const { driver: _, ...rest } = each
        return { ...rest, id: '8086:37c8' }
      })
      const answer = await preflight({ functions: refused }, { ...ONE, ...along })
      expect(told(answer, 'group', F0)).toMatch(/^(?:fail|cannot-tell) .*taken-denied/)
      expect(answer.vms[0]?.starts).not.toBe('pass')
      expect(told(await preflight({ functions: refused }, ONE), 'group', F0)).toBe('pass')
    })

    test('another function of the device is named with the form that gives all', async () => {
      const spec = shared({ driver: 'nvidia' }, { driver: 'snd_hda_intel' })
      const answer = await preflight(spec, { ...ONE, ...along })
      const [reason] = checkOf(answer, 'group', F0).reasons
      expect(reason).toMatchObject({ kind: 'taken-along', device: '0000:01:00' })
    })

    test('a disk that the host runs from is taken too: a failure, and no plan', async () => {
      const disk = shared({}, { driver: 'nvme', class: 0x010802 })
      const path = 'sys/devices/pci0000:00/0000:00:01.0/0000:01:00.1/nvme/nvme0/nvme0n1'
      const answer = await preflight(
        {
          ...disk,
          files: {
            [`${path}/uevent`]: '',
            'sys/dev/block/259:1': { link: `../../../${path}` },
          },
        },
        {
          ...ONE,
          ...along,
          files: { 'proc/self/mountinfo': '22 1 259:1 / / rw - ext4 /dev/nvme0n1p1 rw\n' },
        },
      )
      expect(told(answer, 'group', F0)).toBe('warn taken-along')
      expect(told(answer, 'host-needs', F0)).toBe('fail host-needs')
      expect(planOf(checkOf(answer, 'host-needs', F0))).toBe('none: host-needs')
    })
  })

  test('a bridge in the group is allowed', async () => {
    const functions = shared().functions.map((each) => ({ ...each, group: 10 }))
    const answer = await preflight({ functions }, BOTH)
    expect(told(answer, 'strangers', F0)).toBe('pass bridge-in-group')
  })

  test('a disk that the host boots from is no matter for a plan', async () => {
    const disk = shared({}, { driver: 'nvme', class: 0x010802 })
    const files = {
      'proc/self/mountinfo': '22 1 259:1 / / rw - ext4 /dev/nvme0n1p1 rw\n',
      'sys/dev/block/259:1/uevent': '',
    }
    const path = 'sys/devices/pci0000:00/0000:00:01.0/0000:01:00.1/nvme/nvme0/nvme0n1'
    const answer = await preflight(
      {
        ...disk,
        files: {
          [`${path}/uevent`]: '',
          'sys/dev/block/259:1': { link: `../../../${path}` },
        },
      },
      { ...ONE, files: { 'proc/self/mountinfo': files['proc/self/mountinfo'] } },
    )
    expect(told(answer, 'host-needs', F0)).toBe('warn host-needs')
    expect(planOf(checkOf(answer, 'group', F0))).toBe('none: host-needs')
  })
})

describe('what the host refuses to every VM', () => {
  test('memory that firmware wants mapped one to one', async () => {
    const files = {
      'sys/kernel/iommu_groups/10/reserved_regions':
        '0x00000000bf000000 0x00000000bfffffff direct\n0x00000000fee00000 0x00000000feefffff msi\n',
    }
    const answer = await preflight(card(), { ...ONE, files })
    expect(told(answer, 'reserved-regions', F0)).toBe('fail direct-region')
    expect(planOf(checkOf(answer, 'reserved-regions', F0))).toBe('none: firmware')
  })

  test('relaxable regions are fine', async () => {
    const files = {
      'sys/kernel/iommu_groups/10/reserved_regions':
        '0x00000000bf000000 0x00000000bfffffff direct-relaxable\n',
    }
    expect(told(await preflight(card(), { ...ONE, files }), 'reserved-regions', F0)).toBe('pass')
  })

  test('interrupts of which a copy says nothing', async () => {
    const answer = await preflight(card(), { ...ONE, files: { 'proc/interrupts': null } })
    expect(told(answer, 'interrupts', F0)).toMatch(/^cannot-tell unread/)
  })

  test('interrupts that nothing remaps', async () => {
    const files = { 'proc/interrupts': '  24:  1  PCI-MSI-0000:00:01.0  0-edge\n' }
    const answer = await preflight(card(), { ...ONE, files })
    expect(told(answer, 'interrupts', F0)).toBe('fail interrupts-not-isolated')
    expect(planOf(checkOf(answer, 'interrupts', F0))).toBe('allow-unsafe-interrupts')
  })

  test('remapping switched off by a parameter, which a reboot takes back', async () => {
    const files = { 'proc/interrupts': '  24:  1  PCI-MSI-0000:00:01.0  0-edge\n' }
    const spec = { ...card(), cmdline: 'quiet intremap=off' }
    const answer = await preflight(spec, { ...ONE, files })
    expect(planOf(checkOf(answer, 'interrupts', F0))).toBe('remove-parameter')
    expect(checkOf(answer, 'interrupts', F0).plan).toMatchObject({
      proof: 'passes',
      steps: [{ losses: [{ kind: 'reboot' }] }],
    })
  })
})

describe('interface', () => {
  test('no device files in this kernel: the group is the other way', async () => {
    const answer = await preflight({ ...card(), kernel: '6.1.192' }, { ...ONE, way: 'iommufd' })
    expect(told(answer, 'interface', F0)).toBe('fail no-cdev')
    expect(planOf(checkOf(answer, 'interface', F0))).toBe('use-way')
  })

  test('VFIO is not loaded: nobody knows', async () => {
    const functions = card().functions.map((each) => ({ ...each, driver: 'x' }))
    const files = {
      'dev/vfio/vfio': null,
      'sys/module/vfio/parameters/enable_unsafe_noiommu_mode': null,
    }
    const answer = await preflight({ functions }, { ...ONE, files })
    expect(answer.vms.flatMap(({ functions }) => functions.map(({ via }) => via))).toEqual([
      'group',
    ])
    expect(told(answer, 'interface', F0)).toBe('cannot-tell vfio-not-loaded')
  })

  test('no group files: iommufd is taken by itself', async () => {
    const functions = card().functions.map((each) => ({ ...each, driver: 'x' }))
    const files = { 'dev/vfio/vfio': null, 'dev/vfio': null }
    const answer = await preflight({ functions }, { ...ONE, files })
    expect(answer.vms.flatMap(({ functions }) => functions.map(({ via }) => via))).toEqual([
      'iommufd',
    ])
  })
})

describe('holders', () => {
  const holder = { pid: 4242, command: 'qemu-system-x86', fd: 20, target: '/dev/vfio/10' }

  test('somebody has the group', async () => {
    const answer = await preflight({ ...card(), holders: [holder] }, ONE)
    expect(told(answer, 'holders', F0)).toBe('fail held')
    expect(planOf(checkOf(answer, 'holders', F0))).toBe('end-holder 0000:01:00.0')
  })

  test('nobody was looked for', async () => {
    const files = { 'proc/1/fd': null, 'proc/1/comm': null }
    const answer = await preflight(card(), { ...ONE, files })
    expect(checkOf(answer, 'holders', F0).outcome).toBe('cannot-tell')
  })

  test('open, and nobody was seen', async () => {
    expect(told(await preflight(card({ enable: 1 }), ONE), 'holders', F0)).toBe(
      'cannot-tell open-unseen',
    )
  })
})

describe('VF token', () => {
  const vf = virtualFunction('0000:01:10.0', {
    vf: { pf: '0000:01:00.0', index: 0 },
    group: 12,
    driver: 'vfio-pci',
    resetMethods: 'flr\n',
  })
  const spec: HostSpec = { functions: [...card({ totalVfs: 1 }).functions, vf] }

  test('a VF of a PF on vfio-pci wants one', async () => {
    const answer = await preflight(spec, { functions: ['01:10.0'] })
    expect(told(answer, 'vf-token', '01:10.0')).toBe('fail token-missing')
    expect(planOf(checkOf(answer, 'vf-token', '01:10.0'))).toBe('state-token 0000:01:10.0')
  })

  test('whether the one that is given is right cannot be seen', async () => {
    const ask = { functions: ['01:10.0'], wanted: { token: 'x' } }
    expect(told(await preflight(spec, ask), 'vf-token', '01:10.0')).toBe('warn token-given')
  })

  test('nobody else wants one', async () => {
    const answer = await preflight(card(), { ...ONE, wanted: { token: 'x' } })
    expect(told(answer, 'vf-token', F0)).toBe('fail token-superfluous')
    expect(planOf(checkOf(answer, 'vf-token', F0))).toBe('omit-token 0000:01:00.0')
  })

  test('a hot reset is the wrong path for a VF, and that is harmless', async () => {
    const answer = await preflight(spec, { functions: ['01:10.0'], wanted: { token: 'x' } })
    expect(told(answer, 'reset-set', '01:10.0')).toBe('pass harmless is-vf')
    expect(told(answer, 'reset-at-start', '01:10.0')).toBe('pass own-reset')
  })
})

describe('reset', () => {
  const weak: FunctionOptions = { flr: false, resetMethods: 'bus\n' }

  test('refused and harmless, since FLR happens', async () => {
    const answer = await preflight(card(), ONE)
    expect(told(answer, 'reset-ownership', F0)).toBe('warn harmless group-not-owned')
    expect(told(answer, 'reset-at-start', F0)).toBe('pass own-reset')
    expect(answer.verdict).toBe('pass')
  })

  test('refused and fatal, since nothing else resets it', async () => {
    const answer = await preflight(card(weak), ONE)
    expect(told(answer, 'reset-ownership', F0)).toBe('fail harmful group-not-owned')
    expect(told(answer, 'reset-at-start', F0)).toBe('fail harmful nothing-resets no-flr')
    expect(planOf(checkOf(answer, 'reset-at-start', F0))).toBe('give 0000:01:00.1')
    expect(answer.vms[0]).toMatchObject({ starts: 'pass', resets: 'fail', verdict: 'fail' })
  })

  test('refused while only PM is left: a warning', async () => {
    const answer = await preflight(card({ flr: false, resetMethods: 'pm bus\n' }), ONE)
    expect(told(answer, 'reset-ownership', F0)).toBe('warn harmful group-not-owned')
    expect(told(answer, 'reset-at-start', F0)).toBe('warn own-reset')
  })

  test('a sibling on a driver of the host is bound and given', async () => {
    const answer = await preflight(card(weak, { driver: 'igb' }), ONE)
    expect(told(answer, 'reset-set', F0)).toBe('fail harmful foreign-driver')
    expect(answer.vms.map(planOf)).toEqual(['bind 0000:01:00.1, give 0000:01:00.1'])
  })

  test('on a root bus there is none', async () => {
    const spec = {
      functions: [endpoint('0000:00:1f.3', { group: 3, driver: 'vfio-pci', resetMethods: '' })],
    }
    const answer = await preflight(spec, { functions: ['00:1f.3'] })
    expect(told(answer, 'reset-set', '00:1f.3')).toBe('fail harmful root-bus')
    expect(planOf(checkOf(answer, 'reset-set', '00:1f.3'))).toBe('none: root-bus')
    expect(answer.vms[0]).toMatchObject({ starts: 'pass', resets: 'fail' })
  })

  test('a quirk forbids it', async () => {
    const answer = await preflight(
      card({ id: '10de:2345', flr: false, resetMethods: '' }, weak),
      BOTH,
    )
    expect(planOf(checkOf(answer, 'reset-set', F0))).toBe('none: quirk')
  })

  test('the only reset is that of a bus below a hot-plug port', async () => {
    const spec: HostSpec = {
      functions: [
        rootPort('0000:00:01.0', {
          secondary: '01',
          acs: ACS_OK,
          group: 1,
          slot: { hotplug: true },
        }),
        endpoint('0000:01:00.0', { group: 10, driver: 'vfio-pci', resetMethods: 'bus\n' }),
      ],
    }
    expect(told(await preflight(spec, ONE), 'reset-at-start', F0)).toBe(
      'warn own-reset no-flr hotplug-port',
    )
  })

  test('a function that is known not to come back', async () => {
    const answer = await preflight(card({ id: '1002:731f', ...weak }, weak), BOTH)
    expect(told(answer, 'reset-at-start', F0)).toBe('warn hot-reset no-flr known-bad-reset')
  })

  test('beyond the group', async () => {
    const answer = await preflight(card(), { ...ONE, withinGroup: true })
    expect(told(answer, 'within-group', F0)).toBe('fail outside-group')
    expect(
      told(await preflight(shared(), { ...BOTH, withinGroup: true }), 'within-group', F0),
    ).toBe('pass')
  })
})

describe('what the host needs', () => {
  test('its keyboard', async () => {
    const path =
      '/devices/pci0000:00/0000:00:01.0/0000:01:00.0/usb1/1-1/1-1:1.0/0003:046D.1/input/input5'
    const keyboard = `I: Bus=0003\nN: Name="Keyboard"\nS: Sysfs=${path}\nH: Handlers=sysrq kbd leds event5\nB: EV=120013\n\n`
    const files = { 'proc/bus/input/devices': keyboard }
    const answer = await preflight(card({ driver: 'xhci_hcd', class: 0x0c0330 }), { ...ONE, files })
    expect(told(answer, 'host-needs', F0)).toBe('warn host-needs')
    expect(checkOf(answer, 'driver', F0).plan).toMatchObject({
      steps: [{ losses: [{ kind: 'driver' }, { kind: 'host-need', need: 'keyboard' }] }],
    })
  })

  test('its console', async () => {
    const answer = await preflight(card({ driver: 'nvidia', class: 0x030000, bootVga: true }), ONE)
    expect(told(answer, 'host-needs', F0)).toBe('warn host-needs')
  })
})

describe('isolation', () => {
  test('pretended by the ACS override', async () => {
    const spec = {
      ...card({ acs: null, flr: true }, { acs: null }),
      cmdline: 'pcie_acs_override=downstream,multifunction',
    }
    expect(told(await preflight(spec, ONE), 'isolation', F0)).toBe('warn acs-override')
  })
})

describe('several VMs', () => {
  test('one function in both', async () => {
    const answer = await preflight(shared(), { functions: { a: [F0, F1], b: [F1] } })
    expect(told(answer, 'conflicts', F1)).toBe('fail in-two-vms')
    expect(answer.vms.map(planOf)[0]).toContain('withhold 0000:01:00.1')
  })

  test('one group needed by both', async () => {
    const answer = await preflight(shared(), { functions: { a: [F0], b: [F1] } })
    expect(told(answer, 'conflicts', F0)).toBe('fail group-in-two-vms')
  })

  test('one reset set needed by both: harmless with FLR, fatal without', async () => {
    const both = { functions: { a: [F0], b: [F1] } }
    expect(told(await preflight(card(), both), 'conflicts', F0)).toBe(
      'warn harmless set-in-two-vms',
    )
    const weak = { flr: false, resetMethods: 'bus\n' }
    const answer = await preflight(card(weak, weak), both)
    expect(told(answer, 'conflicts', F0)).toBe('fail harmful set-in-two-vms')
    expect(answer.verdict).toBe('fail')
  })

  test('given twice to one', async () => {
    const answer = await preflight(card(), { ...ONE, wanted: { times: 2 } })
    expect(told(answer, 'conflicts', F0)).toBe('fail given-twice')
    expect(planOf(checkOf(answer, 'conflicts', F0))).toBe('give-once 0000:01:00.0')
  })
})
