import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CATALOGUE } from '../../../src/explain/catalogue/catalogue.js'
import { CAUSES } from '../../../src/explain/catalogue/kernel-call.js'
import { compileTemplate, readableText } from '../../../src/explain/catalogue/template.js'
import { findErrno } from '../../../src/explain/log/errno-text.js'
import { findNamed } from '../../../src/explain/log/find-addresses.js'
import { recognise } from '../../../src/explain/log/recognise.js'

describe('errnos', () => {
  it.each([
    ['Invalid argument', 'EINVAL'],
    ['= -1 EBUSY (Device or resource busy)', 'EBUSY'],
    ['Permission denied (os error 13)', 'EACCES'],
    ['(os error 22)', 'EINVAL'],
    ['[Errno 16] whatever', 'EBUSY'],
    ['22', 'EINVAL'],
    ['-19', 'ENODEV'],
    ['No such device or address', 'ENXIO'],
    ['Unknown error 524', null],
    ['group 22 is not there', null],
    ['ERROR: EAL', null],
  ])('%s', (text, errno) => {
    expect(findErrno(text)).toBe(errno)
  })
})

describe('functions, groups and files in a text', () => {
  it.each([
    ['host=01:00.0,id=hostdev0', ['0000:01:00.0']],
    ['GPU 00000000:C1:00.0 and 10000:e1:00.0', ['0000:c1:00.0', '10000:e1:00.0']],
    ['virsh nodedev-detach pci_0000_01_00_1', ['0000:01:00.1']],
    ['/sys/bus/pci/devices/0000:10:00.0/reset', ['0000:10:00.0']],
    ['at 12:30:15.123456 52:54:00:aa:bb:cc.1', []],
    ['ffffffff:01:00.0', ['ffffffff:01:00.0']],
    ['01:20.0', []],
  ])('%s', (text, devices) => {
    expect(findNamed(text).devices).toEqual(devices)
  })

  it('groups and device files', () => {
    const text = '/dev/vfio/14 /dev/vfio/noiommu-3 group 14 iommu_groups/7 /dev/vfio/devices/vfio5'
    expect(findNamed(text)).toMatchObject({ groups: [14, 3, 7], cdevs: ['vfio5'] })
  })
})

it('QEMU’s “group ID 14” is a group', () => {
  expect(findNamed("group ID 14: KVM VFIO device isn't created yet").groups).toEqual([14])
})

describe('a call whose number strace finds twice', () => {
  const call = 'ioctl(9, VFIO_DEVICE_PCI_HOT_RESET or VFIO_IOMMU_MAP_DMA, 0x55ecc4042680)'

  it.each([
    ['EINVAL (Invalid argument)', 'hot-reset-or-map'],
    ['ENOMEM (Cannot allocate memory)', 'dma-map-failed'],
    ['EBUSY (Device or resource busy)', 'hot-reset-errno'],
    ['ENODEV (No such device)', 'hot-reset-errno'],
  ])('%s', (errno, id) => {
    expect(recognise(`${call} = -1 ${errno}`)?.message.id).toBe(id)
  })

  it('is nothing to explain where it succeeds', () => {
    expect(recognise(`${call} = 0`)).toBeNull()
  })

  it('is no call of a reset where the errno is that of a mapping', () => {
    expect(recognise(`${call} = -1 ENOMEM (Cannot allocate memory)`)?.message.call).toBeNull()
    expect(recognise(`${call} = -1 EINVAL (Invalid argument)`)?.message.call).toBe('hot-reset')
  })
})

describe('lines of other programs that look alike', () => {
  it.each([
    'ata3: COMRESET failed; Attempting reset: Failed to respond',
    'ata3: Attempting reset: Failed',
    'Requested device /dev/sdb cannot be used',
    'fencing: group is inviable',
    'group is inviable for quorum',
    'megaraid: DMA remapping failed, error 5',
    '[drm] device is already attached',
    'device is already attached to a client',
    'usb 1-1: device is already attached',
    'md: not ready 100ms after spin-up; waiting',
    'md: not ready 100ms after spin-up; giving up',
    'Slot(x): Link Down',
    'i2c: Slot(1): Card not present',
  ])('%s', (line) => {
    expect(recognise(line)).toBeNull()
  })
})

it('takes blanks, case, quotes and the full stop at the end as they come', () => {
  const { pattern } = compileTemplate("Active '{other}' devices on bus with '{device}', not.")
  for (const text of [
    'Active 0000:01:00.0 devices on bus with 0000:01:00.1, not',
    "ACTIVE '0000:01:00.0' devices  on bus with '0000:01:00.1', not.",
    'active ‘0000:01:00.0’ devices on bus with ‘0000:01:00.1’, not.',
  ]) {
    expect(pattern.exec(text)?.groups).toEqual({ other: '0000:01:00.0', device: '0000:01:00.1' })
  }
})

it('refuses a template with a hole that it does not know', () => {
  expect(() => compileTemplate('{nothing} here')).toThrow('unknown hole {nothing}')
})

it('knows a cause only of calls that some message names', () => {
  const calls = new Set(CATALOGUE.map(({ call }) => call))
  for (const call of Object.keys(CAUSES)) expect(calls).toContain(call)
})

it('finds nothing in noise', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
      expect(recognise(text)).toBeNull()
    }),
    { numRuns: 300 },
  )
})

it('finds nothing in the words that its texts share with others', () => {
  const words = [
    ...['vfio', 'kvm:', 'error', 'failed', 'cannot', 'device', 'group 14', 'IOMMU', 'PCI', 'bus'],
    ...['reset', 'Slot(4):', '0000:01:00.0', 'is', 'not', 'ready', 'to', 'power', 'state', '-22'],
    ...['Invalid argument', '(os error 16)', '= -1 EINVAL', "'D3'", 'driver', 'config', 'link'],
  ]
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...words), { maxLength: 12 }), (some) => {
      expect(recognise(some.join(' '))).toBeNull()
    }),
    { numRuns: 1_000 },
  )
})

describe('lines that need what stands around them', () => {
  it.each([
    ['Attempting reset: Failed', 'hot-reset-refused'],
    [
      'crosvm has exited with error: failed to create vfio device: group is inviable',
      'group-not-viable',
    ],
    ['1: group is inviable', 'group-not-viable'],
    ['Error: vfio 0000:41:00.0: device is already attached', 'dup-attach'],
    [
      'EAL:   0000:02:00.0 DMA remapping failed, error 12 (Cannot allocate memory)',
      'dma-map-failed',
    ],
    ['vfio-pci 0000:03:00.0: not ready 1023ms after slot reset; waiting', 'not-ready'],
    ['pcieport 0000:00:1c.4: pciehp: Slot(4): Link Down', 'surprise-removal'],
    ['pciehp 0000:80:10.0:pcie004: Slot(36): Link Down', 'surprise-removal'],
    ['pcieport 0000:b4:0d.0: Slot(14): Card not present', 'surprise-removal'],
  ])('%s', (line, id) => {
    expect(recognise(line)?.message.id).toBe(id)
  })
})

it('shows a text without what only ties it to its program', () => {
  expect(readableText('{pciehp}Slot({word}): Link Down')).toBe('Slot({word}): Link Down')
  expect(readableText('^Attempting reset: Failed$')).toBe('Attempting reset: Failed')
  expect(readableText('{device} hot reset: {errno}')).toBe('{device} hot reset: {errno}')
})

it('anchors a text at ^ and $', () => {
  const { pattern } = compileTemplate('^reset: Failed$')
  const texts = ['reset: Failed', 'RESET:  failed.', 'a reset: Failed', 'reset: Failed once']
  expect(texts.filter((text) => pattern.test(text))).toEqual(texts.slice(0, 2))
})

it('does not fall for text that is built to make patterns slow', () => {
  const begin = performance.now()
  for (const unit of [
    '0',
    ' ',
    'vfio ',
    "'",
    '0000:01:00.0 ',
    'hot reset: ',
    'not ready 1ms after ',
  ]) {
    recognise(unit.repeat(Math.ceil(2_000 / unit.length)))
    findNamed(unit.repeat(Math.ceil(2_000 / unit.length)))
  }
  // Bounded work takes a few milliseconds; backtracking without bound takes minutes.
  expect(performance.now() - begin).toBeLessThan(2_000)
})
