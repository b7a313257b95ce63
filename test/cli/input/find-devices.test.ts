import { describe, expect, it } from 'vitest'
import { findDevices } from '../../../src/cli/input/find-devices.js'
import { lookUpNames } from '../../../src/document/names.js'
import { readHost } from '../../../src/host/read/read-host.js'
import { createMemoryTree } from '../../../src/host/tree/memory-tree.js'
import { endpoint, rootPort } from '../../support/functions.js'
import { buildHost } from '../../support/host-builder.js'

const SPEC = {
  functions: [
    rootPort('0000:00:01.0', { secondary: '03', group: 1 }),
    endpoint('0000:03:00.0', { id: '10de:2204', group: 14, driver: 'vfio-pci' }),
    endpoint('0000:03:00.1', { id: '10de:1aef', group: 14 }),
    rootPort('10000:e0:06.0', { secondary: 'e1', group: 2 }),
    endpoint('10000:e1:00.0', { id: '8086:0a54', group: 3 }),
    rootPort('10001:e0:06.0', { secondary: 'e1', group: 4 }),
    endpoint('10001:e1:00.0', { id: '8086:0a54', group: 5 }),
  ],
}

const PCI_IDS = Buffer.from(
  [
    '10de  NVIDIA Corporation',
    '\t1aef  GA102 High Definition Audio Controller',
    '\t2204  GA102 [GeForce RTX 3090]',
    '8086  Intel Corporation',
    '\t0a54  NVMe enp3s0 Datacenter SSD [3DNAND]',
    '\t3420  NVIDIA look-alike port',
    'C 06  Bridge',
    '\t04  PCI bridge',
    '',
  ].join('\n'),
)

async function find(...names: readonly string[]): Promise<readonly string[]> {
  const files = {
    ...buildHost(SPEC),
    'sys/class/net/enp3s0': {
      link: '../../devices/pci0000:00/0000:00:01.0/0000:03:00.1/net/enp3s0',
    },
  }
  const tree = createMemoryTree(Object.entries(files), { kind: 'live', path: null })
  const raw = await readHost(tree, { wake: false, holders: false })
  return findDevices(names, { raw, tree, names: () => lookUpNames(PCI_IDS, raw.functions) })
}

describe('DEVICE arguments on a host', () => {
  it.each([
    ['03:00.0', ['0000:03:00.0']],
    ['0000:03:00', ['0000:03:00.0', '0000:03:00.1']],
    ['10de:', ['0000:03:00.0', '0000:03:00.1']],
    ['10de:1AEF', ['0000:03:00.1']],
    ['group:14', ['0000:03:00.0', '0000:03:00.1']],
    ['vfio0', ['0000:03:00.0']],
    ['enp3s0', ['0000:03:00.1']],
    ['10001:e1:00.0', ['10001:e1:00.0']],
    ['3090', ['0000:03:00.0']],
    ['rtx 3090', ['0000:03:00.0']],
    ['3090 GeForce', ['0000:03:00.0']],
    ['GA102 [GeForce RTX 3090]', ['0000:03:00.0']],
    ['[GeForce RTX 3090]', ['0000:03:00.0']],
    ['nvidia', ['0000:03:00.0', '0000:03:00.1']],
    ['nvidia audio', ['0000:03:00.1']],
    ['intel', ['10000:e1:00.0', '10001:e1:00.0']],
    ['datac', ['10000:e1:00.0', '10001:e1:00.0']],
  ])('%s', async (name, expected) => {
    expect(await find(name)).toEqual(expected)
  })

  it('keeps the order given and names each function once', async () => {
    expect(await find('03:00.1', '10de:', '03:00.0')).toEqual(['0000:03:00.1', '0000:03:00.0'])
  })

  it('takes an interface rather than a name in which the word stands', async () => {
    expect(await find('enp3s0')).toEqual(['0000:03:00.1'])
  })

  it.each(['da', 'rtx 3080', 'nvidia intel', '..', 'x/../../..'])(
    'finds nothing named %s',
    async (name) => {
      await expect(find(name)).rejects.toThrow(/^(?:No function|".*" does not look)/)
    },
  )

  it.each([
    ['e1:00.0', 'The address is ambiguous: 10000:e1:00.0, 10001:e1:00.0.'],
    ['04:00.0', 'No function on this host matches "04:00.0".'],
    ['group:99', 'No function on this host matches "group:99".'],
    ['eth7', 'No function on this host matches "eth7".'],
    ['!!', '"!!" does not look like a device.'],
  ])('%s is an error that says so', async (name, message) => {
    await expect(find(name)).rejects.toThrow(message)
  })

  it.each([
    ['03:00.4', 'On that bus there is 0000:03:00.0, 0000:03:00.1.'],
    ['group:99', 'The host has groups 1 to 14.'],
    ['00:00.7', '`vfio-reset inspect --all` lists every function.'],
    ['0000:99:1f.7', '`vfio-reset inspect --all` lists every function.'],
    ['05:00.0', 'Did you mean 0000:03:00.0?'],
    ['nvidea', 'Did you mean "nvidia"?'],
    ['eth7', '`vfio-reset inspect --all` lists every function.'],
  ])('%s: says what was near', async (name, hint) => {
    await expect(find(name)).rejects.toMatchObject({ hint, exitCode: 2 })
  })
})
