import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FakeCall, fakeKernel, refusal } from '../support/fake-kernel.js'
import type { HostSpec } from '../support/host-spec.js'
import type { StepText } from '../support/play.js'
import { perform } from '../support/play-real.js'
import { t2, t3 } from '../support/topologies.js'

const F0 = '0000:01:00.0'
const F1 = '0000:01:00.1'
const HOST: HostSpec = { functions: t3() }

const errnos = (answers: readonly { readonly errno: string | null; readonly skipped?: string }[]) =>
  answers.map(({ errno, skipped }) => (skipped === undefined ? (errno ?? 'ok') : '-'))

/** The numbers in an array of HOT_RESET. */
function passed({ argument }: FakeCall): readonly number[] {
  if (typeof argument === 'number') return []
  return [...new Int32Array(argument.slice().buffer)].slice(3)
}

describe('files', () => {
  it('is a closed number once it was closed, and nothing to call before it was opened', async () => {
    const kernel = fakeKernel()
    const answers = await perform(kernel, HOST, [
      { do: 'reset-info', device: F0 },
      { do: 'open-iommufd', as: 'i' },
      { do: 'bind-cdev', device: F0, iommufd: 'i' },
      { do: 'close-device', device: F0 },
      { do: 'reset-info', device: F0 },
      { do: 'close-device', device: F0 },
      { do: 'close-device', device: F1 },
    ])
    expect(errnos(answers)).toEqual(['-', 'ok', 'ok', 'ok', 'EBADF', 'EBADF', '-'])
  })

  it('of a group belong to all its functions', async () => {
    const kernel = fakeKernel()
    const answers = await perform(kernel, { functions: t2() }, [
      { do: 'open-container', as: 'c' },
      { do: 'open-group', device: F0, container: 'c' },
      { do: 'open-device', device: F1 },
      { do: 'close-group', device: F1 },
    ])
    expect(errnos(answers)).toEqual(['ok', 'ok', 'ok', 'ok'])
    expect(kernel.log.slice(-3)).toEqual([
      'close /dev/vfio/10',
      `close ${F1}`,
      'close /dev/vfio/vfio',
    ])
  })

  it('of one actor are not those of another', async () => {
    const answers = await perform(fakeKernel(), HOST, [
      { do: 'open-iommufd', as: 'i' },
      { do: 'bind-cdev', device: F0, iommufd: 'i' },
      { actor: 'b', do: 'device-reset', device: F0 },
    ])
    expect(errnos(answers)).toEqual(['ok', 'ok', '-'])
  })

  it('without a node: ENOENT', async () => {
    const [above, f0, f1] = t3()
    if (above === undefined || f0 === undefined || f1 === undefined) throw new Error('t3 has three')
    const { group: _, ...ungrouped } = f1
    const host = { functions: [above, f0, ungrouped], cdev: false }
    const answers = await perform(fakeKernel(), host, [
      { do: 'open-group', device: F1 },
      { do: 'open-iommufd', as: 'i' },
      { do: 'bind-cdev', device: F0, iommufd: 'i' },
    ])
    expect(errnos(answers)).toEqual(['ENOENT', 'ok', 'ENOENT'])
  })
})

describe('a container', () => {
  const twoGroups: readonly StepText[] = [
    { do: 'open-container', as: 'c' },
    { do: 'open-group', device: F0, container: 'c' },
    { do: 'open-group', device: F1, container: 'c' },
  ]

  it('that has an IOMMU says EINVAL to another, and that is fine', async () => {
    let chosen = 0
    const kernel = fakeKernel({
      script: ({ name }) => (name === 'SET_IOMMU' && chosen++ > 0 ? refusal('EINVAL') : undefined),
    })
    expect(errnos(await perform(kernel, HOST, twoGroups))).toEqual(['ok', 'ok', 'ok'])
  })

  it('that never got one does not', async () => {
    const kernel = fakeKernel({
      script: ({ name }) => (name === 'SET_IOMMU' ? refusal('EINVAL') : undefined),
    })
    expect(errnos(await perform(kernel, HOST, twoGroups))).toEqual(['ok', 'EINVAL', 'EINVAL'])
  })

  it('is asked again after its last group went, since it forgot', async () => {
    const kernel = fakeKernel()
    await perform(kernel, HOST, [
      ...twoGroups.slice(0, 2),
      { do: 'close-group', device: F0 },
      ...twoGroups.slice(1, 2),
    ])
    expect(kernel.log.filter((line) => line.startsWith('SET_IOMMU'))).toHaveLength(2)
  })

  it('may be an iommufd, which needs no IOMMU chosen', async () => {
    const kernel = fakeKernel()
    await perform(kernel, HOST, [
      { do: 'open-iommufd', as: 'i' },
      { do: 'open-group', device: F0, container: 'i' },
    ])
    expect(kernel.log).not.toContain('SET_IOMMU /dev/iommu')
  })

  it('passed to BIND is what the kernel gets to see', async () => {
    const seen: number[] = []
    const kernel = fakeKernel({
      script: ({ name, argument }) => {
        if (name === 'BIND' && typeof argument !== 'number') {
          seen.push(new Int32Array(argument.slice().buffer)[2] ?? 0)
        }
        return undefined
      },
    })
    await perform(kernel, HOST, [
      { do: 'open-container', as: 'c' },
      { do: 'bind-cdev', device: F0, iommufd: 'c' },
      { do: 'close-container', name: 'c' },
      { do: 'bind-cdev', device: F0, iommufd: 'c' },
      { do: 'bind-cdev', device: F0, iommufd: null },
    ])
    const CONTAINER = 20
    const CLOSED = 1_000_000
    expect(seen).toEqual([CONTAINER, CLOSED, -1])
  })
})

it('passes -1 for a context whose opening was refused', async () => {
  const seen: number[] = []
  const kernel = fakeKernel({
    refused: { '/dev/iommu': 'ENODEV' },
    script: ({ argument }) => {
      if (typeof argument !== 'number') seen.push(new Int32Array(argument.slice().buffer)[2] ?? 0)
      return undefined
    },
  })
  await perform(kernel, HOST, [
    { do: 'open-iommufd', as: 'i' },
    { do: 'bind-cdev', device: F0, iommufd: 'i' },
  ])
  expect(seen).toEqual([-1])
})

it('passes the files of a hot reset in the order of the fields, then closed numbers', async () => {
  const arrays: (readonly number[])[] = []
  const kernel = fakeKernel({
    script: (call) => {
      if (call.name === 'HOT_RESET') arrays.push(passed(call))
      return undefined
    },
  })
  await perform(kernel, HOST, [
    { do: 'open-container', as: 'c' },
    { do: 'open-group', device: F0, container: 'c' },
    { do: 'open-device', device: F0 },
    { do: 'open-iommufd', as: 'i' },
    {
      ...{ do: 'hot-reset', device: F0, groups: [F0, F0], deviceFds: [F0], iommufds: ['i'] },
      ...{ containers: ['c'], closedFds: 1 },
    },
    { do: 'hot-reset', device: F0, groups: [F0], count: 3 },
    { do: 'hot-reset', device: F0, count: 4_294_967_295 },
  ])
  expect(arrays[0]).toEqual([21, 21, 22, 23, 20, 1_000_000])
  expect(arrays[1]).toEqual([21, 1_000_000, 1_000_001])
  expect(arrays[2]).toHaveLength(65_536)
})

describe('whatever happens', () => {
  const devices = fc.constantFrom(F0, F1)
  const names = fc.constantFrom('x', 'y')
  const actor = fc.constantFrom('a', 'b')
  const step = fc.oneof(
    fc.record({ actor, do: fc.constantFrom('open-container', 'open-iommufd'), as: names }),
    fc.record({ actor, do: fc.constant('open-group'), device: devices, container: names }),
    fc.record({
      actor,
      do: fc.constantFrom('open-device', 'reset-info', 'hot-reset', 'close-device', 'close-group'),
      device: devices,
    }),
    fc.record({ actor, do: fc.constant('bind-cdev'), device: devices, iommufd: names }),
    fc.record({ actor, do: fc.constant('close-container'), name: names }),
  )
  const outcome = fc.constantFrom(undefined, undefined, refusal('EINVAL'), refusal('ETIMEDOUT'))

  it('every file is closed exactly once, devices before groups before contexts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 25 }),
        fc.infiniteStream(outcome),
        async (steps, outcomes) => {
          const kernel = fakeKernel({ script: () => outcomes.next().value })
          // Whatever is closed after this step is closed by the end of the performance.
          await perform(kernel, HOST, [...steps, { do: 'open-iommufd', as: 'last' }])
          expect(kernel.open()).toEqual([])
          const closed = kernel.log.slice(kernel.log.lastIndexOf('open /dev/iommu') + 1)
          expect(closed).toEqual(closed.toSorted((a, b) => rank(a) - rank(b)))
        },
      ),
      { numRuns: 60 },
    )
  })

  it('a library that breaks off leaves nothing open', async () => {
    const kernel = fakeKernel({ script: () => Promise.reject(new Error('broken')) })
    const run = perform(kernel, HOST, [
      { do: 'open-container', as: 'c' },
      { do: 'open-group', device: F0, container: 'c' },
    ])
    await expect(run).rejects.toThrow('broken')
    expect(kernel.open()).toEqual([])
  })
})

/** Devices, groups, contexts. */
function rank(line: string): number {
  if (line === 'close /dev/vfio/vfio' || line === 'close /dev/iommu') return 2
  return /^close \/dev\/vfio\/\d+$/.test(line) ? 1 : 0
}
