import { describe, expect, it } from 'vitest'
import type { RawHost } from '../../../src/host/raw-host.js'
import type { DeviceReport, InspectReport } from '../../../src/inspect/document.js'
import { renderDevice } from '../../../src/inspect/text/render-inspect.js'
import { displayWidth } from '../../../src/text/layout.js'
import { ACS_OK, endpoint, rootPort } from '../../support/functions.js'
import { hide } from '../../support/hide.js'
import type { HostSpec } from '../../support/host-spec.js'
import { NOTHING_IN_USE } from '../../support/host-uses.js'
import {
  GPU,
  IDS,
  NO_IOMMU,
  SWITCH,
  sriovHost,
  TWO_GROUPS,
  UNSAFE,
  VIRTUAL_BUS,
  WIDE_GROUP,
} from '../../support/hosts.js'
import { type Asked, at, flowing, PIPE, reportOf, terminal } from '../../support/report-of.js'

async function inspect(spec: HostSpec, address: string, asked: Asked = {}): Promise<string> {
  const report = await reportOf(spec, { ids: IDS, targets: [address], ...asked })
  return renderDevice(report, at(address), PIPE)
}

function withDriver({ functions }: HostSpec, driver: string) {
  return functions.map((each) => (each.header === 'normal' ? { ...each, driver } : each))
}

describe('the first sentence', () => {
  it('says what a reset touches', async () => {
    const text = flowing(await inspect(GPU, '0000:65:00.0'))
    expect(text).toMatch(
      /^Refused before any reset: a VM that gets only 0000:65:00\.0 \([^)]*\) does not start\. /,
    )
    expect(text).toContain(
      'A hot reset of 0000:65:00.0 (NVIDIA GA102 [GeForce RTX 3090]) resets 2 functions in 1 IOMMU group, through the bus below 0000:00:01.0.',
    )
    expect(flowing(await inspect(TWO_GROUPS, '0000:01:00.0'))).toContain(
      'resets 2 functions in 2 IOMMU groups',
    )
    expect(flowing(await inspect(SWITCH, '0000:04:00.0'))).toContain('resets that function alone')
  })

  it('does not take groups that were not read for none', async () => {
    const denied = (raw: RawHost) => hide(raw, '0000:01:00.1', 'iommuGroup')
    const text = flowing(await inspect(TWO_GROUPS, '0000:01:00.0', { denied }))
    expect(text).toContain('resets 2 functions, whose IOMMU groups were not all read, through')
  })

  it('says why there is none', async () => {
    expect(flowing(await inspect(NO_IOMMU, '0000:00:03.0'))).toContain(
      'cannot be hot-reset: there is no bridge above that a reset could go through.',
    )
  })

  it('says that vfio-pci does not bind to bridges', async () => {
    const text = await inspect(SWITCH, '0000:02:00.0')
    expect(flowing(text)).toContain(
      'is a bridge (switch downstream port): vfio-pci does not bind to bridges',
    )
    expect(text).not.toContain('Who may hot-reset it')
  })
})

describe('whether it matters', () => {
  it('does not where the function has a strong reset of its own', async () => {
    expect(flowing(await inspect(TWO_GROUPS, '0000:01:00.0'))).toMatch(
      /^Refused, but harmless: a VM that gets only 0000:01:00\.0 \([^)]*\) cannot hot-reset it, and has no need to: a VM start uses its own reset \(flr\)\. /,
    )
  })

  it('does where there is a weak one, or none', async () => {
    expect(flowing(await inspect(GPU, '0000:65:00.0'))).toContain(
      'A refusal matters: the function has only a weak reset of its own (pm)',
    )
    expect(flowing(await inspect(GPU, '0000:65:00.1'))).toContain(
      'The function has no reset of its own, so only the hot reset clears its state.',
    )
  })

  it('is not judged where nothing is refused', async () => {
    const text = flowing(await inspect(TWO_GROUPS, '0000:01:00.0', { owning: ['0000:01:00.1'] }))
    expect(text).toMatch(
      /^Permitted: a VM that gets 0000:01:00\.0 \([^)]*\) and 1 other function can hot-reset it\. /,
    )
    expect(text).toContain(
      'The function also has a reset of its own (flr), which a VM start uses first.',
    )
  })

  it('is said to be unknown where the list of resets was not read', async () => {
    const report = await reportOf(GPU, { targets: ['0000:65:00.0'] })
    const [device] = report.devices
    if (device === undefined) throw new Error('no device')
    const ask = (functionResets: DeviceReport['functionResets']): string => {
      const denied = { unknown: 'denied' } as const
      const unread = { ...device, resetMethods: denied, ownReset: denied, functionResets }
      const hidden = { ...report, devices: [unread] }
      return flowing(renderDevice(hidden, at('0000:65:00.0'), PIPE))
    }
    expect(ask({ unknown: 'denied' })).toContain('is unknown: reset_method was not read.')
    expect(ask(['pm'])).toContain('is unknown: reset_method was not read.')
    expect(ask(['flr', 'pm'])).toContain(
      'does harm is unknown: by its registers the function also has a reset of its own (flr)',
    )
  })
})

describe('verdicts', () => {
  it('stand one a line, those of kernels first', async () => {
    const text = await inspect(TWO_GROUPS, '0000:01:00.0')
    expect(text).toMatch(/group-fds +✗ refused +EINVAL at hot-reset\n/)
    expect(text).toMatch(
      /iommufd .*\n {2}No kernel has these rules:\n {2}reset-group-claim +✓ permitted\n/,
    )
  })

  it('give a reason that all share once, under its rule', async () => {
    const text = await inspect(GPU, '0000:65:00.0')
    expect(text).toContain('Stands in the way of every policy:')
    expect(text.match(/Group 14 does not open/g)).toHaveLength(2)
    expect(text).toContain('Viability of the IOMMU group (DMA):')
    expect(text).toContain('Completeness of the dev_set:')
    expect(text).toContain('in the kernel: iommu_group_claim_dma_owner')
  })

  it('give the others with the policies that have them', async () => {
    expect(flowing(await inspect(TWO_GROUPS, '0000:01:00.0'))).toContain(
      'Stands in the way of group-fds, iommufd, reset-group-claim-strict and closure: Ownership:',
    )
  })

  it('list many facts of one kind under one sentence', async () => {
    const text = flowing(await inspect(sriovHost(8, '6.12.117'), '0000:40:00.0'))
    expect(text).toContain('PF and VF kept apart (8).')
    expect(text).toContain('0000:40:01.0, 0000:40:01.1, 0000:40:01.2')
  })

  it('name the file that would settle an open one', async () => {
    const disk: HostSpec = {
      dev: false,
      functions: [
        rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK, group: 0 }),
        endpoint('0000:01:00.0', { driver: 'nvme', group: 1 }),
      ],
    }
    const text = await inspect(disk, '0000:01:00.0', { policies: ['iommufd'] })
    expect(text).toMatch(/iommufd +\? cannot tell/)
    expect(text).toContain('dev/iommu is missing.')
  })

  it('write out the blockers that an overview folds', async () => {
    const report = await reportOf(GPU)
    expect(renderDevice(report, at('0000:65:00.0'), PIPE)).toContain(
      '0000:65:00.1 is bound to snd_hda_intel. The reset affects it',
    )
  })
})

describe('what to do', () => {
  it('gives exact commands, and what to open', async () => {
    const text = await inspect(GPU, '0000:65:00.0')
    expect(text).toContain(
      [
        '      modprobe vfio-pci',
        '      echo vfio-pci > /sys/bus/pci/devices/0000:65:00.1/driver_override',
        '      echo 0000:65:00.1 > /sys/bus/pci/devices/0000:65:00.1/driver/unbind',
        '      echo 0000:65:00.1 > /sys/bus/pci/drivers_probe',
        '    or for good:',
        '      driverctl set-override 0000:65:00.1 vfio-pci',
      ].join('\n'),
    )
    expect(text).toContain('With group-fds: one process opens /dev/vfio/14 and passes it to')
  })

  it('does not bind what is bound, and names every group file', async () => {
    const text = await inspect(TWO_GROUPS, '0000:01:00.0')
    expect(text).not.toContain('modprobe')
    expect(flowing(text)).toContain('opens /dev/vfio/10 and /dev/vfio/11 and passes both to')
    expect(flowing(text)).toContain('binds 0000:01:00.0 and 0000:01:00.1 to one iommufd')
  })

  it('gives no command for a function that the host needs', async () => {
    const report = await reportOf(GPU, { targets: ['0000:65:00.0'] })
    const warned: InspectReport = {
      ...report,
      warnings: [
        { kind: 'root-filesystem', address: at('0000:65:00.1'), detail: '/ on nvme0n1p2' },
      ],
    }
    const text = renderDevice(warned, at('0000:65:00.0'), PIPE)
    expect(text).not.toContain('driver_override')
    expect(text).not.toContain('driverctl')
    expect(flowing(text)).toContain('Stop: 0000:65:00.1 carries the root file system')
    expect(text).toMatch(/^! 0000:65:00\.1 carries the root file system/m)
    expect(text).toMatch(/0000:65:00\.1 .*host: root file system/)
  })

  it('says that nothing helps where a bridge is inside', async () => {
    const text = await inspect(SWITCH, '0000:01:00.1')
    expect(text).toContain('Binding or owning more functions does not make this permitted.')
    expect(text).not.toContain('driver_override')
  })

  it('sends a VF to FLR, and offers to switch VFs off for the PF', async () => {
    const old = { ...sriovHost(2, '6.8.12'), files: NOTHING_IN_USE }
    const vf = await inspect(old, '0000:40:01.0')
    expect(flowing(vf)).toContain('This is a VF of 0000:40:00.0. FLR is its reset')
    expect(vf).not.toContain('driver_override')
    const pf = await inspect(old, '0000:40:00.0')
    expect(pf).toContain('echo 0 > /sys/bus/pci/devices/0000:40:00.0/sriov_numvfs')
    expect(pf).not.toContain('0000:40:01.0/driver_override')
    const split = await inspect(
      { ...sriovHost(2, '6.12.117'), files: NOTHING_IN_USE },
      '0000:40:00.0',
    )
    expect(split).toContain('echo 0 > /sys/bus/pci/devices/0000:40:00.0/sriov_numvfs')
  })

  it('gives no command for what the host may need, since the lists that tell were not read', async () => {
    const text = flowing(await inspect(WIDE_GROUP, '0000:01:00.0'))
    expect(text).toContain('No command is given for 0000:02:00.0')
    expect(text).toContain('proc/self/mountinfo and proc/swaps were not read')
    expect(text).not.toContain('0000:02:00.0/driver/unbind')
    // A screen is on neither list.
    const gpu = await inspect({ ...GPU, functions: withDriver(GPU, 'nvidia') }, '0000:65:00.0')
    expect(gpu).toContain('0000:65:00.0/driver_override')
  })

  it('names the process that must let go', async () => {
    const holder = { pid: 4242, command: 'qemu-system-x86', fd: 33, target: '/dev/vfio/10' }
    const text = await inspect({ ...TWO_GROUPS, holders: [holder] }, '0000:01:00.0')
    expect(text).toContain('End qemu-system-x86 (pid 4242), which holds 0000:01:00.0')
  })

  it('loops over many functions', async () => {
    const report = await reportOf(sriovHost(2, '6.8.12'), { targets: ['0000:40:00.0'] })
    const [device] = report.devices
    if (device === undefined) throw new Error('no device')
    const bind = ['0', '1', '2', '3', '4'].map((number) => at(`0000:50:00.${number}`))
    const verdicts = device.hotReset.verdicts.map((verdict) => ({
      ...verdict,
      requires: { bind, release: [], groups: [], devices: [] },
    }))
    const text = renderDevice(
      { ...report, devices: [{ ...device, hotReset: { ...device.hotReset, verdicts } }] },
      at('0000:40:00.0'),
      PIPE,
    )
    expect(text).toContain(
      '      for f in 0000:50:00.0 0000:50:00.1 0000:50:00.2 0000:50:00.3 0000:50:00.4; do',
    )
  })
})

describe('what the reset affects', () => {
  it('lists driver, group and holder, and what is wrong', async () => {
    const holder = { pid: 7, command: 'dpdk', fd: 3, target: '/dev/vfio/11' }
    const text = await inspect({ ...TWO_GROUPS, holders: [holder] }, '0000:01:00.0')
    expect(text).toMatch(/0000:01:00\.0 .*vfio-pci +10 +asked about/)
    expect(text).toMatch(/0000:01:00\.1 .*vfio-pci +11 +dpdk 7/)
    expect(await inspect(GPU, '0000:65:00.0')).toMatch(
      /0000:65:00\.1 .*snd_hda_intel +14 +bound to another/,
    )
  })

  it('lists apart what the kernel does not', async () => {
    const text = await inspect(VIRTUAL_BUS, '0000:40:00.0')
    expect(flowing(text)).toContain('; 2 more are reset that the kernel does not list.')
    expect(text).toContain('Reset too, though the kernel neither lists nor checks these')
    expect(text).toMatch(/^ {2}0000:41:00\.1 /m)
    expect(flowing(text)).toContain('destroys VFs that the kernel does not list')
  })
})

describe('the ways in', () => {
  it('are the group files of another name in unsafe no-IOMMU mode', async () => {
    const text = flowing(await inspect(UNSAFE, '0000:01:00.0'))
    expect(text).toContain('opens /dev/vfio/noiommu-0 and /dev/vfio/noiommu-1 and passes both')
    expect(text).not.toContain('With iommufd')
    expect(text).toContain('Unsafe no-IOMMU mode is on')
    expect(text).toContain('resets 2 functions in 2 no-IOMMU groups')
    expect(text).toContain('Isolation: none, unsafe no-IOMMU mode limits no DMA')
  })

  it('differ from policy to policy', async () => {
    const policies = ['device-fds', 'reset-group-claim'] as const
    const text = flowing(await inspect(TWO_GROUPS, '0000:01:00.0', { policies }))
    expect(text).toContain('With device-fds: one process binds 0000:01:00.0 to one iommufd')
    expect(text).toContain('passes their files')
    expect(text).toContain('last and with the claim')
  })
})

describe('a group that is too wide', () => {
  it('must be left by members that the reset does not affect, for which no driver is enough', async () => {
    const text = await inspect({ ...WIDE_GROUP, files: NOTHING_IN_USE }, '0000:01:00.0')
    expect(flowing(text)).toContain('Unbind 0000:02:00.0: it shares group 1.')
    expect(text).toContain(
      '      echo 0000:02:00.0 > /sys/bus/pci/devices/0000:02:00.0/driver/unbind',
    )
    expect(text).not.toContain('driver_override')
    expect(flowing(text)).toContain('same IOMMU group, though not reset together: 0000:02:00.0')
  })

  it('is explained port by port', async () => {
    const text = flowing(await inspect(WIDE_GROUP, '0000:01:00.0'))
    expect(text).toContain('0000:00:01.0 has no ACS capability')
    expect(text).toContain('IOMMU group 1 holds 3 other members')
    expect(text).toContain('It cannot be opened now (not viable)')
  })
})

describe('isolation', () => {
  it('goes hop by hop and says what is missing', async () => {
    const text = await inspect(SWITCH, '0000:03:00.0')
    expect(text).toMatch(/0000:03:00\.0 .*\n {2}0000:02:00\.0 +switch downstream port/)
    expect(text).toContain('ACS SV UF missing RR CR')
    expect(flowing(text)).toContain(
      'could enforce RR (request redirect) and CR (completion redirect)',
    )
    expect(text).toMatch(/0000:00:01\.0 +root port +0 +ACS SV RR CR UF/)
  })

  it('warns of a neighbour that the kernel keeps apart and the hardware does not', async () => {
    const text = flowing(await inspect(SWITCH, '0000:04:00.0'))
    expect(text).toContain('alone to the IOMMU, but others can reach it without passing the IOMMU')
    expect(text).toContain('The switch port 0000:02:00.0 lets requests pass sideways')
  })

  it('says why the group is as wide as it is', async () => {
    const text = flowing(await inspect(GPU, '0000:65:00.0'))
    expect(text).toContain('IOMMU group 14 holds 1 other member: 0000:65:00.1 (snd_hda_intel).')
    expect(text).toContain('are functions of one device, and none of them is isolated')
    expect(text.match(/are functions of one device/g)).toHaveLength(1)
  })
})

describe('coupling', () => {
  it('names who must go with it, and by what', async () => {
    expect(flowing(await inspect(GPU, '0000:65:00.0'))).toContain(
      'same IOMMU group, and reset together: 0000:65:00.1',
    )
    expect(flowing(await inspect(TWO_GROUPS, '0000:01:00.0'))).toContain(
      'not the same IOMMU group, but reset together: 0000:01:00.1',
    )
  })

  it('says so when there is nobody, and why a shared reset does not count', async () => {
    const text = flowing(await inspect(sriovHost(2, '6.12.117'), '0000:40:00.0'))
    expect(text).toContain('Yes: it shares neither an IOMMU group nor a possible hot reset')
    expect(text).toContain('this kernel keeps PF and VFs in dev_sets of their own')
  })
})

describe('caveats', () => {
  it('name the kernel whose rules answered', async () => {
    expect(flowing(await inspect(GPU, '0000:65:00.0'))).toContain(
      'The answers follow the rules of Linux 6.12.117, the release of the host.',
    )
    expect(flowing(await inspect({ ...GPU, kernel: null }, '0000:65:00.0'))).toContain(
      "the newest release known here, because the host's own was not recorded",
    )
  })

  it('leave out what concerns other functions', async () => {
    const report = await reportOf(GPU, { targets: ['0000:65:00.0'] })
    const gap = (path: string) => ({ path, why: 'truncated', detail: '64 of 4096 bytes' }) as const
    const text = flowing(
      renderDevice(
        {
          ...report,
          gaps: [
            gap('sys/devices/pci0000:00/0000:00:01.0/0000:65:00.0/config'),
            gap('sys/devices/pci0000:00/0000:00:02.0/0000:66:00.0/config'),
          ],
        },
        at('0000:65:00.0'),
        PIPE,
      ),
    )
    expect(text).toContain('0000:65:00.0/config (64 of 4096 bytes). Run it again as root')
    expect(text).not.toContain('0000:66:00.0')
  })
})

describe('a kernel that was asked for', () => {
  it('is named as such', async () => {
    const report = await reportOf(GPU, { targets: ['0000:65:00.0'] })
    const asked: InspectReport = {
      ...report,
      source: { ...report.source, kernelRelease: '5.10.200', kernelReleaseFrom: 'option' },
    }
    expect(flowing(renderDevice(asked, at('0000:65:00.0'), PIPE))).toContain(
      'The answers follow the rules of Linux 5.10.200, as --kernel asks.',
    )
  })

  it('is said to lack a policy that came later', async () => {
    const text = await inspect({ ...GPU, kernel: '6.1.192' }, '0000:65:00.0')
    expect(text).toMatch(/iommufd .*this kernel does not have it/)
    expect(text).not.toContain('With iommufd')
  })
})

describe('the page as a whole', () => {
  it.each([60, 80, 140])('fits %i columns, but for commands', async (width) => {
    for (const [spec, address] of [
      [GPU, '0000:65:00.0'],
      [TWO_GROUPS, '0000:01:00.0'],
      [SWITCH, '0000:01:00.1'],
      [sriovHost(64, '6.8.12'), '0000:40:00.0'],
    ] as const) {
      const report = await reportOf(spec, { ids: IDS, targets: [address] })
      for (const line of renderDevice(report, at(address), terminal(width)).split('\n')) {
        expect(line).toBe(line.trimEnd())
        if (/^ {6}(echo|modprobe|driverctl)/.test(line)) continue
        expect(displayWidth(line)).toBeLessThanOrEqual(width)
      }
    }
  })

  it('sends nothing to the terminal that a driver name smuggles in', async () => {
    const report = await reportOf(GPU, { targets: ['0000:65:00.0'] })
    const evil = JSON.parse(
      JSON.stringify(report).replaceAll('snd_hda_intel', 'evil\\u001b[2J\\u202e'),
    ) as InspectReport
    const text = renderDevice(evil, at('0000:65:00.0'), PIPE)
    expect(text).toContain('evil\\x1b[2J\\u{202e}')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose.
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/)
  })

  it('says the same in ASCII', async () => {
    const report = await reportOf(GPU, { ids: IDS, targets: ['0000:65:00.0'] })
    const text = renderDevice(report, at('0000:65:00.0'), { ...PIPE, unicode: false })
    expect(text).toMatch(/^\p{ASCII}*$/u)
    expect(text).toMatch(/group-fds +refused +EPERM at set-container/)
  })

  it('does not fail for a function that the report lacks', async () => {
    expect(renderDevice(await reportOf(GPU), at('0000:99:00.0'), PIPE)).toBe(
      'The report does not describe 0000:99:00.0.\n',
    )
  })
})
