import { describe, expect, test } from 'vitest'
import type { Change } from '../../src/diff/change.js'
import { compareHosts } from '../../src/diff/compare-hosts.js'
import { POLICIES } from '../../src/policy/policies/index.js'
import { analyseHost } from '../../src/vfio/analysed-host.js'
import {
  ACS_OK,
  ACS_REDIRECT_OFF,
  endpoint,
  type FunctionSpec,
  rootPort,
} from '../support/functions.js'
import { buildHost } from '../support/host-builder.js'
import type { HostSpec } from '../support/host-spec.js'
import { loadFiles } from '../support/load-host.js'

const KERNEL_POLICIES = POLICIES.filter(({ id }) => id === 'group-fds' || id === 'iommufd')

async function side(spec: HostSpec) {
  return analyseHost(await loadFiles(buildHost(spec)))
}

async function compare(before: HostSpec, after: HostSpec) {
  const options = { policies: KERNEL_POLICIES, hypothetical: false }
  return compareHosts(await side(before), await side(after), options)
}

async function changes(before: HostSpec, after: HostSpec): Promise<readonly Change[]> {
  return (await compare(before, after)).changes
}

const DISK_FILES = {
  'proc/self/mountinfo': '1 0 259:1 / / rw - ext4 /dev/nvme0n1p1 rw\n',
  'sys/dev/block/259:1': {
    link: '../../devices/pci0000:00/0000:00:02.0/0000:02:00.0/nvme/nvme0/nvme0n1/nvme0n1p1',
  },
}

/** A GPU behind one root port and the boot disk behind another. */
function server(gpuGroup: number, diskGroup: number, acs = ACS_OK): readonly FunctionSpec[] {
  return [
    rootPort('0000:00:01.0', { secondary: '01', group: gpuGroup, acs }),
    rootPort('0000:00:02.0', { secondary: '02', group: diskGroup, acs }),
    endpoint('0000:01:00.0', {
      id: '10de:2204',
      class: 0x030000,
      driver: 'vfio-pci',
      group: gpuGroup,
    }),
    endpoint('0000:02:00.0', {
      id: '144d:a80a',
      class: 0x010802,
      driver: 'nvme',
      group: diskGroup,
    }),
  ]
}

describe('after an upgrade the boot disk shares a group with the GPU', async () => {
  const before = { kernel: '6.6.30', functions: server(13, 14), files: DISK_FILES }
  const after = {
    kernel: '6.12.117',
    functions: server(7, 7, ACS_REDIRECT_OFF),
    files: DISK_FILES,
  }
  const found = await changes(before, after)

  test('the verdict of the GPU flips first, because of its group', () => {
    expect(found[0]).toMatchObject({
      kind: 'verdict',
      devices: expect.arrayContaining(['0000:01:00.0']),
      policy: 'group-fds',
      before: { outcome: 'permitted', errno: null },
      after: { outcome: 'refused', errno: 'EPERM' },
      cause: {
        kind: 'group-changed',
        at: '0000:01:00.0',
        joined: expect.arrayContaining(['0000:02:00.0']),
      },
    })
  })

  test('the groups joined because ACS was switched off, and the disk is needed', () => {
    expect(found.find(({ kind }) => kind === 'groups-joined')).toMatchObject({
      devices: ['0000:00:01.0', '0000:00:02.0', '0000:01:00.0', '0000:02:00.0'],
      before: [
        ['0000:00:01.0', '0000:01:00.0'],
        ['0000:00:02.0', '0000:02:00.0'],
      ],
      hostNeeds: expect.arrayContaining([
        expect.objectContaining({ kind: 'boot-disk', address: '0000:02:00.0' }),
      ]),
      cause: { kind: 'acs-changed', at: '0000:00:01.0' },
    })
  })

  test('the release is told, once', () => {
    const releases = found.filter(({ kind }) => kind === 'kernel-release')
    expect(releases).toMatchObject([{ before: '6.6.30', after: '6.12.117' }])
  })

  test('the other way round they split', async () => {
    const back = await changes(after, before)
    expect(back.map(({ kind }) => kind)).toContain('groups-split')
    expect(back[0]).toMatchObject({ kind: 'verdict', after: { outcome: 'permitted' } })
  })
})

describe('what is the same', () => {
  test('a host and itself', async () => {
    const spec = { functions: server(1, 2) }
    expect(await compare(spec, spec)).toMatchObject({ changes: [], incomparable: [] })
  })

  test('groups with other numbers', async () => {
    expect(await changes({ functions: server(1, 2) }, { functions: server(9, 4) })).toEqual([])
  })
})

describe('groups', () => {
  test('the kernel is named where the registers are the same', async () => {
    const found = await changes(
      { kernel: '6.6.30', functions: server(1, 2) },
      { kernel: '6.12.117', functions: server(1, 1) },
    )
    expect(found.find(({ kind }) => kind === 'groups-joined')?.cause).toEqual({
      kind: 'kernel-changed',
      before: '6.6.30',
      after: '6.12.117',
    })
  })

  test('a parameter is named before the kernel', async () => {
    const found = await changes(
      { functions: server(1, 2), cmdline: 'quiet pcie_acs_override=downstream' },
      { functions: server(1, 1), cmdline: 'quiet splash' },
    )
    expect(found.find(({ kind }) => kind === 'groups-joined')?.cause).toEqual({
      kind: 'parameter-changed',
      before: ['pcie_acs_override=downstream'],
      after: [],
    })
    expect(found.find(({ kind }) => kind === 'command-line')).toMatchObject({
      before: ['pcie_acs_override=downstream'],
      after: ['splash'],
    })
  })

  test('all of them, when the IOMMU is off', async () => {
    const bare = server(1, 2).map(({ group: _, ...each }) => each)
    const found = await changes(
      { functions: server(1, 2), cmdline: 'intel_iommu=on' },
      { functions: bare, cmdline: '' },
    )
    expect(found.find(({ kind }) => kind === 'groups-lost')).toMatchObject({
      before: [expect.any(Array), expect.any(Array)],
      after: [],
      cause: { kind: 'parameter-changed', before: ['intel_iommu=on'] },
    })
  })
})

describe('functions', () => {
  const port = rootPort('0000:00:01.0', { secondary: '01', group: 1 })

  test('one that got another bus number has moved, and nothing else changed', async () => {
    const at = (bus: string) => [
      rootPort('0000:00:01.0', { secondary: bus, group: 1 }),
      endpoint(`0000:${bus}:00.0`, { id: '8086:1533', driver: 'vfio-pci', group: 2 }),
    ]
    expect(await changes({ functions: at('01') }, { functions: at('05') })).toEqual([
      {
        kind: 'function-moved',
        devices: ['0000:05:00.0'],
        before: '0000:01:00.0',
        after: '0000:05:00.0',
        cause: null,
      },
    ])
  })

  test('another card in the same place is one gone and one added', async () => {
    const card = (id: string) => [
      port,
      endpoint('0000:01:00.0', { id, driver: 'vfio-pci', group: 2 }),
    ]
    const found = await changes({ functions: card('8086:1533') }, { functions: card('10de:2204') })
    expect(found.map(({ kind, devices }) => [kind, devices])).toEqual([
      ['function-gone', ['0000:01:00.0']],
      ['function-added', ['0000:01:00.0']],
    ])
  })

  test('another driver flips verdicts', async () => {
    const on = (driver: string) => [
      port,
      endpoint('0000:01:00.0', { driver: 'vfio-pci', group: 2, mfd: true }),
      endpoint('0000:01:00.1', { id: '8086:1aef', driver, group: 2 }),
    ]
    const found = await changes({ functions: on('vfio-pci') }, { functions: on('snd_hda_intel') })
    const flip = found.find(
      ({ kind, devices }) => kind === 'verdict' && devices.includes('0000:01:00.0' as never),
    )
    expect(flip?.cause).toEqual({
      kind: 'driver-changed',
      at: '0000:01:00.1',
      before: 'vfio-pci',
      after: 'snd_hda_intel',
    })
    expect(found.find(({ kind }) => kind === 'driver')).toMatchObject({ after: 'snd_hda_intel' })
    expect(found.find(({ kind }) => kind === 'dev-set')).toBeDefined()
  })
})

test('what one side does not tell is not compared', async () => {
  const files = {
    'proc/cmdline': { failure: { why: 'denied', errno: 'EACCES', detail: 'EACCES' } },
  } as const
  const { changes: found, incomparable } = await compare(
    { functions: server(1, 2), cmdline: 'quiet', files },
    { functions: server(1, 2), cmdline: 'splash' },
  )
  expect(found).toEqual([])
  expect(incomparable).toEqual([{ what: 'command-line', devices: [] }])
})

test('what a reset affects is not compared where it hangs on what was not read', async () => {
  // Whether the slot of this release covers the whole bus is not known: with it, the new function is affected.
  const functions = [
    rootPort('0000:00:01.0', { secondary: '01', group: 1, slot: { hotplug: true }, pciehp: true }),
    endpoint('0000:01:00.0', { group: 2, driver: 'vfio-pci' }),
    endpoint('0000:01:01.0', { group: 3, driver: 'vfio-pci' }),
  ]
  const more = [...functions, endpoint('0000:01:02.0', { group: 4, driver: 'vfio-pci' })]
  const { changes: found, incomparable } = await compare(
    { kernel: '6.12.0-124.8.1.el10_1.x86_64', functions },
    { kernel: '6.12.0-124.8.1.el10_1.x86_64', functions: more },
  )
  expect(found.filter(({ kind }) => kind === 'reset-scope')).toEqual([])
  expect(incomparable.find(({ what }) => what === 'reset-scope')?.devices).toContain('0000:01:00.0')
})
