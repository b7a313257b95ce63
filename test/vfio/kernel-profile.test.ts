import { describe, expect, test } from 'vitest'
import type { Observed } from '../../src/host/gap.js'
import { decide } from '../support/ask.js'
import { buildHost } from '../support/host-builder.js'
import { without } from '../support/host-files.js'
import type { HostSpec } from '../support/host-spec.js'
import { loadFiles } from '../support/load-host.js'
import { t1 } from '../support/topologies.js'

const GCC = '(gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40)'
const DEBIAN_6_1 = `Linux version 6.1.0-56-amd64 (debian-kernel@lists.debian.org) ${GCC} #1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-16)`

/** The releases that were measured (`docs/kernel-map.md`): VFs apart, whole-bus slots, bare group files, cdevs. */
describe('measured releases', () => {
  test.each([
    ['5.10.262', false, false, false, false],
    ['6.1.192', true, false, true, false],
    ['6.1.0-56-amd64', true, false, true, false],
    ['6.8.0-31-generic', false, false, true, true],
    ['6.12.95', true, false, true, true],
    ['6.12.117', true, false, true, true],
    ['6.17.0', true, false, true, true],
    ['6.18.15', true, false, true, true],
    ['7.0.0', true, false, true, true],
    ['7.2.12', true, true, true, true],
    ['7.3.4', true, true, true, true],
  ])('%s', async (release, vfSplit, wideSlots, bareGroupFd, cdev) => {
    const kernel = await profile({ kernel: release })
    expect(short(kernel.vfSplit)).toBe(vfSplit)
    expect(short(kernel.wideSlots)).toBe(wideSlots)
    expect(kernel).toMatchObject({ bareGroupFd, cdev })
  })
})

/** Where a rule changed inside a stable line, and the patch level says nothing or lies between what was measured. */
describe('releases whose rules are not known', () => {
  test.each([
    ['6.1', 'unmodelled', 'unmodelled'],
    ['6.1.147', false, false],
    ['6.1.148', true, false],
    ['6.1.193', true, 'unmodelled'],
    ['6.1.0-55-amd64', 'unmodelled', 'unmodelled'],
    ['6.6', 'unmodelled', false],
    ['6.6.0', false, false],
    ['6.6.102', 'unmodelled', false],
    ['6.12', 'unmodelled', 'unmodelled'],
    ['6.12.0', false, false],
    ['6.12.94', 'unmodelled', false],
    ['6.12.118', true, 'unmodelled'],
    ['6.15.11', 'unmodelled', false],
    ['6.16.1', 'unmodelled', false],
    ['6.18.16', true, 'unmodelled'],
    ['7.0', true, 'unmodelled'],
    ['7.0.3', true, 'unmodelled'],
    ['7.0.0-14-generic', true, 'unmodelled'],
    ['7.1', true, true],
    ['5.10.263', false, 'unmodelled'],
  ])('%s: VFs apart %s, slots cover the bus %s', async (release, vfSplit, wideSlots) => {
    const kernel = await profile({ kernel: release })
    expect(short(kernel.vfSplit)).toBe(vfSplit)
    expect(short(kernel.wideSlots)).toBe(wideSlots)
  })

  test('the gap names the release and the file that states it', async () => {
    const { vfSplit } = await profile({ kernel: '6.6.102' })
    expect(vfSplit).toMatchObject({ gap: { path: 'proc/sys/kernel/osrelease', why: 'unmodelled' } })
    expect(vfSplit).toHaveProperty('gap.detail', expect.stringContaining('6.6.102'))
  })

  test('what kernels before 5.8 did was never read', async () => {
    expect((await profile({ kernel: '5.7.19' })).modelled.known).toBe(false)
    expect((await profile({ kernel: '5.8' })).modelled.known).toBe(true)
  })
})

test.each([
  ['5.14.21', { devSets: false, dmaOwnership: false, bareGroupFd: false, cdev: false }],
  ['5.15', { devSets: true, dmaOwnership: false, bareGroupFd: false, cdev: false }],
  ['5.18.19', { devSets: true, dmaOwnership: false, bareGroupFd: false, cdev: false }],
  ['5.19', { devSets: true, dmaOwnership: true, bareGroupFd: true, cdev: false }],
  ['6.5.13', { devSets: true, dmaOwnership: true, bareGroupFd: true, cdev: false }],
  ['6.6', { devSets: true, dmaOwnership: true, bareGroupFd: true, cdev: true, noiommuCdev: false }],
  ['7.2.12', { cdev: true, noiommuCdev: false }],
  ['7.3', { cdev: true, noiommuCdev: true }],
])('%s has %o', async (kernel, expected) => {
  expect(await profile({ kernel })).toMatchObject(expected)
})

describe('which release counts', () => {
  test('Debian states its true release in proc/version, behind the one of the compiler', async () => {
    const { release, from } = await profile({ kernel: '6.1.0-56-amd64', procVersion: DEBIAN_6_1 })
    expect(release).toMatchObject({ text: '6.1.192', patch: 192 })
    expect(from).toBe('host')
  })

  test('a compiler made by Debian is no release', async () => {
    const procVersion = `Linux version 6.12.117-lab (lab@lab) ${GCC} #1 SMP 1970-01-01`
    const { release } = await profile({ kernel: '6.12.117-lab', procVersion })
    expect(release.text).toBe('6.12.117-lab')
  })

  test('an option wins', async () => {
    const { release, from } = await profile({ kernel: '6.1.192' }, '7.3.4')
    expect(release.text).toBe('7.3.4')
    expect(from).toBe('option')
  })

  test('an option equal to uname -r means what the host is', async () => {
    const spec = { kernel: '6.1.0-55-amd64', procVersion: DEBIAN_6_1.replace('-56-', '-55-') }
    const { release, from } = await profile(spec, '6.1.0-55-amd64')
    expect(release.text).toBe('6.1.192')
    expect(from).toBe('option')
  })

  test('without any release the newest modelled one is assumed', async () => {
    const { release, from } = await profile({ kernel: null })
    expect(release.text).toBe('7.3.4')
    expect(from).toBe('assumed')
  })

  test('so it is with a release that is none', async () => {
    const files = buildHost({ functions: t1() })
    const release = 'proc/sys/kernel/osrelease'
    const raw = await loadFiles({ ...without(files, 'proc/version'), [release]: 'next-20261122\n' })
    expect(decide(raw).kernel).toMatchObject({ from: 'assumed', release: { text: '7.3.4' } })
  })
})

async function profile(spec: Partial<HostSpec>, option?: string) {
  const raw = await loadFiles(buildHost({ functions: t1(), ...spec }))
  return decide(raw, option).kernel
}

/** The value, or why it is not known. */
function short(observed: Observed<boolean>): boolean | string {
  return observed.known ? observed.value : observed.gap.why
}
