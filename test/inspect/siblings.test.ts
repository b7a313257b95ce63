import { describe, expect, test } from 'vitest'
import type { TreeOrigin } from '../../src/host/tree/tree.js'
import { inspectReport } from '../../src/inspect/inspect-report.js'
import { renderOverview } from '../../src/inspect/text/overview/render-overview.js'
import { renderDevice } from '../../src/inspect/text/render-inspect.js'
import { POLICIES } from '../../src/policy/policies/index.js'
import { analyseHost } from '../../src/vfio/analysed-host.js'
import {
  ACS_EMPTY,
  ACS_OK,
  ACS_REDIRECT_OFF,
  type AcsSpec,
  endpoint,
  rootPort,
  switchDown,
  switchUp,
  virtualFunction,
} from '../support/functions.js'
import { buildHost } from '../support/host-builder.js'
import { without } from '../support/host-files.js'
import type { HostSpec } from '../support/host-spec.js'
import { loadFiles } from '../support/load-host.js'
import { at, flowing, PIPE } from '../support/report-of.js'

const COPY: TreeOrigin = { kind: 'capture', path: 'capture.tar.gz' }

/** What is printed of a copy of a host: the overview, and one function where one is named. */
async function told(
  spec: HostSpec,
  target?: string,
  origin: TreeOrigin = COPY,
  lacking: readonly string[] = [],
) {
  const raw = await loadFiles(without(buildHost(spec), ...lacking), origin, spec.made)
  const report = inspectReport({
    host: analyseHost(raw),
    targets: target === undefined ? null : [at(target)],
    query: {
      policies: POLICIES.filter(({ isDefault }) => isDefault),
      owning: new Set(),
      brief: target === undefined,
    },
    tool: { name: 'vfio-reset', version: '0.0.0' },
    names: new Map(),
  })
  const text =
    target === undefined
      ? renderOverview(report, { ...PIPE, all: false })
      : renderDevice(report, at(target), PIPE)
  return { report, text: flowing(text) }
}

describe('a quirk that the kernel should have and whose groups show that it is not active', () => {
  const functions = [
    rootPort('0000:00:1c.0', { id: '8086:9c10', secondary: '01', group: 5 }),
    endpoint('0000:01:00.0', { id: '8086:1533', acs: ACS_EMPTY, driver: 'igb', group: 5 }),
  ]

  test('is told by the actual group first, and the prediction after it', async () => {
    const { text } = await told({ functions, iommu: 'intel' }, '0000:01:00.0')
    expect(text).not.toContain('the IOMMU tells this function from all others')
    expect(text).toContain('IOMMU group 5 holds 1 other member')
    expect(text).toContain(
      'Isolation: not isolated: the kernel put it into one group (5) with 1 other; by its rules it would stand alone if the quirk for 00:1c.0 were active',
    )
    expect(text).not.toContain('it shares neither an IOMMU group')
  })
})

describe('drives behind VMD', () => {
  const vmd: HostSpec = {
    iommu: 'intel',
    rootPaths: { '10000:e0': 'sys/devices/pci0000:00/0000:00:0e.0/pci10000:e0' },
    functions: [
      endpoint('0000:00:0e.0', { id: '8086:9a0b', class: 0x010400, group: 7, driver: 'vmd' }),
      { ...rootPort('10000:e0:1d.0', { secondary: 'e1' }), group: 7, driver: 'pcieport' },
      endpoint('10000:e1:00.0', { id: '15b7:5045', class: 0x010802, group: 7, driver: 'nvme' }),
    ],
    files: {
      'proc/self/mountinfo': '30 1 259:1 / /srv rw - xfs /dev/nvme0n1 rw\n',
      'proc/swaps': 'Filename Type Size Used Priority\n',
      'sys/dev/block/259:1': {
        link: '../../devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:1d.0/10000:e1:00.0/nvme/nvme0/nvme0n1',
      },
      'sys/devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:1d.0/10000:e1:00.0/nvme/nvme0/nvme0n1/dev':
        '259:1\n',
    },
  }

  test('the controller counts as needed with what is behind it', async () => {
    const { report, text } = await told(vmd)
    const needed = report.warnings.filter(({ kind }) => kind === 'mounted-filesystem')
    expect(needed.map(({ address }) => address)).toEqual(['0000:00:0e.0', '10000:e1:00.0'])
    expect(text).toContain(
      'only 0000:00:0e.0 can be given away, and what is behind it goes with it',
    )
  })

  test.each(['10000:e1:00.0', '0000:00:0e.0'])('no command takes %s', async (address) => {
    const { text } = await told(vmd, address)
    expect(text).not.toMatch(/driver\/unbind|driver_override|driverctl/)
  })
})

describe('functions below a switch one of whose ports lets requests pass sideways', () => {
  const switched = (acs: AcsSpec): HostSpec => ({
    iommu: 'amd',
    functions: [
      rootPort('0000:00:03.1', { secondary: '10', acs: ACS_OK, group: 1 }),
      switchUp('0000:10:00.0', { secondary: '11', group: 2 }),
      switchDown('0000:11:00.0', { secondary: '12', acs: ACS_OK, group: 3 }),
      switchDown('0000:11:01.0', { secondary: '13', acs, group: 4 }),
      endpoint('0000:12:00.0', { id: '1d0f:efa1', class: 0x020000, driver: 'efa', group: 5 }),
      endpoint('0000:13:00.0', { id: '144d:a80a', class: 0x010802, driver: 'nvme', group: 4 }),
    ],
  })

  test('stand under a heading of their own', async () => {
    const { text } = await told(switched(ACS_REDIRECT_OFF))
    const [before = '', after = ''] = text.split('Own IOMMU groups, but others can reach these')
    expect(before).not.toMatch(/ 12:00\.0 /)
    expect(after).toMatch(/ 12:00\.0 .*reachable sideways/)
  })

  test('are independent where every port keeps them apart', async () => {
    const { text } = await told(switched(ACS_OK))
    expect(text).toMatch(/Independent: each can go to a different user .* 12:00\.0 /)
    expect(text).not.toContain('sideways')
  })
})

describe('a function that a vfio driver has, beside groups and in none', () => {
  const host = (more: Partial<HostSpec> = {}): HostSpec => ({
    iommu: 'intel',
    functions: [
      rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK, group: 1 }),
      endpoint('0000:01:00.0', { id: '10de:2204', class: 0x030000, driver: 'vfio-pci' }),
      rootPort('0000:00:02.0', { secondary: '02', acs: ACS_OK, group: 2 }),
      endpoint('0000:02:00.0', { id: '8086:1533', driver: 'igb', group: 3 }),
    ],
    ...more,
  })

  test('contradicts the copy, whose group is unknown', async () => {
    const { report, text } = await told(host(), '0000:01:00.0')
    expect(report.devices[0]?.iommuGroup).toEqual({ unknown: 'not-captured' })
    expect(text).toContain('but the copy has no group for it: its group is unknown')
    expect(text).not.toMatch(/nothing limits its DMA|in no IOMMU group/)
  })

  test('has none where unsafe no-IOMMU mode is on', async () => {
    const { report, text } = await told(host({ noiommu: true }), '0000:01:00.0')
    expect(report.devices[0]?.iommuGroup).toBeNull()
    expect(text).not.toContain('the copy has no group for it')
  })

  test('has none on a running host, which says so', async () => {
    const { report } = await told(host(), '0000:01:00.0', { kind: 'live', path: null })
    expect(report.devices[0]?.iommuGroup).toBeNull()
  })

  test('is unknown without any word of groups, and no contradiction', async () => {
    const functions = host().functions.map(({ group: _, ...each }) => each)
    const { report, text } = await told({ functions, iommu: null, dev: false }, '0000:01:00.0')
    expect(text).not.toContain('the copy has no group for it')
    expect(report.warnings.map(({ kind }) => kind)).not.toContain('group-link-lost')
  })
})

describe('a device set whose key was fixed when its functions were bound', () => {
  const port = (pciehp: boolean): HostSpec => ({
    iommu: 'intel',
    functions: [
      rootPort('0000:00:01.0', {
        secondary: '01',
        acs: ACS_OK,
        group: 1,
        slot: { hotplug: true, number: 3 },
        pciehp,
      }),
      endpoint('0000:01:00.0', { mfd: true, group: 10, driver: 'vfio-pci' }),
      endpoint('0000:01:00.1', { mfd: true, group: 10, driver: 'vfio-pci' }),
    ],
  })
  const service = 'sys/bus/pci_express/devices/0000:00:01.0:pcie004'

  test('rests on the slot having been there, and the answer says so', async () => {
    const { text } = await told(port(true), '0000:01:00.0')
    expect(text).toContain('rest on the slot below 0000:00:01.0 having been there')
  })

  test('may be of a slot that went, where no driver has the service of the port', async () => {
    const { text } = await told({ ...port(false), files: { [service]: '' } }, '0000:01:00.0')
    expect(text).toContain(
      'Unknown: whether a VM that gets only 0000:01:00.0 (8086:10d3) can hot-reset it. No file of the kernel shows whether the port 0000:00:01.0 had another slot when 0000:01:00.0, 0000:01:00.1 were bound.',
    )
    expect(text).toContain('Unbind the functions and bind them again')
    expect(text).not.toMatch(/would settle it|first read what is missing/)
  })

  test('does not rest on it where the kernel tells the order', async () => {
    const folder = 'sys/devices/pci0000:00/0000:00:01.0'
    const power = 'sys/bus/pci/slots/3/power'
    const made = [power, ...['0', '1'].map((each) => `${folder}/0000:01:00.${each}/driver`)]
    const { text } = await told({ ...port(true), made, files: { [power]: '' } }, '0000:01:00.0')
    expect(text).not.toMatch(/rest on the slot/)
    expect(text).toContain('permitted')
  })

  test('is no matter without a slot', async () => {
    const { text } = await told(port(false), '0000:01:00.0')
    expect(text).not.toMatch(/No file of the kernel|rest on the slot/)
  })
})

describe('a function whose group names one that the copy lacks', () => {
  const spec: HostSpec = {
    iommu: 'intel',
    functions: [
      rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK, group: 1 }),
      endpoint('0000:01:00.0', { mfd: true, group: 10, driver: 'nvidia', class: 0x030000 }),
      endpoint('0000:01:00.1', { mfd: true, group: 10, driver: 'snd_hda_intel' }),
    ],
  }
  const folder = 'sys/devices/pci0000:00/0000:00:01.0/0000:01:00.1'
  const lacking = [folder, 'sys/bus/pci/devices/0000:01:00.1']

  test('is not independent', async () => {
    const { text } = await told(spec, undefined, COPY, lacking)
    expect(text).not.toContain('Independent')
    expect(text).toContain('share IOMMU group 10 and are hot-reset together')
  })

  test('is not reset alone, and nothing that may be so is said to be', async () => {
    const { text } = await told(spec, '0000:01:00.0', COPY, lacking)
    expect(text).toContain('No: it belongs to one user together with 1 other function')
    expect(text).toContain(
      'holds 1 other member: 0000:01:00.1 (driver not read). Whether it can be opened once',
    )
    expect(text).not.toMatch(/sriov_numvfs|exempts the bus|resets that function alone/)
  })
})

describe('functions that a reset couples and that have no IOMMU', () => {
  test('are not said to have groups of their own', async () => {
    const { text } = await told(
      {
        functions: [
          rootPort('0000:00:01.0', { secondary: '01' }),
          endpoint('0000:01:00.0', { mfd: true, driver: 'igb' }),
          endpoint('0000:01:00.1', { mfd: true, driver: 'igb' }),
        ],
      },
      '0000:01:00.0',
      { kind: 'live', path: null },
    )
    expect(text).toContain('No IOMMU is active: no function of this host can be given away safely')
    expect(text).not.toMatch(/own IOMMU group|not the same IOMMU group/)
  })
})

describe('a function alone in its group that a reset couples with a group', () => {
  test('can go to a user of its own', async () => {
    const { text } = await told(
      {
        iommu: 'intel',
        functions: [
          rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK, group: 1 }),
          endpoint('0000:01:00.0', { mfd: true, driver: 'igb', group: 2 }),
          endpoint('0000:01:00.1', { mfd: true, driver: 'igb', group: 3 }),
          endpoint('0000:01:00.2', { mfd: true, driver: 'igb', group: 3 }),
        ],
      },
      '0000:01:00.0',
    )
    expect(text).toContain('Its IOMMU group holds it alone, so it can go to a user of its own')
    expect(text).not.toContain('belongs to one user')
  })
})

test('a pool that is not followed asks for no kernel release', async () => {
  const { text } = await told({
    functions: [
      rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK, group: 1 }),
      virtualFunction('0000:01:00.0', { class: 0x010802, driver: 'nvme', group: 2 }),
    ],
    iommu: 'intel',
    files: { 'proc/self/mountinfo': '30 1 0:30 / / rw - zfs rpool/ROOT rw\n' },
  })
  expect(text).toContain('not followed')
  expect(text).not.toContain('unknown rule')
})

describe('interrupts', () => {
  const host = (interrupts: string | null, allowed: string): HostSpec => ({
    iommu: 'intel',
    functions: [
      rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK, group: 1 }),
      endpoint('0000:01:00.0', { driver: 'vfio-pci', group: 2 }),
    ],
    files: {
      'sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts': allowed,
      ...(interrupts === null ? {} : { 'proc/interrupts': interrupts }),
    },
  })
  const DIRECT = '  24:  1  PCI-MSI-0000:00:01.0  0-edge\n'
  const REMAPPED = '  24:  1  IR-PCI-MSI-0000:00:01.0  0-edge\n'

  test.each([
    ['nothing tells of them', null, 'N\n', 'permitted', null],
    ['they are remapped', REMAPPED, 'N\n', 'permitted', null],
    ['they are not', DIRECT, 'N\n', 'refused', 'EPERM'],
    ['they are not, and that is allowed', DIRECT, 'Y\n', 'permitted', null],
  ])('%s', async (_, interrupts, allowed, outcome, errno) => {
    const { report } = await told(host(interrupts, allowed), '0000:01:00.0')
    const verdict = report.devices[0]?.hotReset.verdicts.find(
      ({ policy }) => policy === 'group-fds',
    )
    expect(verdict).toMatchObject({ outcome, errno })
  })
})

describe('a root file system on ZFS', () => {
  const host = (more: HostSpec['files'] = {}): HostSpec => ({
    iommu: 'intel',
    functions: [
      rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK, group: 1 }),
      endpoint('0000:01:00.0', { class: 0x020000, driver: 'igc', group: 2 }),
      rootPort('0000:00:02.0', { secondary: '02', acs: ACS_OK, group: 3 }),
      endpoint('0000:02:00.0', { class: 0x010802, driver: 'nvme', group: 4 }),
    ],
    files: {
      'proc/self/mountinfo': '30 1 0:30 / / rw - zfs rpool/ROOT rw\n',
      'proc/swaps': 'Filename Type Size Used Priority\n',
      'proc/net/route': 'Iface Destination\n',
      'proc/net/ipv6_route': '',
      ...more,
    },
  })
  const DISK = '../../devices/pci0000:00/0000:00:02.0/0000:02:00.0/nvme/nvme0/nvme0n1'

  test.each([
    ['its disks listed', { 'sys/class/block/nvme0n1': { link: DISK } }],
    ['no disk listed', {}],
  ])('%s: may rest on a disk, and on no network card', async (_, files) => {
    expect((await told(host(files), '0000:02:00.0')).text).not.toContain('driverctl')
    const { text } = await told(host(files), '0000:01:00.0')
    expect(text).toContain('driverctl set-override 0000:01:00.0 vfio-pci')
    expect(text).not.toContain('mountinfo was not read')
  })
})

describe('a function that an active IOMMU leaves out', () => {
  const spec: HostSpec = {
    kernel: '6.12.117',
    iommu: 'intel',
    functions: [
      rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK, group: 1 }),
      endpoint('0000:01:00.0', { group: 10, driver: 'igb' }),
      rootPort('0000:00:02.0', { secondary: '02', acs: ACS_OK, group: 2 }),
      endpoint('0000:02:00.0', { driver: 'xhci_hcd' }),
    ],
  }

  test('stands under a heading of its own, never as independent', async () => {
    const { text } = await told(spec)
    const [before = '', after = ''] = text.split('No IOMMU group: cannot be given away')
    expect(after).toContain('02:00.0')
    expect(before).toContain('01:00.0')
    expect(before).not.toContain('02:00.0')
  })

  test('is not called usable on its own', async () => {
    const { text } = await told(spec, '0000:02:00.0')
    expect(text).toContain('Isolation: none, the function has no IOMMU group')
    expect(text).not.toMatch(/independently\? Yes/)
  })
})
