import { describe, expect, it } from 'vitest'
import Reset from '../../src/commands/reset.js'
import {
  type FakeInfo,
  type FakeKernel,
  type FakeKernelOptions,
  fakeKernel,
  refusal,
  writeInfo,
} from '../support/fake-kernel.js'
import type { HostSpec } from '../support/host-spec.js'
import { type FakeMachine, runLive } from '../support/run-live.js'
import { schemaErrors } from '../support/schema.js'
import { holdsGroup, t2, t3, t4, t6, t9, t10 } from '../support/topologies.js'

/** Two functions in groups 10 and 11, on vfio-pci. */
const TWO_GROUPS: HostSpec = { functions: t3() }

const D = '0000:01:00.0'
const BOTH = [D, '0000:01:00.1']

// biome-ignore lint/suspicious/noControlCharactersInRegex: what acts on a terminal is looked for.
const ACTS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/

/** INFO of D as that host's kernel gives it, by group or by id. */
const BY_GROUP: FakeInfo = [
  [D, 10],
  ['0000:01:00.1', 11],
]
const BY_ID: FakeInfo = [
  [D, 1],
  ['0000:01:00.1', 2],
]

interface KernelSpec extends FakeKernelOptions {
  readonly info?: FakeInfo
  readonly flags?: number
  readonly errnos?: Readonly<Record<string, string>>
}

function kernelOf({ info = BY_GROUP, flags = 0, errnos = {}, ...options }: KernelSpec = {}) {
  return fakeKernel({
    script: (call) => {
      const errno = errnos[call.name]
      if (errno !== undefined) return refusal(errno)
      return call.name === 'INFO' ? writeInfo(call, flags, info) : undefined
    },
    ...options,
  })
}

async function reset(machine: FakeMachine, ...argv: readonly string[]) {
  return runLive(Reset, argv, machine)
}

async function resetJson(machine: FakeMachine, ...argv: readonly string[]) {
  const run = await reset(machine, ...argv, '--json')
  const report = JSON.parse(run.stdout)
  expect(schemaErrors(report.kind, report)).toEqual([])
  return { ...run, report }
}

const GROUP_CALLS = [
  'open /dev/vfio/vfio',
  'open /dev/vfio/10',
  'SET_CONTAINER /dev/vfio/10',
  'SET_IOMMU /dev/vfio/vfio',
  'open /dev/vfio/11',
  `GET_DEVICE_FD /dev/vfio/10`,
  `INFO ${D}`,
  `INFO ${D}`,
  `HOT_RESET ${D}`,
  `close ${D}`,
  'close /dev/vfio/11',
  'close /dev/vfio/10',
  'close /dev/vfio/vfio',
]

describe('a dry run', () => {
  it('touches nothing, and lists every call with its target and side effect', async () => {
    const kernel = kernelOf()
    const { report, exitCode } = await resetJson({ host: TWO_GROUPS, kernel }, '01:00.0')
    expect(kernel.log).toEqual([])
    expect(exitCode).toBe(0)
    expect(report).toMatchObject({
      kind: 'reset',
      device: D,
      via: 'group',
      scope: 'bus',
      prediction: { policy: 'group-fds', outcome: 'permitted' },
      affected: BOTH,
      unaccounted: [],
      dangers: [],
      executed: false,
      actual: null,
      agrees: null,
      after: null,
    })
    expect(
      report.plan.map(({ call, target }: Record<string, string>) => `${call} ${target}`),
    ).toEqual([
      'open /dev/vfio/vfio',
      'open /dev/vfio/10',
      'VFIO_GROUP_SET_CONTAINER /dev/vfio/10',
      'VFIO_SET_IOMMU /dev/vfio/vfio',
      'open /dev/vfio/11',
      `VFIO_GROUP_GET_DEVICE_FD ${D}`,
      `VFIO_DEVICE_GET_PCI_HOT_RESET_INFO ${D}`,
      `VFIO_DEVICE_PCI_HOT_RESET ${D}`,
      `close ${D}`,
      'close /dev/vfio/11',
      'close /dev/vfio/10',
      'close /dev/vfio/vfio',
    ])
    expect(report.plan[5].sideEffect).toMatch(
      /bus mastering switched off.*is reset by a function reset/,
    )
    expect(report.plan[7].sideEffect).toBe(
      `Resets ${BOTH.join(' and ')}. Their users get no notice.`,
    )
  })

  it('plans one device of each group, and the target first, through device files', async () => {
    const { report } = await resetJson({ host: TWO_GROUPS }, '01:00.0', '--via', 'cdev')
    expect(report.prediction).toMatchObject({ policy: 'iommufd', outcome: 'permitted' })
    expect(report.plan.map(({ target }: Record<string, string>) => target)).toEqual([
      '/dev/iommu',
      '/dev/vfio/devices/vfio0',
      D,
      '/dev/vfio/devices/vfio1',
      '0000:01:00.1',
      D,
      D,
      '0000:01:00.1',
      D,
      '/dev/iommu',
    ])
  })

  it('opens no more than the target where all share its group', async () => {
    const { report } = await resetJson({ host: { functions: t2() } }, '01:00.0', '--via', 'cdev')
    const opened = report.plan.filter(({ call }: Record<string, string>) => call === 'open')
    expect(opened).toHaveLength(2)
  })

  it('puts every group into the container where a bare file proves nothing', async () => {
    const host = { functions: t3(), kernel: '5.10.262' }
    const { report } = await resetJson({ host }, '01:00.0')
    const joined = report.plan.filter(
      ({ call }: Record<string, string>) => call === 'VFIO_GROUP_SET_CONTAINER',
    )
    expect(joined).toHaveLength(2)
    expect(report.prediction.outcome).toBe('permitted')
  })

  it('takes device files by itself where there are no group files', async () => {
    const machine = { host: TWO_GROUPS, lacking: ['dev/vfio/vfio', 'sys/class/vfio'] }
    const { report } = await resetJson(machine, '01:00.0')
    expect(report.via).toBe('cdev')
  })

  it('answers 1 and says what would have to be bound where a sibling stands in the way', async () => {
    const host = { functions: t3({}, { driver: 'e1000e' }) }
    const { stdout, exitCode } = await reset({ host }, '01:00.0')
    expect(exitCode).toBe(1)
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'The kernel should refuse a hot reset of 0000:01:00.0 with EINVAL at hot-reset.',
    )
    expect(stdout).toContain('      driverctl set-override 0000:01:00.1 vfio-pci\n')
  })

  it('begins by saying that it is one, and ends with the command that does it', async () => {
    const { stdout } = await reset({ host: TWO_GROUPS }, '01:00.0')
    expect(stdout).toMatch(/^DRY RUN: nothing was opened or reset\. /)
    expect(stdout).toMatch(/\nTo do it: vfio-reset reset 0000:01:00\.0 --execute\n$/)
  })

  it('answers as if the function were bound, and says what binds it', async () => {
    const host = { functions: t3({ driver: 'e1000e' }) }
    const { stdout } = await reset({ host }, '01:00.0')
    expect(stdout).toContain('Once 0000:01:00.0 is bound to vfio-pci, the kernel should')
    expect(stdout).toContain('driverctl set-override 0000:01:00.0 vfio-pci')
    const { report } = await resetJson({ host }, '01:00.0')
    expect(report.assumed).toEqual(['target-bound'])
  })

  it('is of a copy too, which nothing is done to', async () => {
    const { stdout } = await reset({ host: TWO_GROUPS }, '0d:00.0', '--demo')
    expect(stdout).toMatch(/^DRY RUN: /)
    expect(stdout).toMatch(
      /\nTo do it, on the host itself: vfio-reset reset 0000:0d:00\.0 --execute\n$/,
    )
    const refused = await reset({ host: TWO_GROUPS }, '0d:00.0', '--demo', '--execute', '--yes')
    expect(refused.stderr).toContain('--execute resets a function of the running host')
    expect(refused.exitCode).toBe(2)
  })

  it('answers 1 on a root bus', async () => {
    const { report, exitCode } = await resetJson({ host: { functions: t4() } }, '00:02.0')
    expect(report.prediction).toMatchObject({ outcome: 'refused', errno: 'ENODEV' })
    expect(exitCode).toBe(1)
  })

  it('answers 3 where the release leaves it open', async () => {
    const host = { functions: t9(), kernel: '6.12.0-124.8.1.el10_1.x86_64' }
    const { report, exitCode } = await resetJson({ host }, '01:00.0')
    expect(report.prediction.outcome).toBe('undetermined')
    expect(exitCode).toBe(3)
  })
})

describe('a reset', () => {
  const machine = (kernel: FakeKernel, more: Partial<FakeMachine> = {}): FakeMachine => ({
    host: TWO_GROUPS,
    kernel,
    ...more,
  })

  it('is asked for through the group, and everything is closed once, the device first', async () => {
    const kernel = kernelOf()
    const { report, exitCode } = await resetJson(machine(kernel), '01:00.0', '--execute', '--yes')
    expect(kernel.log).toEqual(GROUP_CALLS)
    expect(kernel.open()).toEqual([])
    expect(report).toMatchObject({
      executed: true,
      actual: { errno: null, at: 'hot-reset' },
      agrees: true,
      after: [
        { address: D, alive: true },
        { address: '0000:01:00.1', alive: true },
      ],
    })
    expect(report.actual.durationMs).toBeTypeOf('number')
    expect(exitCode).toBe(0)
  })

  it('is asked for through device files', async () => {
    const kernel = kernelOf({ info: BY_ID, flags: 3 })
    const argv = ['01:00.0', '--via', 'cdev', '--execute', '--yes']
    const { report, exitCode } = await resetJson(machine(kernel), ...argv)
    expect(kernel.log).toEqual([
      'open /dev/iommu',
      'open /dev/vfio/devices/vfio0',
      'BIND /dev/vfio/devices/vfio0',
      'open /dev/vfio/devices/vfio1',
      'BIND /dev/vfio/devices/vfio1',
      'INFO /dev/vfio/devices/vfio0',
      'INFO /dev/vfio/devices/vfio0',
      'HOT_RESET /dev/vfio/devices/vfio0',
      'close /dev/vfio/devices/vfio1',
      'close /dev/vfio/devices/vfio0',
      'close /dev/iommu',
    ])
    expect([report.agrees, exitCode]).toEqual([true, 0])
  })

  it('says first what it does, and afterwards how it went', async () => {
    const run = await reset(machine(kernelOf(), { answer: D }), '01:00.0', '--execute')
    expect(run.stderr).toMatch(
      /^The kernel should permit a hot reset of 0000:01:00\.0\.\nIt goes through the group interface\.\n/,
    )
    expect(run.stderr).toContain(`It resets ${BOTH.join(' and ')} (bus reset below 0000:00:01.0).`)
    expect(run.stdout).toMatch(/^0000:01:00\.0 was hot-reset in \d+ ms\.\n/)
    expect(run.stdout).toMatch(/0000:01:00\.1 +answers/)
  })

  it.each([
    ['a sibling went to another driver', { functions: t3({}, { driver: 'nouveau' }) }],
    ['a process came', { ...TWO_GROUPS, holders: [holdsGroup(11)] }],
  ] as const)('is not done when, while the person thought, %s', async (_, meanwhile) => {
    const kernel = kernelOf()
    const changed = machine(kernel, { answer: D, meanwhile })
    const run = await reset(changed, '01:00.0', '--execute')
    expect(kernel.log).toEqual([])
    expect(run.stderr).toContain('The host changed meanwhile: ')
    expect(run.stderr).toContain('Nothing was done yet.')
    expect(run.exitCode).toBe(1)
  })

  it('is asked for anew where what changed does not stand in the way', async () => {
    const info: FakeInfo = [
      [D, 20],
      ['0000:01:00.1', 21],
    ]
    const kernel = kernelOf({ info })
    const meanwhile = { functions: t3({ group: 20 }, { group: 21 }) }
    const changed = machine(kernel, { answer: D, meanwhile })
    const run = await reset(changed, '01:00.0', '--execute')
    expect(run.stderr.match(/hot reset of 0000:01:00\.0\.\n/g)).toHaveLength(2)
    expect(run.stderr).toContain('0000:01:00.0 is not as it was')
    expect(kernel.log).toContain('HOT_RESET 0000:01:00.0')
    expect(kernel.log).toContain('open /dev/vfio/20')
  })

  it('binds no device file that is another function by now', async () => {
    const deviceOf = (file: string) => (file.endsWith('vfio0') ? '0000:07:00.0' : '0000:01:00.1')
    const kernel = kernelOf({ info: BY_ID, flags: 3, deviceOf })
    const argv = ['01:00.0', '--via', 'cdev', '--execute', '--yes']
    const run = await reset(machine(kernel), ...argv)
    expect(kernel.log.filter((call) => /^(?:BIND|HOT_RESET)/.test(call))).toEqual([])
    expect(kernel.open()).toEqual([])
    expect(run.exitCode).toBe(4)
  })

  it('fails when a function does not come back', async () => {
    const later = { functions: t3({}, { config: 'ones' as const }) }
    const kernel = kernelOf()
    const run = await resetJson(machine(kernel, { later }), '01:00.0', '--execute', '--yes')
    expect(run.report.after[1]).toMatchObject({ address: '0000:01:00.1', alive: false })
    expect(run.exitCode).toBe(4)
  })

  it.each([
    ['EINVAL', false],
    ['ENOTTY', true],
    ['EAGAIN', true],
  ])('fails with %s, which may have been announced: %s', async (errno, agrees) => {
    const kernel = kernelOf({ errnos: { HOT_RESET: errno } })
    const run = await resetJson(machine(kernel), '01:00.0', '--execute', '--yes')
    expect(run.report).toMatchObject({ actual: { errno, at: 'hot-reset' }, agrees })
    expect(run.exitCode).toBe(4)
    expect(kernel.open()).toEqual([])
  })

  it.each([
    ['SET_CONTAINER', 'EPERM', 'open-group'],
    ['SET_IOMMU', 'ENODEV', 'open-group'],
    ['GET_DEVICE_FD', 'EAGAIN', 'open-device'],
  ])('is not asked for after %s was refused', async (name, errno, at) => {
    const kernel = kernelOf({ errnos: { [name]: errno } })
    const run = await resetJson(machine(kernel), '01:00.0', '--execute', '--yes')
    expect(kernel.log).not.toContain(`HOT_RESET ${D}`)
    expect(kernel.open()).toEqual([])
    expect(run.report.actual).toEqual({ errno, durationMs: 0, at })
    expect(run.exitCode).toBe(4)
  })

  it('is not asked for when the kernel lists other functions than were predicted', async () => {
    const kernel = kernelOf({ info: [...BY_GROUP, ['0000:01:00.2', 12]] })
    const run = await reset(machine(kernel), '01:00.0', '--execute', '--yes')
    expect(kernel.log).not.toContain(`HOT_RESET ${D}`)
    expect(kernel.open()).toEqual([])
    expect(run.stdout).toContain(
      'at reset-info the kernel lists other functions than were predicted',
    )
    expect(run.exitCode).toBe(4)
  })

  it('that does not return is given up, and nothing is looked at again', async () => {
    const script: FakeKernelOptions['script'] = (call) => {
      if (call.name === 'HOT_RESET') return new Promise(() => undefined)
      return call.name === 'INFO' ? writeInfo(call, 0, BY_GROUP) : undefined
    }
    const kernel = kernelOf({ script })
    const argv = ['01:00.0', '--execute', '--yes']
    const run = await reset(machine(kernel, { callDeadlineMs: 30 }), ...argv)
    expect(run.stdout).toMatch(/answered ETIMEDOUT after \d+ ms: no answer yet\. The call goes on/)
    expect(run.stdout).not.toContain('Afterwards')
    expect([run.stuck, run.exitCode]).toEqual([true, 4])
    expect(kernel.open()).toEqual([])
  })
})

describe('Ctrl-C', () => {
  const interruptedAt = (name: string) => {
    const script: FakeKernelOptions['script'] = (call) => {
      if (call.name === name) process.emit('SIGINT')
      return call.name === 'INFO' ? writeInfo(call, 0, BY_GROUP) : undefined
    }
    return kernelOf({ script })
  }

  it('before the reset: it is not asked for, and everything is closed', async () => {
    const kernel = interruptedAt('GET_DEVICE_FD')
    const machine = { host: TWO_GROUPS, kernel }
    const run = await reset(machine, '01:00.0', '--execute', '--yes')
    expect(kernel.log).not.toContain(`HOT_RESET ${D}`)
    expect(kernel.open()).toEqual([])
    expect(run.stderr).toContain('a call is in the kernel and cannot be cut short')
    expect(run.stderr).toContain('Interrupted before the reset: 0000:01:00.0 was not hot-reset')
    expect(run.exitCode).toBe(3)
  })

  it('during the reset: acknowledged at once, and its answer is told', async () => {
    const kernel = interruptedAt('HOT_RESET')
    const run = await reset({ host: TWO_GROUPS, kernel }, '01:00.0', '--execute', '--yes')
    expect(kernel.log).toEqual(GROUP_CALLS)
    expect(run.stderr).toContain('a call is in the kernel and cannot be cut short')
    expect(run.stdout).toContain('0000:01:00.0 was hot-reset in')
    expect(run.exitCode).toBe(0)
  })
})

describe('nothing is opened', () => {
  const untouched = async (machine: FakeMachine, ...argv: readonly string[]) => {
    const kernel = kernelOf()
    const run = await reset({ ...machine, kernel }, ...argv)
    expect(kernel.log).toEqual([])
    return run
  }

  it.each<[string, Partial<FakeMachine>, string]>([
    [
      'without root',
      { isRoot: false },
      "Only root may open VFIO's files.\n  sudo vfio-reset reset 01:00.0 --execute\n",
    ],
    [
      'without vfio modules',
      { lacking: ['sys/bus/pci/drivers/vfio-pci', 'sys/module/vfio_pci_core'] },
      'vfio-pci is not loaded.\n  modprobe vfio-pci\n',
    ],
    [
      'without /dev/vfio',
      { lacking: ['dev/vfio'] },
      'There is no /dev/vfio, though vfio-pci is loaded.\n',
    ],
  ])('%s', async (_, more, message) => {
    const machine = { host: TWO_GROUPS, ...more }
    const run = await untouched(machine, '01:00.0', '--execute', '--yes')
    expect(run.stderr).toContain(`vfio-reset: ${message}`)
    expect(run.stdout).toBe('')
    expect(run.exitCode).toBe(3)
  })

  it('on a function that is not bound, and the commands that bind it are told', async () => {
    const host = { functions: t3({ driver: 'e1000e' }) }
    const run = await untouched({ host }, '01:00.0', '--execute', '--yes')
    expect(run.stderr).toBe(
      `vfio-reset: ${D} is bound to e1000e: it must be bound to vfio-pci to be opened.\n` +
        `  modprobe vfio-pci && driverctl --nosave set-override ${D} vfio-pci; or without driverctl: modprobe vfio-pci` +
        ` && echo vfio-pci > /sys/bus/pci/devices/${D}/driver_override` +
        ` && echo ${D} > /sys/bus/pci/devices/${D}/driver/unbind && echo ${D} > /sys/bus/pci/drivers_probe\n`,
    )
    expect(run.exitCode).toBe(3)
  })

  it.each<[string, HostSpec, string, string, number]>([
    [
      'on a bridge',
      TWO_GROUPS,
      '00:01.0',
      `0000:00:01.0 is a bridge, and vfio-pci does not bind to bridges.\n  Ask for a function below it: vfio-reset reset ${D}\n`,
      2,
    ],
    [
      'on a VF',
      { functions: t9() },
      '01:00.1',
      '0000:01:00.1 is a VF: a hot reset of it would reset its PF 0000:01:00.0 and all other VFs.\n  Reset it by itself: echo 1 > /sys/bus/pci/devices/0000:01:00.1/reset\n',
      2,
    ],
    [
      'on several functions',
      TWO_GROUPS,
      '01:00',
      `DEVICE names 2 functions.\n  Name the one function to open; what is reset with it is worked out.\n    ${BOTH[0]}  `,
      2,
    ],
    ['on none', TWO_GROUPS, '09:00.0', 'No function on this host matches "09:00.0".\n', 2],
  ])('%s', async (_, host, device, message, exitCode) => {
    for (const flags of [[], ['--execute', '--yes', '--force']]) {
      const run = await untouched({ host }, device, ...flags)
      expect(run.stderr).toContain(`vfio-reset: ${message}`)
      expect(run.exitCode).toBe(exitCode)
    }
  })

  it('through device files that the kernel lacks', async () => {
    for (const host of [
      { ...TWO_GROUPS, kernel: '6.1.192' },
      { ...TWO_GROUPS, cdev: false },
    ]) {
      const run = await untouched({ host }, '01:00.0', '--via', 'cdev')
      expect(run.stderr).toMatch(/has no device files of vfio devices .*\n {2}Use --via group\.\n$/)
      expect(run.exitCode).toBe(3)
    }
  })

  it('unless the very address is typed', async () => {
    const wrong = await untouched({ host: TWO_GROUPS, answer: 'yes' }, '01:00.0', '--execute')
    expect(wrong.stderr).toContain(`Nothing was done: the answer was not "${D}".\n`)
    const silent = await untouched({ host: TWO_GROUPS }, '01:00.0', '--execute')
    expect(silent.stderr).toContain(
      'there is no terminal to ask at.\n  --yes answers for a script.\n',
    )
    expect([wrong.exitCode, silent.exitCode]).toEqual([2, 2])
  })

  it('while another process holds a member, whatever is forced', async () => {
    const host = { ...TWO_GROUPS, holders: [holdsGroup(11)] }
    const run = await untouched({ host }, '01:00.0', '--execute', '--yes', '--force')
    expect(run.stderr).toContain(
      'vfio-reset: refused: qemu-system-x86 (pid 4242) has 0000:01:00.1 in use: it holds /dev/vfio/11.\n',
    )
    expect(run.stderr).not.toContain('If you are sure')
    expect(run.exitCode).toBe(1)
  })

  it('and the name of that process, which it chose for itself, does not act on the terminal', async () => {
    const command = '\u001b]0;pwn\u0007\u001b[2J\u202eevil'
    const host = { ...TWO_GROUPS, holders: [{ ...holdsGroup(11), command }] }
    const run = await untouched({ host }, '01:00.0', '--execute', '--yes', '--force')
    expect(run.stderr).toContain(
      'vfio-reset: refused: \\x1b]0;pwn\\x07\\x1b[2J\\u{202e}evil (pid 4242) has',
    )
    expect(run.stderr + run.stdout).not.toMatch(ACTS)
  })

  it.each<[string, HostSpec, string, number]>([
    [
      'a refused prediction',
      { functions: t3({}, { driver: 'e1000e' }) },
      'The kernel is expected to refuse the reset.',
      1,
    ],
    [
      'an open question',
      { functions: t9(), kernel: '6.12.0-124.8.1.el10_1.x86_64' },
      'Whether the kernel permits the reset is unknown.',
      3,
    ],
    [
      'a function that seems to be open',
      { functions: t3({}, { enable: 1 }) },
      '0000:01:00.1 seems to be open: its enable count is 1',
      1,
    ],
    [
      'the console of the host',
      { functions: t3({}, { bootVga: true, class: 0x030000 }) },
      '0000:01:00.1 shows the console of the host',
      1,
    ],
  ])('after %s, which --yes does not silence and --force does', async (_, host, text, exitCode) => {
    const run = await untouched({ host }, '01:00.0', '--execute', '--yes')
    expect(run.stderr).toContain(`vfio-reset: refused: ${text}`)
    expect(run.stderr).toContain('If you are sure: vfio-reset reset 01:00.0 --execute --force\n')
    expect(run.exitCode).toBe(exitCode)

    const kernel = kernelOf()
    const forced = await reset({ host, kernel }, '01:00.0', '--execute', '--yes', '--force')
    expect(forced.stderr).toContain(`FORCED in spite of this: ${text}`)
    expect(kernel.log).toContain(`HOT_RESET ${D}`)
    expect(kernel.open()).toEqual([])
  })
})

it('answers 1 when it was forced and the kernel refuses as predicted', async () => {
  const host = { functions: t6() }
  const target = '0000:04:00.0'
  const info: FakeInfo = [
    [target, 12],
    ['0000:04:01.0', 12],
    ['0000:05:00.0', 12],
  ]
  const kernel = kernelOf({ info, errnos: { HOT_RESET: 'EINVAL' } })
  const argv = [target, '--execute', '--yes', '--force']
  const { report, exitCode } = await resetJson({ host, kernel }, ...argv)
  expect(report).toMatchObject({ actual: { errno: 'EINVAL' }, agrees: true })
  expect(exitCode).toBe(1)
})

it('opens fake groups by their own names, with the container of no-IOMMU mode', async () => {
  const modes: unknown[] = []
  const kernel = kernelOf({
    script: (call) => {
      if (call.name === 'SET_IOMMU') modes.push(call.argument)
      return call.name === 'INFO'
        ? writeInfo(call, 0, [
            [D, 0],
            ['0000:01:00.1', 1],
          ])
        : undefined
    },
  })
  const run = await resetJson({ host: t10(), kernel }, '01:00.0', '--execute', '--yes')
  const VFIO_NOIOMMU_IOMMU = 8
  expect(modes).toEqual([VFIO_NOIOMMU_IOMMU])
  expect(kernel.log.filter((line) => line.startsWith('open'))).toEqual([
    'open /dev/vfio/vfio',
    'open /dev/vfio/noiommu-0',
    'open /dev/vfio/noiommu-1',
  ])
  expect([run.report.agrees, run.exitCode]).toEqual([true, 0])
})
