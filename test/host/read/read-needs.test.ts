import { describe, expect, test } from 'vitest'
import { collectGaps } from '../../../src/host/collect-gaps.js'
import { bridge, endpoint, type Files, functionFiles, read } from '../tree/tree-literal.js'

const NVME = '0000:01:00.0'
const NIC = '0000:02:00.0'
const OTHER = '0000:03:00.0'
const BELOW = 'pci0000:00/0000:00:01.0'

const HOST: Files = {
  ...functionFiles('0000:00:01.0', 'pci0000:00', bridge()),
  ...functionFiles(NVME, BELOW, endpoint()),
  ...functionFiles(NIC, BELOW, endpoint()),
  ...functionFiles(OTHER, BELOW, endpoint()),
  'proc/self/mountinfo': '',
  'proc/swaps': 'Filename Type Size Used Priority\n',
  'proc/net/route': 'Iface Destination Gateway Flags\n',
  'proc/net/ipv6_route': '',
  'sys/class/tty/console/active': 'tty0\n',
}

/** A block device that stands below `parent` in `sys/devices`, under its number and its name. */
function block(name: string, number: string, parent: string, own: Files = {}): Files {
  const folder = `devices/${parent}/${name}`
  const files: Record<string, Files[string]> = {
    [`sys/dev/block/${number}`]: { link: `../../${folder}` },
    [`sys/class/block/${name}`]: { link: `../../${folder}` },
    [`sys/${folder}`]: null,
  }
  for (const [path, entry] of Object.entries(own)) files[`sys/${folder}/${path}`] = entry
  return files
}

function mount(number: string, point: string, rest = 'ext4 /dev/root'): string {
  return `27 1 ${number} / ${point} rw,relatime shared:1 - ${rest} rw\n`
}

async function needs(files: Files): Promise<readonly string[]> {
  const host = await read({ ...HOST, ...files })
  return host.hostNeeds.map(({ kind, address, detail }) => `${kind} ${address} ${detail}`)
}

async function gaps(files: Files): Promise<readonly string[]> {
  const host = await read({ ...HOST, ...files })
  const without = new Set(collectGaps(await read(HOST)).map(({ path }) => path))
  return collectGaps(host)
    .filter(({ path }) => !without.has(path))
    .map(({ path, why, detail }) => `${path} ${why} ${detail}`)
}

describe('disks', () => {
  const disk = block('nvme0n1', '259:0', `${BELOW}/${NVME}/nvme/nvme0`)
  const partition = block('nvme0n1p2', '259:2', `${BELOW}/${NVME}/nvme/nvme0/nvme0n1`, {
    partition: '2\n',
  })

  test('the root file system is the boot disk too', async () => {
    const files = { ...disk, ...partition, 'proc/self/mountinfo': mount('259:2', '/') }
    expect(await needs(files)).toEqual([`root-filesystem ${NVME} /`, `boot-disk ${NVME} /`])
  })

  test('/boot and /boot/efi, and of two mounts at one point the later', async () => {
    const second = block('sda1', '8:1', `${BELOW}/${OTHER}/ata1/host0/block/sda`)
    const mounts = mount('0:2', '/', 'rootfs rootfs') + mount('0:2', '/boot/efi', 'tmpfs tmpfs')
    expect(
      await needs({
        ...disk,
        ...second,
        'proc/self/mountinfo': `${mounts}${mount('259:0', '/boot')}${mount('8:1', '/boot/efi')}`,
      }),
    ).toEqual([`boot-disk ${NVME} /boot`, `boot-disk ${OTHER} /boot/efi`])
  })

  test('a stack: a volume on a mirror of two disks', async () => {
    const files = {
      ...disk,
      ...block('sda', '8:0', `${BELOW}/${OTHER}/ata1/host0/block`),
      ...block('md0', '9:0', 'virtual/block', {
        'slaves/nvme0n1': { link: `../../../../${BELOW}/${NVME}/nvme/nvme0/nvme0n1` },
        'slaves/sda': { link: `../../../../${BELOW}/${OTHER}/ata1/host0/block/sda` },
      }),
      ...block('md0p1', '259:9', 'virtual/block/md0', { partition: '1\n' }),
      ...block('dm-0', '253:0', 'virtual/block', {
        'slaves/md0p1': { link: '../../md0/md0p1' },
      }),
      'proc/self/mountinfo': mount('253:0', '/boot'),
    }
    expect(await needs(files)).toEqual([`boot-disk ${NVME} /boot`, `boot-disk ${OTHER} /boot`])
  })

  test('an NVMe namespace with native multipath', async () => {
    const files = {
      ...block('nvme0n1', '259:0', 'virtual/nvme-subsystem/nvme-subsys0', {
        'queue/rotational': '0\n',
      }),
      'sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0': {
        link: `../../../${BELOW}/${NVME}/nvme/nvme0`,
      },
      'proc/self/mountinfo': mount('259:0', '/boot'),
    }
    expect(await needs(files)).toEqual([`boot-disk ${NVME} /boot`])
  })

  test('btrfs by its source, all of its disks', async () => {
    const files = {
      ...disk,
      ...block('sda', '8:0', `${BELOW}/${OTHER}/ata1/host0/block`),
      'sys/fs/btrfs/features/mixed': '',
      'sys/fs/btrfs/5a5a/devices/nvme0n1': { link: 'x' },
      'sys/fs/btrfs/5a5a/devices/sda': { link: 'x' },
      'dev/mapper/boot': { link: '../nvme0n1' },
      'proc/self/mountinfo': mount('0:33', '/boot', 'btrfs /dev/mapper/boot'),
    }
    expect(await needs(files)).toEqual([`boot-disk ${NVME} /boot`, `boot-disk ${OTHER} /boot`])
  })

  test.each([
    ['zfs', mount('0:30', '/', 'zfs rpool/ROOT'), 'proc/self/mountinfo', '/ is zfs'],
    ['overlay', mount('0:31', '/', 'overlay overlay'), 'proc/self/mountinfo', '/ is overlay'],
    ['loop', mount('7:0', '/'), 'sys/devices/virtual/block/loop0', 'leads to no PCI function'],
    ['a disk that is not in the tree', mount('8:7', '/'), 'sys/dev/block/8:7', 'no such file'],
  ])('%s cannot be traced, and is a gap', async (_, mountinfo, path, detail) => {
    const files = { ...block('loop0', '7:0', 'virtual/block'), 'proc/self/mountinfo': mountinfo }
    expect(await needs(files)).toEqual([])
    expect(await gaps(files)).toEqual([expect.stringContaining(path)])
    expect(await gaps(files)).toEqual([expect.stringContaining(detail)])
  })

  test('a root file system in memory needs no disk', async () => {
    const files = { 'proc/self/mountinfo': mount('0:2', '/', 'tmpfs tmpfs') }
    expect([await needs(files), await gaps(files)]).toEqual([[], []])
  })

  test('stacks that go round in circles end', async () => {
    const files = {
      ...block('dm-0', '253:0', 'virtual/block', { 'slaves/dm-0': { link: '../../dm-0' } }),
      'proc/self/mountinfo': mount('253:0', '/'),
    }
    expect(await gaps(files)).toHaveLength(1)
  })
})

describe('swap', () => {
  const disk = block('sda2', '8:2', `${BELOW}/${OTHER}/ata1/host0/block/sda`)
  const swaps = (line: string) => ({ 'proc/swaps': `Filename Type Size Used Priority\n${line}\n` })

  test('a partition, and a file by its mount', async () => {
    expect(await needs({ ...disk, ...swaps('/dev/sda2 partition 1 0 -2') })).toEqual([
      `swap ${OTHER} /dev/sda2`,
    ])
    const files = {
      ...disk,
      ...swaps('/srv/a\\040b/swap file 1 0 -2'),
      'proc/self/mountinfo': mount('0:2', '/', 'tmpfs tmpfs') + mount('8:2', '/srv/a\\040b'),
    }
    expect(await needs(files)).toEqual([`swap ${OTHER} /srv/a b/swap`])
  })

  test('in memory needs nothing', async () => {
    const files = {
      ...block('zram0', '252:0', 'virtual/block'),
      ...swaps('/dev/zram0 partition 1 0 100'),
    }
    expect([await needs(files), await gaps(files)]).toEqual([[], []])
  })
})

describe('routes', () => {
  const interfaceFiles = (name: string, parent: string, own: Files = {}): Files => {
    const files: Record<string, Files[string]> = {
      [`sys/class/net/${name}`]: { link: `../../devices/${parent}/${name}` },
      [`sys/devices/${parent}/${name}/mtu`]: '1500\n',
    }
    for (const [path, entry] of Object.entries(own)) {
      files[`sys/devices/${parent}/${name}/${path}`] = entry
    }
    return files
  }
  const eth0 = interfaceFiles('eth0', `${BELOW}/${NIC}/net`)
  const route = (...names: string[]) => ({
    'proc/net/route': `Iface Destination Gateway Flags\n${names.map((name) => `${name}\t00000000\t0\t0003\n`).join('')}`,
  })

  test('an interface, and one under a bridge and a bond', async () => {
    const files = {
      ...eth0,
      ...interfaceFiles('bond0', 'virtual/net', {
        lower_eth0: { link: `../../../${BELOW}/${NIC}/net/eth0` },
      }),
      ...interfaceFiles('br0', 'virtual/net', { lower_bond0: { link: '../bond0' } }),
    }
    expect(await needs({ ...files, ...route('eth0') })).toEqual([`active-route ${NIC} eth0`])
    expect(await needs({ ...files, ...route('br0') })).toEqual([`active-route ${NIC} br0`])
  })

  test('IPv6, but for what every interface has that is up', async () => {
    const line = (destination: string, flags: string, name: string) =>
      `${destination.padEnd(32, '0')} 40 ${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00000100 00000001 00000000 ${flags}     ${name}\n`
    const files = { ...eth0, ...interfaceFiles('eth1', `${BELOW}/${OTHER}/net`) }
    const routes = [
      line('fe80', '00000001', 'eth1'),
      line('ff', '00000001', 'eth1'),
      line('', '00200200', 'lo'),
      line('2001', '00000001', 'eth0'),
    ].join('')
    expect(await needs({ ...files, 'proc/net/ipv6_route': routes })).toEqual([
      `active-route ${NIC} eth0`,
    ])
  })

  test('an interface without hardware needs nothing; one that is not there is a gap', async () => {
    const files = { ...interfaceFiles('docker0', 'virtual/net'), ...route('docker0', 'gone') }
    expect(await needs(files)).toEqual([])
    expect(await gaps(files)).toEqual(['sys/class/net/gone absent no such file'])
  })
})

describe('console', () => {
  test('the screen that firmware came up on', async () => {
    const files = functionFiles('0000:04:00.0', BELOW, endpoint({ boot_vga: '1\n' }))
    expect(await needs(files)).toEqual(['console 0000:04:00.0 boot_vga'])
  })

  test('a serial port on PCI, not one of the board', async () => {
    const files = {
      'sys/class/tty/console/active': 'tty0 ttyS0 ttyS4\n',
      'sys/class/tty/ttyS0': { link: '../../devices/pnp0/00:05/tty/ttyS0' },
      'sys/class/tty/ttyS4': { link: `../../devices/${BELOW}/${OTHER}/tty/ttyS4` },
    }
    expect(await needs(files)).toEqual([`console ${OTHER} ttyS4`])
    expect(await gaps(files)).toEqual([])
  })
})

test('what a copy left out is named', async () => {
  const host = await read(functionFiles(NVME, 'pci0000:00', endpoint()), 'directory')
  expect(host.gaps.map(({ path, why }) => `${path} ${why}`)).toEqual(
    expect.arrayContaining([
      'proc/self/mountinfo not-captured',
      'proc/swaps not-captured',
      'proc/net/route not-captured',
      'proc/net/ipv6_route not-captured',
      'sys/class/tty/console/active not-captured',
    ]),
  )
})
