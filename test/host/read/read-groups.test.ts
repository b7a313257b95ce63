import { describe, expect, test } from 'vitest'
import { collectGaps } from '../../../src/host/collect-gaps.js'
import { errnoFailure } from '../../../src/host/tree/failure.js'
import { endpoint, type Files, find, functionFiles, read } from '../tree/tree-literal.js'

const GROUPS = 'sys/kernel/iommu_groups'
const FUNCTION = '0000:00:02.0'

function group(id: number, members: Readonly<Record<string, string>>, own: Files = {}): Files {
  const files: Record<string, Files[string]> = {
    [`${GROUPS}/${id}/devices`]: null,
    [`${GROUPS}/${id}/type`]: 'DMA\n',
  }
  for (const [name, target] of Object.entries(members)) {
    files[`${GROUPS}/${id}/devices/${name}`] = { link: `../../../../devices/${target}` }
  }
  for (const [name, entry] of Object.entries(own)) files[`${GROUPS}/${id}/${name}`] = entry
  return files
}

const functions = {
  ...functionFiles(FUNCTION, 'pci0000:00', endpoint({ iommu_group: { link: 'groups/10' } })),
  ...functionFiles('0000:00:02.1', 'pci0000:00', endpoint()),
}

describe('members', () => {
  test('by name, and the group of a function by its group', async () => {
    const host = await read({
      ...functions,
      ...group(10, {
        '0000:00:02.1': 'pci0000:00/0000:00:02.1',
        [FUNCTION]: `pci0000:00/${FUNCTION}`,
      }),
      ...group(9, {}),
    })
    expect(host.groupsListed.known).toBe(true)
    expect(host.groups.map(({ id, devices }) => [id, devices])).toEqual([
      [9, []],
      [10, [FUNCTION, '0000:00:02.1']],
    ])
    expect(find(host, FUNCTION).iommuGroup).toEqual({ known: true, value: 10 })
  })

  test('by what the link leads to when the kernel had to change the name', async () => {
    const host = await read({
      ...functions,
      ...group(10, { [`${FUNCTION}.0`]: `pci0000:00/${FUNCTION}`, [FUNCTION]: `odd/${FUNCTION}` }),
    })
    expect(host.groups).toMatchObject([{ devices: [FUNCTION], others: [] }])
  })

  test('that are no PCI functions, with their drivers', async () => {
    const host = await read({
      ...functions,
      ...group(10, { 'INTC1009:00': 'platform/INTC1009:00', 'soc:gpu': 'platform/soc:gpu' }),
      'sys/devices/platform/INTC1009:00/driver': { link: '../../../bus/platform/drivers/idma64' },
      'sys/devices/platform/soc:gpu/modalias': '',
    })
    expect(host.groups[0]?.others).toEqual([
      { name: 'INTC1009:00', driver: { known: true, value: 'idma64' } },
      { name: 'soc:gpu', driver: { known: true, value: null } },
    ])
  })

  test('of which nothing else is known keep their group open', async () => {
    const host = await read(
      { ...functions, ...group(10, { '0000:09:00.0': 'platform/0000:09:00.0' }) },
      'directory',
    )
    expect(host.groups[0]).toMatchObject({
      others: [{ name: '0000:09:00.0', driver: { known: false, gap: { why: 'not-captured' } } }],
    })
  })
})

describe('type and name', () => {
  test('a fake group is named, a real one is not asked', async () => {
    const host = await read({
      ...functionFiles(FUNCTION, 'pci0000:00', endpoint()),
      ...group(0, {}, { type: 'unknown\n', name: 'vfio-noiommu\n' }),
      ...group(1, {}, { name: { failure: errnoFailure('EIO') } }),
      ...group(2, {}, { type: 'blocked\n' }),
    })
    expect(host.groups.map(({ type, name }) => [type, name])).toEqual([
      [
        { known: true, value: 'unknown' },
        { known: true, value: 'vfio-noiommu' },
      ],
      [
        { known: true, value: 'DMA' },
        { known: true, value: null },
      ],
      [
        { known: true, value: 'blocked' },
        { known: true, value: null },
      ],
    ])
  })

  test('types that a copy left out are one gap', async () => {
    const host = await read(
      {
        ...functionFiles(FUNCTION, 'pci0000:00', endpoint()),
        [`${GROUPS}/1/devices`]: null,
        [`${GROUPS}/2/devices`]: null,
      },
      'directory',
    )
    const gaps = collectGaps(host).filter(({ path }) => path.startsWith(GROUPS))
    expect(gaps).toEqual([
      {
        path: `${GROUPS}/*/type`,
        why: 'not-captured',
        detail: 'no group of this tree has the file',
      },
    ])
  })
})

describe('no groups', () => {
  test('on a live host without IOMMU support: there are none', async () => {
    const host = await read(functions)
    expect(host.groupsListed).toEqual({ known: true, value: true })
  })

  test('in a copy: it may have left them out', async () => {
    const host = await read(functions, 'directory')
    expect(host.groupsListed).toMatchObject({ known: false, gap: { why: 'not-captured' } })
    expect(find(host, FUNCTION).iommuGroup).toEqual({ known: true, value: 10 })
    expect(find(host, '0000:00:02.1').iommuGroup).toEqual({ known: true, value: null })
  })

  test('that may be listed: that is told', async () => {
    const host = await read({ ...functions, [GROUPS]: { failure: errnoFailure('EACCES') } })
    expect(host.groupsListed).toMatchObject({ known: false, gap: { why: 'denied' } })
  })

  test('a name that is no number is a gap', async () => {
    const host = await read({
      ...functionFiles(FUNCTION, 'pci0000:00', endpoint()),
      [`${GROUPS}/07/type`]: 'DMA\n',
    })
    expect(host.groups).toEqual([])
    expect(host.gaps).toContainEqual({ path: GROUPS, why: 'malformed', detail: '"07"' })
  })
})
