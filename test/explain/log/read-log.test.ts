import { describe, expect, it } from 'vitest'
import { type LogReading, readLog } from '../../../src/explain/log/read-log.js'

function read(...lines: readonly string[]): LogReading {
  const log = readLog()
  for (const line of lines) log.take(line)
  return log.finish()
}

describe('a log', () => {
  it('tells the same message once, however often and whenever it comes', () => {
    const { messages, lines } = read(
      '[    1.000000] nvidia 0000:01:00.0: not ready 1023ms after resume; waiting',
      '',
      '[    2.000000] nvidia 0000:01:00.0: not ready 2047ms after resume; waiting',
      '[    2.500000] nvidia 0000:02:00.0: not ready 2047ms after resume; waiting',
    )
    expect(lines).toBe(3)
    expect(messages.map(({ count, line, message }) => [count, line, message.device])).toEqual([
      [2, 1, '0000:01:00.0'],
      [1, 4, '0000:02:00.0'],
    ])
  })

  it('keeps two groups, two errnos and two functions apart', () => {
    const { messages } = read(
      'vfio: Cannot reset device 0000:01:00.0, depends on group 14 which is not owned.',
      'vfio: Cannot reset device 0000:01:00.0, depends on group 15 which is not owned.',
      'vfio: hot reset info failed: Input/output error',
      'vfio: hot reset info failed: Operation not permitted',
    )
    expect(messages).toHaveLength(4)
  })

  it('tells what is harmless once for all functions', () => {
    const { messages } = read(
      'pci 0000:00:00.0: Adding to iommu group 0',
      'pci 0000:00:01.0: Adding to iommu group 1',
    )
    expect(messages.map(({ count }) => count)).toEqual([2])
  })

  it('takes a line that continues another as part of it', () => {
    const { messages } = read(
      'qemu: vfio 0000:01:00.0: group 1 is not viable',
      'Please ensure all devices within the iommu_group are bound to their vfio bus driver.',
    )
    expect(messages.map(({ message }) => message.groups)).toEqual([[1]])
  })

  it('keeps the continuation where it stands alone', () => {
    expect(
      read('Please ensure all devices within the iommu_group are bound to their vfio bus driver.')
        .messages,
    ).toHaveLength(1)
  })

  it('lets the tail speak where one message wraps another', () => {
    const { messages } = read(
      'error: Unable to reset PCI device 0000:05:00.2: internal error: Active 0000:05:00.0 devices on bus with 0000:05:00.2, not doing bus reset',
      'error: Unable to reset PCI device 0000:05:00.2: whatever',
    )
    expect(messages.map(({ message }) => message.id)).toEqual(['bus-shared'])
    const alone = read('error: Unable to reset PCI device 0000:05:00.3: whatever')
    expect(alone.messages.map(({ message }) => message.id)).toEqual(['libvirt-reset-failed'])
  })

  it('keeps a wrapper about a function of which no reason is told', () => {
    const { messages } = read(
      'error: Unable to reset PCI device 0000:05:00.2: internal error: Active 0000:05:00.0 devices on bus with 0000:05:00.2, not doing bus reset',
      'error: Unable to reset PCI device 0000:05:00.3: whatever',
      'vfio-pci 0000:05:00.3: not ready 1023ms after FLR; waiting',
    )
    expect(messages.map(({ message }) => [message.id, message.device])).toEqual([
      ['bus-shared', '0000:05:00.2'],
      ['libvirt-reset-failed', '0000:05:00.3'],
      ['not-ready', '0000:05:00.3'],
    ])
  })

  it('keeps a failed start that has no reason since the last one', () => {
    const task = 'TASK ERROR: start failed: QEMU exited with code 1'
    const reason =
      'kvm: -device vfio-pci,host=0000:10:00.0: vfio 0000:10:00.0: failed to open /dev/vfio/15: Device or resource busy'
    const ids = (...lines: readonly string[]) =>
      read(...lines).messages.map(({ message, count, line }) => [message.id, count, line])
    expect(ids(reason, task, 'something else', task)).toEqual([
      ['open-failed', 1, 1],
      ['see-above', 1, 4],
    ])
    expect(ids(task, reason)).toEqual([
      ['see-above', 1, 1],
      ['open-failed', 1, 2],
    ])
    expect(ids(reason, task, reason, task)).toEqual([['open-failed', 2, 1]])
  })

  it('takes the end of a task for the failed start before it', () => {
    const { messages } = read(
      'vfio 0000:10:00.0: group 15 is not viable',
      'pvedaemon[7]: start failed: QEMU exited with code 1',
      'pvedaemon[6]: <root@pam> end task UPID:pve:0001:qmstart:100:root@pam: start failed: QEMU exited with code 1',
    )
    expect(messages.map(({ message }) => message.id)).toEqual(['group-not-viable'])
  })

  it('finds the reason below the head of a chain of errors', () => {
    const chain = ['  0: Cannot create a VFIO device', '  1: group is not viable']
    expect(read(...chain).messages.map(({ message }) => message.id)).toEqual(['group-not-viable'])
    const far = read(chain[0] ?? '', ...'abcdef', chain[1] ?? '')
    expect(far.messages.map(({ message }) => message.id)).toEqual([
      'vmm-device-failed',
      'group-not-viable',
    ])
  })

  it('tells a failed start of Proxmox by its reason', () => {
    const { messages } = read(
      "error writing '1' to '/sys/bus/pci/devices/0000:10:00.0/reset': Inappropriate ioctl for device",
      "failed to reset PCI device '0000:10:00.0', but trying to continue as not all devices need a reset",
      'kvm: -device vfio-pci,host=0000:10:00.0: vfio 0000:10:00.0: failed to open /dev/vfio/15: Device or resource busy',
      'TASK ERROR: start failed: QEMU exited with code 1',
    )
    expect(messages.map(({ message }) => [message.id, message.errno])).toEqual([
      ['sysfs-reset-enotty', 'ENOTTY'],
      ['open-failed', 'EBUSY'],
    ])
  })

  it('keeps a wrapper where only harmless lines stand beside it', () => {
    const { messages } = read(
      'pci 0000:00:00.0: Adding to iommu group 0',
      'TASK ERROR: start failed: QEMU exited with code 1',
    )
    expect(messages.map(({ message }) => message.id)).toEqual(['group-changed', 'see-above'])
  })

  describe('with too many different messages', () => {
    const foreign = (group: number): string =>
      `vfio: Cannot reset device 0000:01:00.0, depends on group ${group} which is not owned.`
    const many = Array.from({ length: 250 }, (_, group) => foreign(group))

    it('says how many were left out, and of what kind', () => {
      const { messages, omitted } = read(...many, ...many)
      expect(messages).toHaveLength(200)
      expect(omitted).toEqual([{ id: 'foreign-group', count: 50 }])
    })

    it('keeps the last one where its diagnosis is a rare one', () => {
      const { messages, omitted } = read(
        ...many,
        'vfio-pci 0000:01:00.0: not ready 65535ms after FLR; giving up',
        'vfio-pci 0000:02:00.0: not ready 1023ms after FLR; waiting',
      )
      expect(messages).toHaveLength(200)
      expect(messages.slice(-2).map(({ message }) => message.id)).toEqual([
        'flr-failed',
        'not-ready',
      ])
      expect(omitted).toEqual([{ id: 'foreign-group', count: 52 }])
    })

    it('lets what tells nothing give way to what is fatal', () => {
      const device = (place: number): string =>
        `0000:${(place >> 3).toString(16).padStart(2, '0')}:00.${place & 7}`
      const { messages, omitted } = read(
        ...Array.from(
          { length: 100 },
          (_, place) => `vfio-pci ${device(place)}: not ready 1023ms after FLR; waiting`,
        ),
        ...Array.from(
          { length: 250 },
          (_, place) => `vfio-pci ${device(place)}: not ready 65535ms after FLR; giving up`,
        ),
      )
      expect(new Set(messages.map(({ message }) => message.id))).toEqual(new Set(['flr-failed']))
      const told = messages.reduce((sum, { evidence }) => sum + 1 + evidence.length, 0)
      expect(told).toBe(200)
      expect(omitted).toEqual([
        { id: 'not-ready', count: 100 },
        { id: 'flr-failed', count: 50 },
      ])
    })
  })
})

describe('what is unknown', () => {
  it('is told where it is all there is, whatever it says', () => {
    expect(read('hello world').unknown).toEqual([
      { text: 'hello world', count: 1, line: 1, nearest: [] },
    ])
  })

  it('is told in a log only where it speaks of VFIO and of trouble', () => {
    const { unknown } = read(
      'systemd[1]: Started something.',
      'iommu: DMA domain TLB invalidation policy: lazy mode',
      'vfio-pci 0000:01:00.0: strange thing failed',
      'vfio-pci 0000:01:00.0: strange thing failed',
      'sshd[12]: error: connection closed',
    )
    expect(unknown.map(({ text, count, line }) => [text, count, line])).toEqual([
      ['vfio-pci 0000:01:00.0: strange thing failed', 2, 3],
    ])
  })

  it('has the nearest that are known', () => {
    const { unknown } = read('cannot reset: it depends on a group that is not owned')
    expect(unknown[0]?.nearest[0]?.known.id).toBe('foreign-group')
    expect(unknown[0]?.nearest[0]?.likeness).toBeGreaterThan(0.5)
  })
})
