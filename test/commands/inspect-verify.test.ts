import { describe, expect, it } from 'vitest'
import Inspect from '../../src/commands/inspect.js'
import { type FakeInfo, fakeKernel, refusal, writeInfo } from '../support/fake-kernel.js'
import type { HostSpec } from '../support/host-spec.js'
import { type FakeMachine, runLive } from '../support/run-live.js'
import { holdsGroup, t3 } from '../support/topologies.js'

const D = '0000:01:00.0'
const BOTH = [D, '0000:01:00.1']
const HOST: HostSpec = { functions: t3() }
const WITHOUT_CDEV: HostSpec = { ...HOST, cdev: false }

/** INFO of D bound alone: its sibling, in another group, is not the caller's. */
const BY_ID: FakeInfo = [
  [D, 1],
  ['0000:01:00.1', -1],
]

const BY_GROUP: FakeInfo = [
  [D, 10],
  ['0000:01:00.1', 11],
]

function kernelOf(flags: number, info: FakeInfo) {
  return fakeKernel({
    script: (call) => (call.name === 'INFO' ? writeInfo(call, flags, info) : undefined),
  })
}

async function verify(machine: FakeMachine, ...flags: readonly string[]) {
  const run = await runLive(Inspect, [D, '--verify', '-n', ...flags], machine)
  return { ...run, verified: flags.includes('--json') ? JSON.parse(run.stdout).verified : null }
}

describe('inspect DEVICE --verify', () => {
  it('opens nothing but the function, by its device file, and closes it', async () => {
    const kernel = kernelOf(1, BY_ID)
    const run = await verify({ host: HOST, kernel }, '--yes', '--json')
    expect(kernel.log).toEqual([
      'open /dev/iommu',
      'open /dev/vfio/devices/vfio0',
      'BIND /dev/vfio/devices/vfio0',
      'INFO /dev/vfio/devices/vfio0',
      'INFO /dev/vfio/devices/vfio0',
      'close /dev/vfio/devices/vfio0',
      'close /dev/iommu',
    ])
    expect(run.verified).toEqual({
      device: D,
      via: 'cdev',
      at: 'reset-info',
      errno: null,
      listed: BOTH,
      owned: false,
      agrees: true,
    })
    expect(run.exitCode).toBe(0)
  })

  it('goes through the group where there are no device files, and knows nothing of ownership', async () => {
    const kernel = kernelOf(0, BY_GROUP)
    const run = await verify({ host: WITHOUT_CDEV, kernel }, '--yes', '--json')
    expect(run.verified).toMatchObject({ via: 'group', listed: BOTH, owned: null, agrees: true })
    expect(kernel.log).not.toContain('open /dev/vfio/11')
    expect(kernel.open()).toEqual([])
  })

  it('says beforehand what opening does, and afterwards what the kernel said', async () => {
    const run = await verify({ host: HOST, kernel: kernelOf(1, BY_ID), answer: D })
    expect(run.stderr).toMatch(
      /^This opens 0000:01:00\.0: that wakes it, stops its DMA and resets it/,
    )
    expect(run.stdout).toMatch(
      /What the running kernel says\n +A hot reset affects 0000:01:00\.0 and/,
    )
    expect(run.stdout).toMatch(/\(no DEV_ID_OWNED\)\.\n +That is what was predicted\.\n$/)
  })

  it.each([
    ['another list', 1, [[D, 1]] as FakeInfo],
    [
      'another owner',
      3,
      [
        [D, 1],
        ['0000:01:00.1', 0],
      ] as FakeInfo,
    ],
  ])('exits 4 when the kernel says %s', async (_, flags, info) => {
    const run = await verify({ host: HOST, kernel: kernelOf(flags, info) }, '--yes')
    expect(run.stdout).toContain('That is not what was predicted: the kernel is right.')
    expect(run.exitCode).toBe(4)
  })

  it('exits 4 when opening is refused, and tells where', async () => {
    const kernel = fakeKernel({
      script: ({ name }) => (name === 'BIND' ? refusal('EPERM') : undefined),
    })
    const run = await verify({ host: HOST, kernel }, '--yes', '--json')
    expect(run.verified).toMatchObject({
      at: 'bind-cdev',
      errno: 'EPERM',
      listed: null,
      agrees: false,
    })
    expect(kernel.open()).toEqual([])
    expect(run.exitCode).toBe(4)
  })

  it.each<[string, FakeMachine, number]>([
    ['without root', { host: HOST, isRoot: false }, 3],
    ['while another process holds it', { host: { ...HOST, holders: [holdsGroup(10)] } }, 3],
    ['off vfio-pci', { host: { functions: t3({ driver: 'e1000e' }) } }, 3],
    ['after another answer than its address', { host: HOST, answer: 'yes' }, 2],
  ])('opens nothing %s', async (_, machine, exitCode) => {
    const kernel = kernelOf(1, BY_ID)
    const flags = machine.answer === undefined ? ['--yes'] : []
    const run = await verify({ ...machine, kernel }, ...flags)
    expect(kernel.log).toEqual([])
    expect(run.exitCode).toBe(exitCode)
  })

  it.each([
    ['a process came', { ...HOST, holders: [holdsGroup(10)] }],
    ['it went to another driver', { functions: t3({ driver: 'e1000e' }) }],
  ] as const)('opens nothing when, while the person thought, %s', async (_, meanwhile) => {
    const kernel = kernelOf(1, BY_ID)
    const run = await verify({ host: HOST, meanwhile, kernel, answer: D })
    expect(kernel.log).toEqual([])
    expect(run.exitCode).toBe(3)
  })

  it.each([
    ['its group', { functions: t3({ group: 20 }, {}) }],
    ['a sibling, which the last close may reset', { functions: t3({}, { driver: 'nouveau' }) }],
  ])(
    'asks anew when %s changed meanwhile, and answers of the host as it is',
    async (_, meanwhile) => {
      const kernel = kernelOf(1, BY_ID)
      const run = await verify({ host: HOST, meanwhile, kernel, answer: D }, '--json')
      expect(run.stderr).toContain('The host changed meanwhile: ')
      expect(run.stderr).toContain('Nothing was done yet.')
      expect(run.stderr.match(/This opens 0000:01:00\.0/g)).toHaveLength(2)
      expect(kernel.log.filter((call) => call.startsWith('BIND'))).toHaveLength(1)
      const { groups } = JSON.parse(run.stdout)
      expect(groups.map(({ id }: { readonly id: number }) => id)).toContain(
        meanwhile.functions.some(({ group }) => group === 20) ? 20 : 10,
      )
    },
  )

  it.each([
    [['--verify'], '--verify needs the DEVICE to ask the kernel about.'],
    [[D, '--verify', '--demo'], '--demo does not go with --verify.'],
    [[D, '--yes'], '--yes goes with --verify.'],
  ])('%j is wrong usage', async (argv, message) => {
    const run = await runLive(Inspect, argv, { host: HOST })
    expect(run.stderr).toContain(message)
    expect(run.exitCode).toBe(2)
  })
})
