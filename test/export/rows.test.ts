import { describe, expect, it } from 'vitest'
import { COLUMNS, type ExportRow } from '../../src/export/row.js'
import { rowsOf } from '../../src/export/rows.js'
import { isSelected, SELECTIONS, type SelectId } from '../../src/export/select.js'
import { loadFixture, REAL_HOSTS } from '../support/fixtures.js'
import { ACS_OK, endpoint, hostBridge, rootPort } from '../support/functions.js'
import type { HostSpec } from '../support/host-spec.js'
import { GPU, NO_IOMMU, SWITCH, sriovHost } from '../support/hosts.js'
import { analysed, exportOf, exportOfRaw } from './export-of.js'

async function rowOf(spec: HostSpec, address: string, asked = {}): Promise<ExportRow> {
  const row = rowsOf(await exportOf(spec, asked)).find((each) => each.pci_address === address)
  if (row === undefined) throw new Error(`no row of ${address}`)
  return row
}

describe('a row', () => {
  it('says of a function what inspect says, flat', async () => {
    const row = await rowOf(GPU, '0000:65:00.0')
    expect(row).toMatchObject({
      host: 'node1',
      tool_version: '1.2.3',
      schema_version: 2,
      kernel_release: '6.12.117',
      vendor_id: '10de',
      device_id: '2204',
      class_id: '030000',
      device_name: 'GA102 [GeForce RTX 3090]',
      driver: 'vfio-pci',
      on_vfio: true,
      iommu_group: 14,
      reset_scope: 'bus',
      affected: ['0000:65:00.0', '0000:65:00.1'],
      affected_groups: [14],
      blockers: ['foreign-driver'],
      group_fds: 'refused',
      group_fds_errno: 'EPERM',
      unit_size: 2,
      isolated: false,
      baseline_changes: null,
    })
    expect(row.unit).toBe((await rowOf(GPU, '0000:65:00.1')).unit)
  })

  it('keeps none, unknown and zero apart', async () => {
    const none = await rowOf(NO_IOMMU, '0000:01:00.0')
    expect(none.iommu_group).toBeNull()
    expect(none.unknown).not.toContain('iommu_group')
    const hidden: HostSpec = {
      ...GPU,
      files: { 'sys/devices/pci0000:00/0000:00:01.0/0000:65:00.0/numa_node': 'what?\n' },
    }
    const row = await rowOf(hidden, '0000:65:00.0')
    expect(row.numa_node).toBeNull()
    expect(row.unknown).toContain('numa_node')
    expect(row.gaps).toBeGreaterThan(0)
  })

  it('does not take what nobody could see for what nobody has open', async () => {
    const spec: HostSpec = { ...GPU, dev: false }
    const row = await rowOf(spec, '0000:65:00.0')
    expect(row.held_by).toBeNull()
    expect(row.unknown).toContain('held_by')
  })

  it('names who has the function open', async () => {
    const holders = [{ pid: 7, command: 'qemu', fd: 3, target: '/dev/vfio/14' }]
    expect((await rowOf({ ...GPU, holders }, '0000:65:00.0')).held_by).toEqual(['qemu'])
  })

  it('tells a virtual function from a physical one', async () => {
    const spec = sriovHost(2, '6.12.117')
    const vf = await rowOf(spec, '0000:40:01.0')
    expect([vf.sriov_role, vf.physfn]).toEqual(['vf', '0000:40:00.0'])
    expect((await rowOf(spec, '0000:40:00.0')).sriov_role).toBe('pf')
  })

  it('says what changed about it since the baseline, and only about it', async () => {
    const baseline = await analysed(GPU)
    const now: HostSpec = {
      ...GPU,
      functions: GPU.functions.map((each) =>
        each.address === '0000:65:00.1' ? { ...each, driver: 'vfio-pci' } : each,
      ),
    }
    const row = await rowOf(now, '0000:65:00.1', { baseline })
    expect(row.baseline_changes).toContain('driver')
    expect((await rowOf(now, '0000:65:00.0', { baseline })).baseline_changes).not.toContain(
      'driver',
    )
    expect((await rowOf(GPU, '0000:65:00.1', { baseline })).baseline_changes).toEqual([])
  })
})

describe('which functions', () => {
  const addresses = async (spec: HostSpec, select: SelectId) =>
    rowsOf(await exportOf(spec, { select })).map((row) => row.pci_address.slice(5))

  it('are those bound to vfio, those that people assign, or all but bridges', async () => {
    expect(await addresses(SWITCH, 'vfio')).toEqual(['04:00.0'])
    expect(await addresses(SWITCH, 'assignable')).toEqual(['03:00.0', '04:00.0'])
    expect(await addresses(SWITCH, 'all')).toEqual(['01:00.1', '03:00.0', '04:00.0'])
  })

  it('holds displays, accelerators, network and NVMe', async () => {
    const classes = [0x030000, 0x030200, 0x120000, 0x020000, 0x028000, 0x010802, 0x0c0330, 0x010601]
    const spec: HostSpec = {
      functions: [
        hostBridge('0000:00:00.0', { group: 0 }),
        ...classes.flatMap((each, index) => [
          rootPort(`0000:00:0${index + 1}.0`, {
            secondary: `0${index + 1}`,
            acs: ACS_OK,
            group: index + 1,
          }),
          endpoint(`0000:0${index + 1}:00.0`, { class: each, group: index + 20 }),
        ]),
      ],
    }
    expect((await addresses(spec, 'assignable')).map((each) => Number(each[1]))).toEqual([
      1, 2, 3, 4, 5, 6,
    ])
  })

  it('does not leave out what it could not tell', async () => {
    const { report } = await exportOf(SWITCH)
    const device = report.devices.find(({ address }) => address === '0000:01:00.1')
    if (device === undefined) throw new Error('no such function')
    const unread = { unknown: 'denied' } as const
    expect(isSelected('assignable', device)).toBe(false)
    expect(isSelected('assignable', { ...device, classCode: unread })).toBe(true)
    expect(isSelected('vfio', { ...device, vfio: unread })).toBe(true)
    expect(isSelected('all', { ...device, header: 'bridge' })).toBe(false)
  })
})

it.each(REAL_HOSTS)('%s: every row has every column, and what is unknown is null', async (name) => {
  const raw = await loadFixture(name)
  for (const select of SELECTIONS) {
    for (const row of rowsOf(exportOfRaw(raw, { select }))) {
      expect(Object.keys(row)).toEqual(COLUMNS)
      for (const column of row.unknown) expect(Object(row)[column]).toBeNull()
    }
  }
})
