import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import Verify from '../../src/commands/verify.js'
import { type FakeInfo, fakeKernel, refusal, writeInfo } from '../support/fake-kernel.js'
import { type FakeMachine, runLive } from '../support/run-live.js'
import { schemaErrors } from '../support/schema.js'
import { holdsGroup, t1, t3 } from '../support/topologies.js'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vfio-reset-verify-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Two functions in groups 10 and 11, on vfio-pci. */
const HOST = { functions: t3() }

const GROUP_STORY = `
drivers: {0000:01:00.0: vfio-pci, 0000:01:00.1: vfio-pci}
steps:
  - {actor: a, do: open-container, as: c0}
  - {actor: a, do: open-group, device: 0000:01:00.0, container: c0}
  - {actor: a, do: open-group, device: 0000:01:00.1}
  - {actor: a, do: open-device, device: 0000:01:00.0}
  - {actor: a, do: reset-info, device: 0000:01:00.0}
  - {actor: a, do: hot-reset, device: 0000:01:00.0, groups: [0000:01:00.0, 0000:01:00.1]}
`

const GROUP_INFO: FakeInfo = [
  ['0000:01:00.1', 11],
  ['0000:01:00.0', 10],
]

const CALLS_OF_GROUP_STORY = [
  'open /dev/vfio/vfio',
  'open /dev/vfio/10',
  'SET_CONTAINER /dev/vfio/10',
  'SET_IOMMU /dev/vfio/vfio',
  'open /dev/vfio/11',
  'GET_DEVICE_FD /dev/vfio/10',
  'INFO 0000:01:00.0',
  'INFO 0000:01:00.0',
  'HOT_RESET 0000:01:00.0',
  'close 0000:01:00.0',
  'close /dev/vfio/11',
  'close /dev/vfio/10',
  'close /dev/vfio/vfio',
]

function kernelWith(info: FakeInfo, answers: Readonly<Record<string, string>> = {}) {
  return fakeKernel({
    script: (call) => {
      const errno = answers[call.name]
      if (errno !== undefined) return refusal(errno)
      return call.name === 'INFO' ? writeInfo(call, 0, info) : undefined
    },
  })
}

async function verify(story: string, machine: FakeMachine, ...flags: readonly string[]) {
  const file = join(folder, 'story.yaml')
  writeFileSync(file, story)
  const run = await runLive(Verify, [file, ...flags], machine)
  return { ...run, stderr: run.stderr.replaceAll(file, 'story.yaml') }
}

async function verifyJson(story: string, machine: FakeMachine) {
  const run = await verify(story, machine, '--json', '--yes')
  const report = JSON.parse(run.stdout)
  expect(schemaErrors(report.kind, report)).toEqual([])
  return { ...run, report }
}

describe('a kernel that does as predicted', () => {
  it('answers every step, closes everything once, devices first, and exits 0', async () => {
    const kernel = kernelWith(GROUP_INFO)
    const { report, exitCode } = await verifyJson(GROUP_STORY, { host: HOST, kernel })
    expect(kernel.log).toEqual(CALLS_OF_GROUP_STORY)
    expect(kernel.open()).toEqual([])
    expect(report).toMatchObject({
      kind: 'verify',
      policy: 'kernel',
      kernelRelease: '6.12.117',
      agreement: { agreed: 6, total: 6 },
    })
    expect(report.steps[4]).toMatchObject({
      outcome: 'ok',
      agrees: true,
      actual: {
        outcome: 'ok',
        errno: null,
        info: {
          flags: [],
          devices: [
            { address: '0000:01:00.0', group: 10, devid: null },
            { address: '0000:01:00.1', group: 11, devid: null },
          ],
        },
      },
    })
    expect(exitCode).toBe(0)
  })

  it('takes an announced errno of the moment for agreement', async () => {
    const kernel = kernelWith(GROUP_INFO, { HOT_RESET: 'ENOTTY' })
    const { report, exitCode } = await verifyJson(GROUP_STORY, { host: HOST, kernel })
    expect(report.steps[5]).toMatchObject({ actual: { errno: 'ENOTTY' }, agrees: true })
    expect(exitCode).toBe(0)
  })

  it.each([
    ['a process came', { ...HOST, holders: [holdsGroup(11)] }, 3],
    ['a function went to another driver', { functions: t3({}, { driver: 'nouveau' }) }, 2],
  ])('touches nothing when, while the person thought, %s', async (_, meanwhile, exitCode) => {
    const kernel = kernelWith(GROUP_INFO)
    const run = await verify(GROUP_STORY, { host: HOST, meanwhile, kernel, answer: 'verify' })
    expect(kernel.log).toEqual([])
    expect(run.exitCode).toBe(exitCode)
  })

  it('asks anew when what it rests on changed meanwhile, and opens the files that are there then', async () => {
    const kernel = kernelWith([
      ['0000:01:00.1', 21],
      ['0000:01:00.0', 20],
    ])
    const meanwhile = { functions: t3({ group: 20 }, { group: 21 }) }
    const run = await verify(GROUP_STORY, { host: HOST, meanwhile, kernel, answer: 'verify' })
    expect(run.stderr).toContain('0000:01:00.0 is not as it was')
    expect(run.stderr.match(/Opening a function resets/g)).toHaveLength(2)
    expect(kernel.log).toContain('open /dev/vfio/20')
    expect(kernel.log).not.toContain('open /dev/vfio/10')
    expect(run.exitCode).toBe(0)
  })

  it('says it to people in one line', async () => {
    const machine = { host: HOST, kernel: kernelWith(GROUP_INFO), answer: 'verify' }
    const { stdout, stderr } = await verify(GROUP_STORY, machine)
    expect(stdout).toMatch(/^6 steps: all answered as predicted\.\n/)
    expect(stderr).toMatch(
      /^This opens 0000:01:00\.0 and 0000:01:00\.1 .* Opening a function resets/,
    )
  })
})

describe('a kernel that contradicts', () => {
  it('exits 4, names the step, and closes everything all the same', async () => {
    const kernel = kernelWith(GROUP_INFO, { HOT_RESET: 'EINVAL' })
    const machine = { host: HOST, kernel, answer: 'verify' }
    const { stdout, exitCode } = await verify(GROUP_STORY, machine)
    expect(kernel.log).toEqual(CALLS_OF_GROUP_STORY)
    expect(exitCode).toBe(4)
    expect(stdout).toMatch(/hot-resets 0000:01:00\.0.* ok +EINVAL +(?:no|✗)\n/)
    expect(stdout).toContain('5 answered as predicted, 1 contradicted')
  })

  it('sees another list of INFO', async () => {
    const kernel = kernelWith([['0000:01:00.0', 10]])
    const { report, exitCode } = await verifyJson(GROUP_STORY, { host: HOST, kernel })
    expect(report.agreement).toEqual({ agreed: 5, total: 6 })
    expect(report.steps[4].agrees).toBe(false)
    expect(exitCode).toBe(4)
  })

  it('puts no step to a file that was refused', async () => {
    const kernel = fakeKernel({ refused: { '/dev/vfio/10': 'EBUSY' } })
    const { report } = await verifyJson(GROUP_STORY, { host: HOST, kernel })
    expect(report.steps[3].actual).toEqual({ outcome: 'refused', errno: null, skipped: 'not-open' })
    expect(report.steps[5].actual).toEqual({ outcome: 'refused', errno: null, skipped: 'not-open' })
    expect(kernel.open()).toEqual([])
  })
})

describe('nothing is touched', () => {
  const untouched = async (story: string, machine: FakeMachine, ...flags: readonly string[]) => {
    const kernel = fakeKernel()
    const run = await verify(story, { ...machine, kernel }, ...flags)
    expect(kernel.log).toEqual([])
    expect(run.stdout).toBe('')
    return run
  }

  it.each<[string, Partial<FakeMachine>, number, string]>([
    [
      'without root',
      { isRoot: false },
      3,
      "Only root may open VFIO's files.\n  sudo vfio-reset verify story.yaml",
    ],
    [
      'without vfio modules',
      { lacking: ['sys/bus/pci/drivers/vfio-pci', 'sys/module/vfio_pci_core'] },
      3,
      'vfio-pci is not loaded.\n  modprobe vfio-pci',
    ],
    [
      'without /dev/vfio',
      { lacking: ['dev/vfio'] },
      3,
      'There is no /dev/vfio, though vfio-pci is loaded.\n  modprobe vfio; ',
    ],
  ])('%s', async (_, machine, exitCode, message) => {
    const run = await untouched(GROUP_STORY, { host: HOST, ...machine }, '--yes')
    expect(run.stderr).toContain(`vfio-reset: ${message}`)
    expect(run.exitCode).toBe(exitCode)
  })

  it('while a function has another driver than the scenario wants', async () => {
    const host = { functions: t3({}, { driver: 'e1000e' }) }
    const run = await untouched(GROUP_STORY, { host }, '--yes')
    expect(run.stderr).toBe(
      'vfio-reset: The scenario story.yaml, line 2: 0000:01:00.1 should be bound to vfio-pci, but it is bound to e1000e.\n  driverctl --nosave set-override 0000:01:00.1 vfio-pci\n',
    )
    expect(run.exitCode).toBe(2)
  })

  it('while a function should have no driver and has one', async () => {
    const story = 'drivers: {0000:01:00.0: null}\nsteps: []\n'
    const run = await untouched(story, { host: { functions: t1() } }, '--yes')
    expect(run.stderr).toContain(
      '0000:01:00.0 should have no driver, but it is bound to vfio-pci.\n  echo 0000:01:00.0 > /sys/bus/pci/devices/0000:01:00.0/driver/unbind\n',
    )
    expect(run.exitCode).toBe(2)
  })

  it('while unsafe no-IOMMU mode is not what the scenario wants', async () => {
    const run = await untouched('noiommu: true\nsteps: []\n', { host: HOST }, '--yes')
    expect(run.stderr).toContain(
      'unsafe no-IOMMU mode should be on.\n  echo Y > /sys/module/vfio/parameters/enable_unsafe_noiommu_mode\n',
    )
    expect(run.exitCode).toBe(2)
  })

  it.each([
    [
      'drivers: {0000:09:00.0: null}\nsteps: []\n',
      'line 1: the host has no function 0000:09:00.0.',
    ],
    ['policy: closure\nsteps: []\n', 'asks for the policy closure, which no kernel has.'],
    ['steps:\n  - {actor: a, do: reset}\n', 'line 2: unknown verb "reset"'],
    [
      'steps:\n  - {actor: a, intent: reset, device: 0000:01:00.0}\n',
      'line 2: "intent: reset" stands for other calls under each policy',
    ],
  ])('for %j', async (story, message) => {
    const run = await untouched(story, { host: HOST }, '--yes')
    expect(run.stderr).toContain(message)
    expect(run.exitCode).toBe(2)
  })

  it('while another process has a member open, whatever was answered', async () => {
    const host = { ...HOST, holders: [holdsGroup(11)] }
    const run = await untouched(GROUP_STORY, { host }, '--yes')
    expect(run.stderr).toBe(
      'vfio-reset: Refused, nothing was done: qemu-system-x86 (pid 4242) has 0000:01:00.1 in use: it holds /dev/vfio/11.\n  Stop that process first (kill 4242).\n',
    )
    expect(run.exitCode).toBe(3)
  })

  it('unless somebody says so', async () => {
    const silent = await untouched(GROUP_STORY, { host: HOST })
    expect(silent.stderr).toContain(
      'and there is no terminal to ask at.\n  --yes answers for a script.\n',
    )
    const wrong = await untouched(GROUP_STORY, { host: HOST, answer: 'y' })
    expect(wrong.stderr).toContain('Nothing was done: the answer was not "verify".\n')
    expect([silent.exitCode, wrong.exitCode]).toEqual([2, 2])
  })
})

it('stops at Ctrl-C after the call that runs, and leaves nothing open', async () => {
  const kernel = fakeKernel({
    script: ({ name }) => {
      if (name === 'SET_CONTAINER') process.emit('SIGINT')
      return undefined
    },
  })
  const run = await verify(GROUP_STORY, { host: HOST, kernel }, '--yes')
  expect(kernel.log.filter((line) => !line.startsWith('close'))).toEqual(
    CALLS_OF_GROUP_STORY.slice(0, 4),
  )
  expect(kernel.open()).toEqual([])
  expect(run.stderr).toContain('vfio-reset: stopping after the call that is in the kernel now.\n')
  expect(run.stderr).toContain('Interrupted after 2 of 6 steps; every file is closed again.\n')
  expect(run.exitCode).toBe(3)
})

it('gives up a call that does not return, and says that the process cannot end by itself', async () => {
  const kernel = fakeKernel({
    script: ({ name }) => (name === 'SET_IOMMU' ? new Promise(() => undefined) : undefined),
  })
  const machine = { host: HOST, kernel, callDeadlineMs: 20 }
  const { report, stuck } = await verifyJson(GROUP_STORY, machine)
  expect(report.steps[1].actual).toEqual({ outcome: 'refused', errno: 'ETIMEDOUT' })
  expect(kernel.open()).toEqual([])
  expect(stuck).toBe(true)
})
