import { describe, expect, it } from 'vitest'
import type { ExplainedMessage } from '../../../src/explain/report/document.js'
import type { HostSpec } from '../../support/host-spec.js'
import { GPU, NO_IOMMU, TWO_GROUPS, VIRTUAL_BUS, WIDE_GROUP } from '../../support/hosts.js'
import { explained } from './explain-of.js'

async function one(spec: HostSpec | null, line: string): Promise<ExplainedMessage> {
  const { report } = await explained(spec, line)
  const [message] = report.messages
  if (message === undefined || report.messages.length > 1) throw new Error(`not one: ${line}`)
  return message
}

/** The causes that are so now, and those that are not. */
function judged({ causes }: ExplainedMessage) {
  const of = (holds: boolean | null): string[] =>
    causes.filter((cause) => cause.holds === holds).map(({ kind }) => kind)
  return { so: of(true), not: of(false), open: of(null) }
}

const BOUND_GPU: HostSpec = {
  ...GPU,
  functions: GPU.functions.map((each) =>
    each.address === '0000:65:00.1' ? { ...each, driver: 'vfio-pci' } : each,
  ),
}

const FOREIGN = 'vfio: Cannot reset device 0000:01:00.0, depends on group 11 which is not owned.'

describe('whether it matters', () => {
  it('cannot be told of a hot reset without a host', async () => {
    expect(await one(null, FOREIGN)).toMatchObject({ matters: null, why: 'no-host', absent: [] })
  })

  it('a refused hot reset does not where the function has FLR', async () => {
    expect(await one(TWO_GROUPS, FOREIGN)).toMatchObject({ matters: false, why: 'own-reset' })
  })

  it('it does where nothing else resets the function, or only PM', async () => {
    const without = (resetMethods: string): HostSpec => ({
      ...TWO_GROUPS,
      functions: TWO_GROUPS.functions.map((each) => ({ ...each, resetMethods })),
    })
    expect(await one(without('bus'), FOREIGN)).toMatchObject({ matters: true, why: 'no-own-reset' })
    expect(await one(without('pm bus'), FOREIGN)).toMatchObject({
      matters: true,
      why: 'weak-reset',
    })
  })

  it('takes the capabilities where reset_method was not read, and no more than they say', async () => {
    const unread: HostSpec = {
      ...TWO_GROUPS,
      functions: TWO_GROUPS.functions.map((each) => ({ ...each, resetMethods: null })),
    }
    expect(await one(unread, FOREIGN)).toMatchObject({ matters: null, why: 'own-reset-likely' })
    const plain: HostSpec = {
      ...unread,
      functions: unread.functions.map(({ flr: _, ...each }) => each),
    }
    expect(await one(plain, FOREIGN)).toMatchObject({ matters: null, why: 'reset-unread' })
  })

  it('hardly where the function is alone on its bus', async () => {
    const line = 'vfio_pci_hot_reset_result 0000:01:00.0 hot reset: Invalid argument'
    const alone: HostSpec = {
      ...WIDE_GROUP,
      functions: WIDE_GROUP.functions.map((each) => ({ ...each, resetMethods: 'bus' })),
    }
    expect(await one(alone, line)).toMatchObject({ matters: false, why: 'alone-on-bus' })
  })

  it('a reset through sysfs that is missing matters as long as the hot reset would be refused', async () => {
    const line = (address: string) =>
      `failed to reset PCI device '${address}', but trying to continue as not all devices need a reset`
    const bare = (spec: HostSpec): HostSpec => ({
      ...spec,
      functions: spec.functions.map((each) => ({ ...each, resetMethods: '' })),
    })
    expect(await one(bare(GPU), line('0000:65:00.0'))).toMatchObject({
      matters: true,
      why: 'hot-reset-needs-more',
    })
    expect(await one(bare(BOUND_GPU), line('0000:65:00.0'))).toMatchObject({
      matters: false,
      why: 'hot-reset-works',
    })
    expect(await one(bare(NO_IOMMU), line('0000:00:03.0'))).toMatchObject({
      matters: true,
      why: 'hot-reset-impossible',
    })
  })

  it('a reset of its own that failed is no comfort, whatever the function has', async () => {
    const line = (address: string, errno: string) => `VFIO_DEVICE_RESET on ${address}: -1 ${errno}`
    // Has FLR, and shares its bus with a function of another group.
    expect(await one(TWO_GROUPS, line('0000:01:00.0', 'ENOTTY'))).toMatchObject({
      id: 'device-reset-errno',
      matters: true,
      why: 'own-reset-failed',
    })
    expect(await one(BOUND_GPU, line('0000:65:00.0', 'ENOTTY'))).toMatchObject({
      matters: false,
      why: 'hot-reset-instead',
    })
    expect(await one(GPU, line('0000:65:00.0', 'ENOTTY'))).toMatchObject({
      matters: true,
      why: 'own-reset-failed',
    })
    expect(await one(GPU, line('0000:65:00.0', 'EAGAIN'))).toMatchObject({
      matters: null,
      why: 'try-again',
    })
    expect(
      await one(GPU, 'vfio 0000:65:00.0: Unable to reset device: Inappropriate ioctl for device'),
    ).toMatchObject({ id: 'reset-ioctl-failed', matters: true, why: 'own-reset-failed' })
    expect(await one(null, line('0000:65:00.0', 'ENOTTY'))).toMatchObject({
      matters: null,
      why: 'no-host-hot-reset',
    })
  })

  it('a reset through sysfs depends on the hot reset where no host is known', async () => {
    const line =
      "error writing '1' to '/sys/bus/pci/devices/0000:10:00.0/reset': Inappropriate ioctl for device"
    expect(await one(null, line)).toMatchObject({ matters: null, why: 'no-host-hot-reset' })
  })

  it('a reset through sysfs that the kernel refused although it offers one is not explained away', async () => {
    const line = (errno: string) =>
      `error writing '1' to '/sys/bus/pci/devices/0000:01:00.0/reset': ${errno}`
    expect(await one(TWO_GROUPS, line('Inappropriate ioctl for device'))).toMatchObject({
      matters: null,
      why: 'own-reset-now',
    })
    expect(await one(TWO_GROUPS, line('Permission denied'))).toMatchObject({
      matters: false,
      why: 'own-reset-left',
    })
  })

  it('the first of two INFO calls fails as it should', async () => {
    const line =
      'ioctl(27, VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, 0x1) = -1 ENOSPC (No space left on device)'
    expect(await one(null, line)).toMatchObject({ matters: false, why: 'harmless' })
  })
})

describe('which cause it was', () => {
  const EINVAL = 'vfio_pci_hot_reset_result 0000:65:00.0 hot reset: Invalid argument'

  it('one of seven for EINVAL, all open without a host but for the mistakes that QEMU does not make', async () => {
    expect(judged(await one(null, EINVAL))).toEqual({
      so: [],
      not: ['bad-request', 'wrong-door', 'too-many-fds', 'no-group-fd'],
      open: ['not-in-dev-set', 'not-owned', 'no-usable-reset'],
    })
  })

  it('none ruled out where a trace of anybody’s program says EINVAL', async () => {
    const message = await one(null, 'VFIO_DEVICE_PCI_HOT_RESET: Invalid argument')
    expect(judged(message).open).toHaveLength(7)
  })

  it('the member on a host driver, by name', async () => {
    const message = await one(GPU, EINVAL)
    expect(judged(message).so).toEqual(['not-in-dev-set'])
    expect(judged(message).open).toEqual([])
    expect(message.causes.find(({ holds }) => holds === true)?.devices).toEqual(['0000:65:00.1'])
  })

  it('ownership, where everything is on vfio-pci', async () => {
    const message = await one(
      TWO_GROUPS,
      'vfio_pci_hot_reset_result 0000:01:00.0 hot reset: Invalid argument',
    )
    expect(judged(message).open).toEqual(['not-owned'])
    expect(message.causes.find(({ kind }) => kind === 'not-owned')?.devices).toEqual([
      '0000:01:00.1',
    ])
  })

  it('every function outside the group, though QEMU names only the first group', async () => {
    const message = await one(TWO_GROUPS, FOREIGN)
    expect(message.causes).toMatchObject([
      { kind: 'other-groups', holds: true, devices: ['0000:01:00.1'] },
    ])
    expect(message.strangeGroups).toEqual([])
  })

  it('a VF names its PF', async () => {
    const line = 'vfio: Cannot reset device 0000:41:00.0, no available reset mechanism.'
    expect(judged(await one(VIRTUAL_BUS, line)).so).toEqual(['virtual-bus'])
  })

  it('the root bus, and not the regression of another release', async () => {
    const line = 'vfio: Cannot reset device 0000:00:03.0, no available reset mechanism.'
    expect(judged(await one(NO_IOMMU, line))).toEqual({
      so: ['root-bus'],
      not: ['virtual-bus', 'bus-reset-forbidden', 'regression-6-14'],
      open: [],
    })
    const regression = judged(await one({ ...NO_IOMMU, kernel: '6.14.2' }, line))
    expect(regression.open).toEqual(['regression-6-14'])
  })

  it('the neighbour that keeps a group from opening, by group number alone', async () => {
    const message = await one(GPU, 'group 14 is not viable')
    expect(message.devices).toEqual(['0000:65:00.0', '0000:65:00.1'])
    expect(message.causes).toMatchObject([
      { kind: 'group-not-viable', holds: true, devices: ['0000:65:00.1'] },
    ])
  })

  it('the function behind a device file', async () => {
    const line = 'qemu: Failed to open /dev/vfio/devices/vfio0: Permission denied'
    expect(await one(GPU, line)).toMatchObject({ id: 'no-cdev', devices: ['0000:65:00.0'] })
  })

  it('the holder of a group', async () => {
    const line = 'vfio 0000:65:00.0: failed to open /dev/vfio/14: Device or resource busy'
    expect(judged(await one(GPU, line)).open).toEqual(['group-held', 'cdev-bound'])
    const held: HostSpec = {
      ...GPU,
      holders: [{ pid: 4711, command: 'qemu-system-x86', fd: 30, target: '/dev/vfio/14' }],
    }
    expect(judged(await one(held, line)).so).toEqual(['group-held', 'cdev-bound'])
  })
})

describe('a message that does not belong to the host', () => {
  it('names a function that is not there', async () => {
    const line = 'vfio: Cannot reset device 0000:99:00.0, no available reset mechanism.'
    expect(await one(GPU, line)).toMatchObject({ absent: ['0000:99:00.0'], matters: null })
  })

  it('names a group that the reset does not touch', async () => {
    const line = FOREIGN.replace('group 11', 'group 77')
    expect((await one(TWO_GROUPS, line)).strangeGroups).toEqual([77])
  })
})

describe('a mapping that failed', () => {
  const hint = async (line: string) => (await one(null, line)).hint

  it('speaks of locked memory only where that is short', async () => {
    expect(await hint('kvm: VFIO_MAP_DMA failed: Cannot allocate memory')).toContain('ulimit -l')
    expect(await hint('kvm: VFIO_MAP_DMA failed: Bad address')).not.toContain('ulimit')
    expect(await hint('VfioMapRegion(DmaMap(IommuDmaMap(Error(17)))): unknown')).not.toContain(
      'ulimit',
    )
  })

  it('does not matter where QEMU only warns of it', async () => {
    const line = 'vfio_container_dma_map(0x5, 0x380000000000, 0x100, 0x7f) = -22 (Invalid argument)'
    expect(await one(null, `kvm: warning: ${line}`)).toMatchObject({
      id: 'p2p-map-failed',
      matters: false,
    })
    expect(await one(null, `kvm: ${line}`)).toMatchObject({ matters: false })
    const low = line.replace('0x380000000000', '0xfc000000')
    expect(await one(null, `kvm: ${low}`)).toMatchObject({ matters: null })
    expect(await one(null, `kvm: Region pc.ram: ${low}`)).toMatchObject({
      id: 'map-refused',
      matters: true,
    })
  })
})

describe('what was left out', () => {
  it('is told by kind', async () => {
    const many = Array.from({ length: 203 }, (_, group) => FOREIGN.replace('11', String(group)))
    const { report } = await explained(null, ...many)
    expect(report.omitted).toBe(3)
    expect(report.omittedKinds).toMatchObject([{ id: 'foreign-group', count: 3 }])
  })
})
