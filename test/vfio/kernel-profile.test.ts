import { describe, expect, test } from 'vitest'
import type { Observed } from '../../src/host/gap.js'
import type { KernelProfile } from '../../src/vfio/kernel-profile.js'
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
    expect(kernel.bareGroupFd).toBe(bareGroupFd)
    expect(short(kernel.cdev)).toBe(cdev)
  })
})

/** Where a rule changed inside a stable line, and the patch level says nothing or lies between what was measured. */
describe('releases on both sides of a border, and those that hide their patch level', () => {
  test.each([
    ['5.10.300', false, false],
    ['5.15.189', false, false],
    ['5.15.200', false, false],
    ['6.1', 'unmodelled', false],
    ['6.1.147', false, false],
    ['6.1.148', true, false],
    ['6.1.193', true, false],
    ['6.1.0-55-amd64', 'unmodelled', false],
    ['6.1.0-57-amd64', true, false],
    ['6.6', 'unmodelled', false],
    ['6.6.0', false, false],
    ['6.6.101', false, false],
    ['6.6.102', true, false],
    ['6.12', 'unmodelled', false],
    ['6.12.0', false, false],
    ['6.12.41', false, false],
    ['6.12.42', true, false],
    ['6.12.118', true, false],
    ['6.12.200', true, false],
    ['6.14.11', false, false],
    ['6.15.9', false, false],
    ['6.15.10', true, false],
    ['6.16.0', false, false],
    ['6.16.1', true, false],
    ['6.18.16', true, false],
    ['6.18.48-talos', true, false],
    ['7.0', true, false],
    ['7.0.3', true, false],
    ['7.0.0-14-generic', true, false],
    ['7.1', true, true],
  ])('%s: VFs apart %s, slots cover the bus %s', async (release, vfSplit, wideSlots) => {
    const kernel = await profile({ kernel: release })
    expect(short(kernel.vfSplit)).toBe(vfSplit)
    expect(short(kernel.wideSlots)).toBe(wideSlots)
  })

  test('the gap names the release and the file that states it', async () => {
    const { vfSplit } = await profile({ kernel: '6.6' })
    expect(vfSplit).toMatchObject({ gap: { path: 'proc/sys/kernel/osrelease', why: 'unmodelled' } })
    expect(vfSplit).toHaveProperty('gap.detail', expect.stringContaining('6.6: '))
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
])('%s has %o', async (release, expected) => {
  expect(flat(await profile({ kernel: release }))).toMatchObject(expected)
})

/** What a kernel's vendor has changed, as far as its name tells. */
describe('kernels of vendors', () => {
  const OF_6_6 = { devSets: true, dmaOwnership: true, bareGroupFd: true, cdev: true }

  test.each([
    ['5.14.0-425.el9.x86_64', { ...OF_6_6, vfSplit: false, wideSlots: false }],
    ['5.14.0-427.13.1.el9_4.x86_64', { ...OF_6_6, vfSplit: false, wideSlots: false }],
    ['5.14.0-625.el9.aarch64', { ...OF_6_6, vfSplit: false, wideSlots: false }],
    ['5.14.0-570.12.1.el9_6.x86_64+rt', { ...OF_6_6, vfSplit: false, wideSlots: false }],
    ['5.14.0-427.22.1.vz9.62.5', { ...OF_6_6, vfSplit: false, wideSlots: false }],
    ['6.12.0-55.9.1.el10_0.x86_64', { ...OF_6_6, vfSplit: '?', wideSlots: '?' }],
    ['6.4.0-150600.23.25-default', { devSets: true, cdev: '?', vfSplit: '?', wideSlots: '?' }],
    ['6.4.0-150600-default', { devSets: true, cdev: '?', vfSplit: '?', wideSlots: '?' }],
    ['6.12.0-102.36.5.2.el9uek.x86_64', { ...OF_6_6, vfSplit: '?', wideSlots: '?' }],
    ['6.6.0-72.0.0.76.oe2403sp1.x86_64', { ...OF_6_6, vfSplit: '?' }],
    // Built from a stable release that the name tells.
    ['6.1.115-126.197.amzn2023.x86_64', { cdev: false, vfSplit: false, wideSlots: false }],
    ['6.1.148-173.267.amzn2023.x86_64', { cdev: false, vfSplit: true }],
    ['6.6.57.1-2.azl3', { ...OF_6_6, vfSplit: false }],
    ['6.8.12-4-pve', { ...OF_6_6, vfSplit: false, wideSlots: false }],
    ['6.17.2-1-pve', { ...OF_6_6, vfSplit: true, wideSlots: false }],
    ['6.12.31_1', { ...OF_6_6, vfSplit: false }],
    ['6.12.45-1.el9.elrepo.x86_64', { ...OF_6_6, vfSplit: true, wideSlots: false }],
  ])('%s has %o', async (release, expected) => {
    const kernel = await profile({ kernel: release })
    expect(kernel.modelled.known).toBe(true)
    expect(flat(kernel)).toMatchObject(expected)
  })

  test.each([
    '4.18.0-553.el8_10.x86_64',
    '5.14.0-362.8.1.el9_3.x86_64',
    '5.14.0-424.el9.x86_64',
    '5.14.21-150500.55.83-default',
    '5.15.0-300.163.18.el9uek.x86_64',
    '5.10.0-216.0.0.115.oe2203sp4.x86_64',
  ])('how %s resets is unknown', async (release) => {
    const { modelled } = await profile({ kernel: release })
    expect(modelled).toMatchObject({ known: false })
    expect(modelled).toHaveProperty('gap.detail', expect.stringContaining('a vendor kernel ('))
  })

  test('Ubuntu tells its stable release in proc/version_signature', async () => {
    const kernel = '6.8.0-51-generic'
    const files = buildHost({ functions: t1(), kernel })
    const signature = 'Ubuntu 6.8.0-51.52-generic 6.8.12\n'
    const raw = await loadFiles({ ...files, 'proc/version_signature': signature })
    expect(decide(raw).kernel.release).toMatchObject({ text: '6.8.12', patch: 12 })
  })

  test('without it the reason names the vendor, and the file that would tell', async () => {
    const { vfSplit } = await profile({ kernel: '6.12.0-14-nvidia' })
    expect(vfSplit).toMatchObject({ gap: { path: 'proc/version_signature' } })
    expect(vfSplit).toHaveProperty('gap.detail', expect.stringContaining('NVIDIA'))
  })
})

describe('what the host shows outweighs the number of its kernel', () => {
  const kernel = '5.14.0-162.6.1.el9_1.x86_64'
  const bound = t1({ driver: 'vfio-pci' })

  test.each<[string, Record<string, string>, object]>([
    ['a vfio-dev folder', { [`${FOLDER}/vfio0/uevent`]: '' }, { dmaOwnership: true, cdev: '?' }],
    ['a cdev', { [`${FOLDER}/vfio0/dev`]: '511:0\n' }, { dmaOwnership: true, cdev: true }],
  ])('%s', async (_what, shown, expected) => {
    const files = buildHost({ functions: bound, kernel })
    expect(decide(await loadFiles(files)).kernel.modelled.known).toBe(false)
    const found = decide(await loadFiles({ ...files, ...shown })).kernel
    expect(found.modelled.known).toBe(true)
    expect(flat(found)).toMatchObject({ devSets: true, vfSplit: '?', ...expected })
  })

  test('and says nothing of a release that is only asked about', async () => {
    const files = { ...buildHost({ functions: bound }), 'dev/iommu': '' }
    expect(flat(decide(await loadFiles(files), '5.10.262').kernel)).toMatchObject({
      devSets: false,
      dmaOwnership: false,
    })
  })
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

/** Where a function that is bound to vfio-pci has its folder. */
const FOLDER = 'sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/vfio-dev'

/** The rules as plain values; `?`: not known. */
function flat(kernel: KernelProfile): Record<string, unknown> {
  const { devSets, dmaOwnership, bareGroupFd, cdev, noiommuCdev, vfSplit, wideSlots } = kernel
  const rules = Object.entries({ cdev, noiommuCdev, vfSplit, wideSlots })
  const known = rules.map(([name, rule]) => [name, rule.known ? rule.value : '?'])
  return { devSets, dmaOwnership, bareGroupFd, ...Object.fromEntries(known) }
}

/** The value, or why it is not known. */
function short(observed: Observed<boolean>): boolean | string {
  return observed.known ? observed.value : observed.gap.why
}
