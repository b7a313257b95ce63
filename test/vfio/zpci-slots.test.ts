import { describe, expect, test } from 'vitest'
import { failure } from '../../src/host/tree/failure.js'
import { ownReset } from '../../src/vfio/own-reset.js'
import { at, decide } from '../support/ask.js'
import { info, reset, viaGroup } from '../support/calls.js'
import { endpoint } from '../support/functions.js'
import { buildHost } from '../support/host-builder.js'
import type { HostSpec } from '../support/host-spec.js'
import { loadFiles } from '../support/load-host.js'
import { answers, play } from '../support/play.js'

const F0 = '0000:00:00.0'
const F1 = '0000:00:00.1'

/** Two functions of one card and one at device number 4, each with a slot: on s390 all hang on a root bus. */
const S390: HostSpec = {
  iommu: null,
  noiommu: false,
  functions: [
    endpoint(F0, { mfd: true, driver: 'vfio-pci', group: 0, resetMethods: 'bus' }),
    endpoint(F1, { mfd: true, driver: 'vfio-pci', group: 1, resetMethods: 'bus' }),
    endpoint('0000:00:04.0', { driver: 'vfio-pci', group: 2 }),
  ],
  slots: [
    { name: '00000050', address: '0000:00:00' },
    { name: '00000051', address: '0000:00:01' },
    { name: '00000054', address: '0000:00:20' },
  ],
  files: {
    'proc/version': 'Linux version 6.12.118 (b@h) (gcc) #1 SMP s390x GNU/Linux\n',
    'sys/class/iommu/s390-iommu.50': null,
  },
}

async function said(kernel: string, target = F0, more: Partial<HostSpec> = {}): Promise<string> {
  const steps = [...viaGroup(target), info(target), reset(target, [target])]
  return answers(await play({ ...S390, ...more, kernel }, { steps }))
    .slice(3)
    .join(' ')
}

describe('slots of s390', () => {
  test.each([
    // No slot of s390 could be reset: all of them are on a root bus.
    ['5.15.0', F0, 'ENODEV ENODEV'],
    // The slot of function 0 has both, which are in sets of their own.
    ['5.16.0', F0, 'ok EINVAL'],
    ['6.1.190', F1, 'ok EINVAL'],
    ['6.12.111', F0, 'ok EINVAL'],
    // Each has its own.
    ['6.1.191', F0, 'ok ok'],
    ['6.12.112', F1, 'ok ok'],
    ['7.2.0', F1, 'ok ok'],
    ['7.3.4', '0000:00:04.0', 'ok ok'],
    // Nobody read these.
    ['6.6.100', F0, 'ok ?'],
  ])('%s, %s: %s', async (kernel, target, expected) => {
    expect(await said(kernel, target)).toBe(expected)
  })

  test('a function that no slot names has none, and one whose slots were not read is unknown', async () => {
    expect(await said('7.3.4', F0, { slots: [] })).toBe('ENODEV ENODEV')
    const hidden = {
      'sys/bus/pci/slots': { failure: failure('denied', 'EACCES') },
    } as const
    expect(await said('7.3.4', F0, { slots: [], files: { ...S390.files, ...hidden } })).toBe('? ?')
  })

  test('elsewhere no slot makes up for a bridge', async () => {
    const files = { 'sys/class/iommu/smmu3.0x10': null }
    expect(await said('7.3.4', F0, { files })).toBe('ENODEV ENODEV')
  })

  test.each([
    ['6.12.111', null],
    ['6.12.112', { methods: ['bus'], weak: false }],
  ])('%s: one of several functions is reset by its slot: %o', async (kernel, expected) => {
    const vfio = decide(await loadFiles(buildHost({ ...S390, kernel })))
    expect(ownReset(vfio, at(vfio, F1))).toEqual({ known: true, value: expected })
  })
})
