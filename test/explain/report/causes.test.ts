import { describe, expect, it } from 'vitest'
import type { ExplainedMessage } from '../../../src/explain/report/document.js'
import type { HostSpec } from '../../support/host-spec.js'
import { GPU, WIDE_GROUP } from '../../support/hosts.js'
import { explained } from './explain-of.js'

async function one(spec: HostSpec | null, line: string): Promise<ExplainedMessage> {
  const { report } = await explained(spec, line)
  const [message] = report.messages
  if (message === undefined || report.messages.length > 1) throw new Error(`not one: ${line}`)
  return message
}

function holds({ causes }: ExplainedMessage) {
  return causes.map(({ kind, holds }) => [kind, holds])
}

it('a group that no container takes is most often one with reserved memory', async () => {
  const { causes, hint } = await one(
    null,
    'vfio 0000:01:00.0: failed to setup container for group 13: Failed to set group container: Invalid argument',
  )
  expect(causes.map(({ kind }) => kind)).toEqual(['reserved-region', 'already-set'])
  expect(hint).toContain('1:1 IOMMU mapping')
})

describe('ENOSPC', () => {
  const line = 'vfio: hot reset info failed: No space left on device'

  it.each([
    ['6.9.7-200.fc40.x86_64', null],
    ['6.8.12-4-pve', null],
    ['6.12.117', false],
  ])('of the second question may be a fault of %s: %s', async (kernel, fault) => {
    const spec = { ...GPU, kernel }
    const message = await one(spec, `0000:65:00.0 ${line}`)
    expect(message.id).toBe('info-never-fits')
    expect(holds(message)).toEqual([
      ['hotplug-race', null],
      ['regression-6-9', fault],
    ])
  })

  it('is normal where a trace shows the first', async () => {
    const message = await one(
      null,
      'ioctl(9, 0x3b70, 0x563c1e62c290) = -1 ENOSPC (No space left on device)',
    )
    expect(message).toMatchObject({ id: 'reset-info-errno', matters: false })
    expect(message.causes.map(({ kind }) => kind)).toEqual(['count-first'])
  })
})

describe('a probe that failed', () => {
  const line = (address: string, error: number) =>
    `vfio-pci ${address}: probe with driver vfio-pci failed with error ${error}`

  it('with EINVAL: a bridge, or without IOMMU group', async () => {
    expect(holds(await one(GPU, line('0000:00:01.0', -22)))).toEqual([
      ['denied-device', false],
      ['bridge', true],
      ['no-iommu-group', null],
    ])
    expect(holds(await one(GPU, line('0000:65:00.0', -22)))).toContainEqual(['bridge', false])
  })

  it('with EBUSY: VFs are on', async () => {
    const message = await one(WIDE_GROUP, line('0000:01:00.0', -16))
    expect(holds(message)).toEqual([['vfs-enabled', null]])
    expect(message.hint).toContain('sriov_numvfs')
  })
})

it('a mapping without memory has no cause of a hot reset', async () => {
  const call = 'ioctl(9, 0x3b71, 0x563c1e6476e0)        = -1'
  const message = await one(GPU, `${call} ENOMEM (Cannot allocate memory)`)
  expect(message).toMatchObject({ id: 'dma-map-failed', call: null, causes: [] })
  expect((await one(GPU, `${call} EINVAL (Invalid argument)`)).call).toBe('hot-reset')
})

describe('a device file that is missing', () => {
  const cdev = 'lstat /dev/vfio/devices/vfio0: no such file or directory'
  const bound = (driver: string): HostSpec => ({
    ...GPU,
    functions: GPU.functions.map((each) => ({ ...each, driver })),
  })

  it('of a kernel without device files', async () => {
    expect(holds(await one({ ...bound('vfio-pci'), cdev: false }, cdev))).toEqual([
      ['no-device-files', true],
      ['function-not-on-vfio', false],
    ])
  })

  it('of a function that is not bound now', async () => {
    const named = cdev.replace('vfio0', 'vfio99')
    expect(holds(await one(bound('vfio-pci'), named))).toEqual([
      ['no-device-files', false],
      ['function-not-on-vfio', true],
    ])
  })

  it.each([
    ['vfio-pci', '14', false],
    ['nvidia', '14', true],
    ['vfio-pci', '99', true],
  ])('of a group: members are bound to %s, group %s', async (driver, group, missing) => {
    const line = `stat /dev/vfio/${group}: no such file or directory`
    expect(holds(await one(bound(driver), line))).toEqual([['group-not-on-vfio', missing]])
  })

  it('without a host the message itself says what can be', async () => {
    expect(holds(await one(null, cdev))).toEqual([])
  })
})
