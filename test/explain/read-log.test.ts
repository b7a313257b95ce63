import { describe, expect, it } from 'vitest'
import { type LogReading, readLog } from '../../src/explain/read-log.js'

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
      'error: Unable to reset PCI device 0000:05:00.3: whatever',
    )
    expect(messages.map(({ message }) => message.id)).toEqual(['bus-shared'])
    const alone = read('error: Unable to reset PCI device 0000:05:00.3: whatever')
    expect(alone.messages.map(({ message }) => message.id)).toEqual(['libvirt-reset-failed'])
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

  it('has a bound for different messages, and says so', () => {
    const many = Array.from(
      { length: 250 },
      (_, group) =>
        `vfio: Cannot reset device 0000:01:00.0, depends on group ${group} which is not owned.`,
    )
    const { messages, omitted } = read(...many)
    expect([messages.length, omitted]).toEqual([200, 50])
  })
})

describe('what is not known', () => {
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
