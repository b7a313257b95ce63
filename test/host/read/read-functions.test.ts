import { describe, expect, test } from 'vitest'
import { collectGaps } from '../../../src/host/collect-gaps.js'
import type { Observed } from '../../../src/host/gap.js'
import { readHost } from '../../../src/host/read/read-host.js'
import { errnoFailure } from '../../../src/host/tree/failure.js'
import type { HostTree } from '../../../src/host/tree/tree.js'
import {
  bridge,
  endpoint,
  type Files,
  find,
  functionFiles,
  read,
  treeOf,
} from '../tree/tree-literal.js'

const BUS = 'pci0000:00'
const PORT = '0000:00:01.0'

/** One endpoint at 0000:00:02.0 with these files. */
function one(own: Files): Files {
  return functionFiles('0000:00:02.0', BUS, own)
}

async function readOne(own: Files, kind: 'live' | 'directory' = 'live') {
  return find(await read(one(own), kind), '0000:00:02.0')
}

function value<T>(observed: Observed<T>): T | string {
  return observed.known ? observed.value : observed.gap.why
}

function values(...observed: readonly Observed<unknown>[]): readonly unknown[] {
  return observed.map((each) => value(each))
}

describe('identity', () => {
  test('comes from uevent', async () => {
    const found = await readOne(endpoint())
    expect(value(found.vendorId)).toBe(0x144d)
    expect(value(found.deviceId)).toBe(0xa808)
    expect(value(found.subsystemVendorId)).toBe(0x144d)
    expect(value(found.subsystemDeviceId)).toBe(0xa801)
    expect(value(found.classCode)).toBe(0x01_08_02)
    expect(value(found.driver)).toBe('nvme')
    expect(value(found.revision)).toBe(2)
  })

  test('comes from the single attributes where there is no uevent', async () => {
    const found = await readOne({
      vendor: '0x144d\n',
      device: '0xa808\n',
      class: '0x010802\n',
      subsystem_vendor: '0x144d\n',
      subsystem_device: 'none\n',
      revision: '0x04\n',
      driver: { link: '../../../bus/pci/drivers/vfio-pci' },
    })
    expect(value(found.vendorId)).toBe(0x144d)
    expect(value(found.classCode)).toBe(0x01_08_02)
    expect(found.subsystemDeviceId).toMatchObject({ gap: { why: 'malformed', detail: '"none"' } })
    expect(value(found.driver)).toBe('vfio-pci')
    expect(value(found.revision)).toBe(4)
  })

  test('without a driver: neither uevent nor a link names one', async () => {
    const found = await readOne(endpoint({ uevent: 'PCI_CLASS=10802\nPCI_ID=144D:A808\n' }))
    expect(value(found.driver)).toBe(null)
  })
})

describe('a file that is missing', () => {
  test('links: a live kernel says there is none', async () => {
    const found = await readOne({ vendor: '0x144d\n' })
    expect(values(found.driver, found.iommuGroup, found.physfn)).toEqual([null, null, null])
  })

  test('links of a copy: none where others have them, unknown where nobody has', async () => {
    const silent = await readOne({ vendor: '0x144d\n' }, 'directory')
    expect(values(silent.driver, silent.iommuGroup, silent.physfn)).toEqual([
      'not-captured',
      'not-captured',
      null,
    ])
    const linked = { driver: { link: '../drivers/nvme' }, iommu_group: { link: 'groups/3' } }
    const both = { ...one({ vendor: '0x144d\n' }), ...functionFiles(PORT, BUS, endpoint(linked)) }
    const found = find(await read(both, 'directory'), '0000:00:02.0')
    expect(values(found.driver, found.iommuGroup)).toEqual([null, null])
  })

  test('the link of a driver: a `uevent` without it says that there is none', async () => {
    const found = await readOne({ uevent: 'PCI_ID=144D:A80A\n' }, 'directory')
    expect(value(found.driver)).toBe(null)
  })

  test('numa_node: -1 is none, missing is unknown', async () => {
    expect(value((await readOne(endpoint({ numa_node: '-1\n' }))).numaNode)).toBe(null)
    expect(value((await readOne({})).numaNode)).toBe('absent')
    expect(value((await readOne({}, 'directory')).numaNode)).toBe('not-captured')
  })

  test('reset_method: none where others have it, unknown where nobody has', async () => {
    const both = { ...one(endpoint()), ...functionFiles(PORT, BUS, bridge()) }
    expect(value(find(await read(both), PORT).resetMethods)).toBe(null)
    expect(value(find(await read(both), '0000:00:02.0').resetMethods)).toEqual(['flr', 'bus'])
    expect(value((await readOne(endpoint({ reset_method: '' }))).resetMethods)).toEqual([])
    expect(value((await readOne({})).resetMethods)).toBe('absent')
    expect(value((await readOne({}, 'directory')).resetMethods)).toBe('not-captured')
  })

  test('files that not every kernel has: none on a live host, not known in a copy', async () => {
    const live = await readOne({})
    expect(values(live.power, live.enabled, live.bootVga)).toEqual([null, null, null])
    const copy = await readOne({ class: '0x030000\n' }, 'directory')
    expect(values(copy.power, copy.enabled, copy.bootVga)).toEqual([
      'not-captured',
      'not-captured',
      'not-captured',
    ])
  })

  test('everywhere is one gap, in some functions one gap each', async () => {
    const files = {
      ...functionFiles('0000:00:02.0', BUS, endpoint()),
      ...functionFiles('0000:00:03.0', BUS, { ...endpoint(), numa_node: null }),
      ...functionFiles('0000:00:04.0', BUS, {
        vendor: '0x144d\n',
        config: endpoint()['config'] ?? '',
      }),
    }
    const gaps = collectGaps(await read(files, 'directory'))
    const about = (name: string) => gaps.filter(({ path }) => path.endsWith(`/${name}`))
    expect(about('enable').map(({ path }) => path)).toEqual(['sys/bus/pci/devices/*/enable'])
    expect(about('power_state').map(({ path }) => path)).toEqual([
      'sys/devices/pci0000:00/0000:00:04.0/power_state',
    ])
    expect(about('numa_node')).toMatchObject([
      { path: 'sys/devices/pci0000:00/0000:00:03.0/numa_node', why: 'malformed' },
      { path: 'sys/devices/pci0000:00/0000:00:04.0/numa_node', why: 'not-captured' },
    ])
  })
})

describe('places', () => {
  test('VMD: a domain wider than 16 bits, below an endpoint', async () => {
    const vmd = `${BUS}/0000:00:0e.0/pci10000:e0`
    const host = await read({
      ...functionFiles('0000:00:0e.0', BUS, endpoint()),
      ...functionFiles('10000:e0:06.0', vmd, bridge({ 'pci_bus/10000:e1': null })),
      ...functionFiles('10000:e1:00.0', `${vmd}/10000:e0:06.0`, endpoint()),
    })
    expect(host.functions.map(({ address }) => address)).toEqual([
      '0000:00:0e.0',
      '10000:e0:06.0',
      '10000:e1:00.0',
    ])
    expect(find(host, '10000:e1:00.0').path).toBe(
      'sys/devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/10000:e1:00.0',
    )
    expect(find(host, '10000:e0:06.0').childBuses).toEqual(['10000:e1'])
  })

  test('a host bridge that is a platform device', async () => {
    const host = await read(functionFiles('0001:00:00.0', 'platform/40000000.pcie/pci0001:00'))
    expect(find(host, '0001:00:00.0').path).toContain('platform/40000000.pcie')
  })

  test('what has no place in a hierarchy is left out and told', async () => {
    const host = await read({
      'sys/bus/pci/devices/0000:00:01.0': { link: '../../../devices/0000:00:01.0' },
      'sys/bus/pci/devices/0000:00:02.0/vendor': '0x144d\n',
      'sys/bus/pci/devices/junk': { link: '../../../devices/pci0000:00/junk' },
    })
    expect(host.functions).toEqual([])
    expect(host.gaps.filter(({ why }) => why === 'malformed').map(({ path }) => path)).toEqual([
      'sys/bus/pci/devices',
      'sys/bus/pci/devices/0000:00:01.0',
      'sys/bus/pci/devices/0000:00:02.0',
    ])
  })

  test('no PCI at all', async () => {
    const host = await read({ 'proc/version': 'Linux\n' })
    expect(host.functions).toEqual([])
    expect(host.gaps[0]).toMatchObject({ path: 'sys/bus/pci/devices', why: 'absent' })
  })
})

describe('SR-IOV', () => {
  const pf = functionFiles('0000:01:00.0', `${BUS}/${PORT}`, {
    ...endpoint(),
    sriov_totalvfs: '8\n',
    virtfn0: { link: '../0000:01:10.0' },
    virtfn10: { link: '../0000:02:00.0' },
    virtfn2: { link: '../0000:01:10.4' },
  })
  const vf = (address: string, own: Files = {}) =>
    functionFiles(address, `${BUS}/${PORT}`, {
      ...endpoint({ revision: '0x07\n' }),
      physfn: { link: '../0000:01:00.0' },
      ...own,
    })
  const host = read({
    ...functionFiles(PORT, BUS, bridge({ 'pci_bus/0000:01': null, 'pci_bus/0000:02': null })),
    ...pf,
    ...vf('0000:01:10.0'),
    ...vf('0000:01:10.4', { revision: '0x09\n' }),
    ...vf('0000:02:00.0'),
  })

  test('a PF names its VFs in the order of their numbers', async () => {
    const found = find(await host, '0000:01:00.0')
    expect(found.virtfns).toEqual(['0000:01:10.0', '0000:01:10.4', '0000:02:00.0'])
    expect([value(found.sriovTotal), value(found.physfn)]).toEqual([8, null])
  })

  test('a VF on a virtual bus stands beside its PF', async () => {
    const found = find(await host, '0000:02:00.0')
    expect(value(found.physfn)).toBe('0000:01:00.0')
    expect(found.path).toBe('sys/devices/pci0000:00/0000:00:01.0/0000:02:00.0')
    expect(find(await host, PORT).childBuses).toEqual(['0000:01', '0000:02'])
  })

  test('config space of a VF is not read, and nothing is missing without it', async () => {
    const raw = await host
    expect(value(find(raw, '0000:01:10.0').config)).toBe('not-captured')
    expect(collectGaps(raw).filter(({ path }) => path.endsWith('config'))).toEqual([])
  })

  test('the revision of the first VF is that of all', async () => {
    const raw = await host
    expect(value(find(raw, '0000:01:10.0').revision)).toBe(7)
    expect(value(find(raw, '0000:01:10.4').revision)).toBe(7)
  })

  test('a PF has its extended capabilities read', async () => {
    const { config } = find(await host, '0000:01:00.0')
    expect(config).toMatchObject({ value: { extended: [{ id: 0x0d }] } })
  })

  test('a VF whose PF does not name it says so itself; a link to nowhere is told', async () => {
    const orphan = await read(
      { ...vf('0000:01:10.0'), ...vf('0000:01:10.2', { physfn: { link: '../oddly' } }) },
      'directory',
    )
    expect(value(find(orphan, '0000:01:10.0').physfn)).toBe('0000:01:00.0')
    expect(value(find(orphan, '0000:01:10.2').physfn)).toBe('malformed')
  })
})

describe('vfio', () => {
  test('a registered function, with and without a cdev', async () => {
    const cdev = await readOne(endpoint({ 'vfio-dev/vfio3/dev': '511:3\n' }))
    expect(value(cdev.vfioDev)).toEqual({ name: 'vfio3', cdev: true })
    const fake = await readOne(endpoint({ 'vfio-dev/noiommu-vfio0/power/control': 'auto\n' }))
    expect(value(fake.vfioDev)).toEqual({ name: 'noiommu-vfio0', cdev: false })
    expect(value((await readOne(endpoint())).vfioDev)).toBe(null)
  })

  test('how often a function is enabled', async () => {
    expect(value((await readOne(endpoint({ enable: '2\n' }))).enabled)).toBe(2)
  })

  test('boot_vga', async () => {
    const vga = { uevent: 'PCI_CLASS=30000\nPCI_ID=10DE:2204\n' }
    expect(value((await readOne(endpoint({ ...vga, boot_vga: '1\n' }))).bootVga)).toBe(true)
    expect(value((await readOne(endpoint({ ...vga, boot_vga: '0\n' }))).bootVga)).toBe(false)
  })
})

describe('a bridge that is not listed', () => {
  const below = functionFiles('0000:01:00.0', `${BUS}/${PORT}`, endpoint())
  const { [`sys/bus/pci/devices/${PORT}`]: _, ...lost } = functionFiles(PORT, BUS, bridge())

  test('is read where its children stand', async () => {
    const host = await read({ ...lost, ...below })
    expect(host.functions.map(({ address }) => address)).toEqual([PORT, '0000:01:00.0'])
    expect(value(find(host, PORT).vendorId)).toBe(0x8086)
    const path = `sys/bus/pci/devices/${PORT}`
    expect(collectGaps(host)).toContainEqual(expect.objectContaining({ path, why: 'absent' }))
  })

  test('is unknown where there is nothing but its folder', async () => {
    const port = find(await read(below, 'directory'), PORT)
    expect(values(port.vendorId, port.config)).toEqual(['not-captured', 'not-captured'])
  })
})

describe('extended capabilities', () => {
  test('are read of every function that is no VF', async () => {
    const host = await read({
      ...functionFiles('0000:00:02.0', BUS, endpoint()),
      ...functionFiles('0000:00:03.0', BUS, endpoint()),
      ...functionFiles('0000:00:03.1', BUS, endpoint()),
    })
    const extended = (address: string) => {
      const { config } = find(host, address)
      return config.known ? (config.value.extended?.length ?? null) : config.gap
    }
    const addresses = ['0000:00:02.0', '0000:00:03.0', '0000:00:03.1']
    expect(addresses.map(extended)).toEqual([1, 1, 1])
  })
})

describe('what sleeps is not woken', () => {
  const below = (port: Files, own: Files) => ({
    ...functionFiles(PORT, BUS, bridge({ 'pci_bus/0000:01': null, ...port })),
    ...functionFiles('0000:01:00.0', `${BUS}/${PORT}`, endpoint(own)),
  })
  const config = async (files: Files) => value(find(await read(files), '0000:01:00.0').config)

  test('a function in D3cold', async () => {
    expect(await config(below({}, { power_state: 'D3cold\n' }))).toBe('asleep')
  })

  test.each(['suspended\n', 'suspending\n'])(
    'a function below a bridge that is %s',
    async (status) => {
      expect(await config(below({ 'power/runtime_status': status }, {}))).toBe('asleep')
    },
  )

  test('an idle function of vfio-pci, in D3hot below an active bridge, is read', async () => {
    const idle = { power_state: 'D3hot\n', 'power/runtime_status': 'suspended\n' }
    expect(await config(below({}, idle))).toMatchObject({ limit: 4096 })
  })

  test('a suspended function of a kernel that does not state the power state', async () => {
    const files = functionFiles('0000:00:02.0', BUS, {
      vendor: '0x144d\n',
      config: endpoint()['config'] ?? '',
      'power/runtime_status': 'suspended\n',
    })
    expect(value(find(await read(files), '0000:00:02.0').config)).toBe('asleep')
  })

  test('unless it is asked for', async () => {
    const files = below({ 'power/runtime_status': 'suspended\n' }, { power_state: 'D3cold\n' })
    const host = await readHost(treeOf(files), { wake: true, holders: false })
    expect(find(host, '0000:01:00.0').config.known).toBe(true)
  })

  test('and it is told which file was left alone', async () => {
    const gaps = collectGaps(await read(below({}, { power_state: 'D3cold\n' })))
    expect(gaps).toContainEqual({
      path: 'sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/config',
      why: 'asleep',
      detail: 'in D3cold: reading would wake it',
    })
  })
})

describe('what cannot be read', () => {
  test('is told by its errno', async () => {
    const found = await readOne(
      endpoint({
        numa_node: { failure: errnoFailure('EACCES') },
        power_state: { failure: errnoFailure('EIO') },
        config: { failure: errnoFailure('ENODEV') },
      }),
    )
    expect(values(found.numaNode, found.power, found.config)).toEqual([
      'denied',
      'failed',
      'vanished',
    ])
  })

  test('64 bytes of config are a gap, and no list without capabilities', async () => {
    const host = await read(
      one(
        endpoint({
          config: { bytes: (endpoint()['config'] as Uint8Array).slice(0, 64), size: 4096 },
        }),
      ),
    )
    expect(collectGaps(host)).toContainEqual({
      path: 'sys/devices/pci0000:00/0000:00:02.0/config',
      why: 'truncated',
      detail: '64 of 4096 bytes',
    })
  })

  test('a function that answers all ones is dead, which is no gap', async () => {
    const host = await read(one(endpoint({ config: new Uint8Array(4096).fill(0xff) })))
    const found = find(host, '0000:00:02.0')
    expect(found.config).toMatchObject({ value: { header: { id: 0xffff_ffff } } })
    expect(value(found.revision)).toBe('absent')
    expect(collectGaps(host).filter(({ path }) => path.endsWith('config'))).toEqual([])
  })

  test('a folder of a copy that is not there leaves a function of which nothing is known', async () => {
    const link = 'sys/bus/pci/devices/0000:00:02.0'
    const host = await read(
      { [link]: { link: '../../../devices/pci0000:00/0000:00:02.0' } },
      'directory',
    )
    const { driver, iommuGroup, physfn, vfioDev, config } = find(host, '0000:00:02.0')
    expect(values(driver, iommuGroup, physfn, vfioDev, config)).toEqual(
      Array(5).fill('not-captured'),
    )
    expect(host.changed).toBe(false)
  })
})

describe('functions that come and go', () => {
  const files = {
    ...functionFiles('0000:00:02.0', BUS, endpoint()),
    ...functionFiles('0000:00:03.0', BUS, endpoint()),
    'sys/kernel/iommu_groups/4/type': 'DMA\n',
    'sys/kernel/iommu_groups/4/devices/0000:00:03.0': {
      link: '../../../../devices/pci0000:00/0000:00:03.0',
    },
  }
  /** Lists `sys/bus/pci/devices` with the given names, one listing after the other. */
  const withListings = (listings: readonly (readonly string[])[]): HostTree => {
    const tree = treeOf(files)
    let next = 0
    return {
      ...tree,
      list(path) {
        if (path !== 'sys/bus/pci/devices') return tree.list(path)
        next += 1
        return listings[next - 1] ?? []
      },
    }
  }
  const options = { wake: false, holders: false }

  test('gone before its folder is listed', async () => {
    const host = await readHost(
      withListings([['0000:00:02.0', '0000:00:07.0'], ['0000:00:02.0']]),
      options,
    )
    expect(host.functions.map(({ address }) => address)).toEqual(['0000:00:02.0'])
    expect(host.changed).toBe(true)
    expect(collectGaps(host)).toContainEqual(
      expect.objectContaining({ path: 'sys/bus/pci/devices/0000:00:07.0', why: 'vanished' }),
    )
  })

  test('gone before the end', async () => {
    const host = await readHost(
      withListings([['0000:00:02.0', '0000:00:03.0'], ['0000:00:02.0']]),
      options,
    )
    expect(host.functions.map(({ address }) => address)).toEqual(['0000:00:02.0'])
    expect(host.groups).toMatchObject([{ id: 4, devices: [] }])
    expect(host.changed).toBe(true)
  })

  test('come meanwhile', async () => {
    const host = await readHost(
      withListings([['0000:00:02.0'], ['0000:00:02.0', '0000:00:03.0']]),
      options,
    )
    expect(host.functions).toHaveLength(1)
    expect(host.changed).toBe(true)
  })

  test('none', async () => {
    expect((await read(files)).changed).toBe(false)
  })
})
