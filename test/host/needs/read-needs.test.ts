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
  'proc/net/fib_triestat': 'Main:\n\tPrefixes: 1\n',
  'proc/bus/input/devices': '',
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
    [
      'a device whose backing is not shown',
      mount('7:0', '/'),
      'sys/devices/virtual/block/loop0',
      'leads to no PCI function',
    ],
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
    expect([await needs(files), await gaps(files)]).toEqual([[], []])
  })

  test('every other file system once, by the points that it is mounted at', async () => {
    const files = {
      ...disk,
      ...block('sda1', '8:1', `${BELOW}/${OTHER}/ata1/host0/block/sda`),
      'proc/self/mountinfo':
        mount('0:2', '/', 'tmpfs tmpfs') +
        mount('259:0', '/var') +
        mount('259:0', '/var/lib/docker') +
        mount('8:1', '/home') +
        mount('0:5', '/proc', 'proc proc'),
    }
    expect(await needs(files)).toEqual([
      `mounted-filesystem ${NVME} /var`,
      `mounted-filesystem ${OTHER} /home`,
    ])
  })

  test('a file system that is covered by another at its point', async () => {
    const files = {
      ...disk,
      ...block('sda1', '8:1', `${BELOW}/${OTHER}/ata1/host0/block/sda`),
      'proc/self/mountinfo': mount('8:1', '/') + mount('259:0', '/'),
    }
    expect(await needs(files)).toEqual([
      `root-filesystem ${NVME} /`,
      `boot-disk ${NVME} /`,
      `mounted-filesystem ${OTHER} /`,
    ])
  })

  test('a volume group that is active and not mounted: the store of an OSD', async () => {
    const files = {
      ...disk,
      ...block('dm-3', '253:3', 'virtual/block', {
        'slaves/nvme0n1': { link: `../../../../${BELOW}/${NVME}/nvme/nvme0/nvme0n1` },
      }),
    }
    expect(await needs(files)).toEqual([`storage-in-use ${NVME} dm-3`])
    const lower = {
      ...files,
      'sys/devices/virtual/block/dm-3/holders/dm-4': { link: '../../dm-4' },
    }
    expect(await needs(lower)).toEqual([])
  })

  test('loop devices by the file system of their file, also one below another', async () => {
    const files = {
      ...disk,
      ...block('loop0', '7:0', 'virtual/block', {
        'loop/backing_file': '/run/live/medium/filesystem.squashfs\n',
      }),
      'proc/self/mountinfo':
        mount('7:0', '/', 'squashfs /dev/loop0') + mount('259:0', '/run/live/medium'),
    }
    expect(await needs(files)).toContain(`root-filesystem ${NVME} /`)
    const circle = { ...files, 'proc/self/mountinfo': mount('7:0', '/', 'squashfs /dev/loop0') }
    expect([await needs(circle), await gaps(circle)]).toEqual([[], []])
  })

  test('an overlay by its layers, and nothing where those are on itself', async () => {
    const overlay = (lower: string) =>
      `20 1 0:40 / / rw - overlay overlay rw,lowerdir=${lower},upperdir=/rw/up,workdir=/rw/work\n`
    const files = {
      ...disk,
      'proc/self/mountinfo':
        overlay('/sysroot:/nowhere') + mount('259:0', '/sysroot') + mount('259:0', '/rw'),
    }
    expect(await gaps(files)).toEqual([expect.stringContaining('/ is overlay')])
    const whole = {
      ...disk,
      'proc/self/mountinfo':
        overlay('/sysroot') + mount('259:0', '/sysroot') + mount('259:0', '/rw'),
    }
    expect(await needs(whole)).toContain(`root-filesystem ${NVME} /`)
    expect(await gaps(whole)).toEqual([])
  })

  test('all disks of a file system that names them itself', async () => {
    const files = {
      ...disk,
      ...block('sda', '8:0', `${BELOW}/${OTHER}/ata1/host0/block`),
      'proc/self/mountinfo': mount('0:44', '/', 'bcachefs /dev/nvme0n1:/dev/sda'),
    }
    expect(await needs(files)).toEqual(
      expect.arrayContaining([`root-filesystem ${NVME} /`, `root-filesystem ${OTHER} /`]),
    )
  })

  test.each([
    ['virtiofs', 'virtiofs', 'virtiofs rootfs'],
    ['9p', '9pnet_virtio', '9p host0'],
  ])('%s by its driver of virtio', async (_, driver, source) => {
    const files = {
      [`sys/bus/virtio/drivers/${driver}/virtio2`]: {
        link: `../../../../devices/${BELOW}/${OTHER}/virtio2`,
      },
      'proc/self/mountinfo': mount('0:44', '/', source),
    }
    expect(await needs(files)).toContain(`root-filesystem ${OTHER} /`)
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
    expect(await needs(files)).toEqual([
      `mounted-filesystem ${OTHER} /srv/a b`,
      `swap ${OTHER} /srv/a b/swap`,
    ])
  })

  test('in memory needs nothing', async () => {
    const files = {
      ...block('zram0', '252:0', 'virtual/block', { backing_dev: 'none\n' }),
      ...swaps('/dev/zram0 partition 1 0 100'),
    }
    expect([await needs(files), await gaps(files)]).toEqual([[], []])
  })

  test('in memory that is written back to a disk', async () => {
    const files = {
      ...disk,
      ...block('zram0', '252:0', 'virtual/block', { backing_dev: '/dev/sda2\n' }),
      ...swaps('/dev/zram0 partition 1 0 100'),
    }
    expect(await needs(files)).toEqual([`swap ${OTHER} /dev/zram0`])
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

  test.each(['macvlan0', 'team0'])('%s by the interface below it', async (name) => {
    const files = {
      ...eth0,
      ...interfaceFiles(name, 'virtual/net', {
        lower_eth0: { link: `../../../${BELOW}/${NIC}/net/eth0` },
      }),
      ...route(name),
    }
    expect(await needs(files)).toEqual([`active-route ${NIC} ${name}`])
  })

  test('an interface in another network namespace leaves an empty folder', async () => {
    const uevent = 'DRIVER=ixgbe\nPCI_CLASS=20000\nPCI_ID=8086:1563\nPCI_SUBSYS_ID=0000:0000\n'
    const nic = functionFiles(NIC, BELOW, endpoint({ uevent, net: null }))
    const raw = await read({ ...HOST, ...nic })
    expect(raw.hostNeeds).toEqual([])
    expect(raw.openNeeds).toMatchObject([{ kind: 'active-route', candidates: [NIC] }])
    const shown = { ...nic, ...eth0 }
    expect((await read({ ...HOST, ...shown })).openNeeds).toEqual([])
    // No driver of the host has it, or it is none of the network.
    const bare = functionFiles(NIC, BELOW, endpoint({ uevent }))
    expect((await read({ ...HOST, ...bare })).openNeeds).toEqual([])
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

  test('an interface that stays inside needs nothing; one that is not there is a gap', async () => {
    const files = {
      ...interfaceFiles('docker0', 'virtual/net', { 'bridge/bridge_id': '8000\n' }),
      ...interfaceFiles('tun0', 'virtual/net', { tun_flags: '0x1\n' }),
      ...interfaceFiles('veth1', 'virtual/net', { ifindex: '7\n', iflink: '2\n' }),
      ...interfaceFiles('wg0', 'virtual/net', { uevent: 'DEVTYPE=wireguard\nINTERFACE=wg0\n' }),
      ...route('docker0', 'tun0', 'veth1', 'wg0', 'gone'),
    }
    expect(await needs(files)).toEqual([])
    expect(await gaps(files)).toEqual(['sys/class/net/gone absent no such file'])
  })

  test('one that nothing is shown below is a gap, and every interface that is up may carry it', async () => {
    const files = {
      ...interfaceFiles('eth0', `${BELOW}/${NIC}/net`, { flags: '0x1003\n' }),
      ...interfaceFiles('eth1', `${BELOW}/${OTHER}/net`, { flags: '0x1002\n' }),
      ...interfaceFiles('odd0', 'virtual/net'),
      ...route('odd0'),
    }
    expect(await gaps(files)).toEqual([expect.stringContaining('nothing is shown below it')])
    expect((await read({ ...HOST, ...files })).openNeeds).toEqual([
      expect.objectContaining({ kind: 'active-route', detail: 'odd0', candidates: [NIC] }),
    ])
  })

  test('ports of Open vSwitch, PPPoE, and what a VRF routes', async () => {
    const ovs = {
      ...eth0,
      ...interfaceFiles('ovs-system', 'virtual/net', {
        lower_eth0: { link: `../../../${BELOW}/${NIC}/net/eth0` },
      }),
      ...interfaceFiles('br-ex', 'virtual/net'),
      ...route('br-ex'),
    }
    expect(await needs(ovs)).toEqual([`active-route ${NIC} br-ex`])
    const ppp = {
      ...eth0,
      ...interfaceFiles('ppp0', 'virtual/net', { uevent: 'DEVTYPE=ppp\n' }),
      'proc/net/pppoe': 'Id Address Device\n00000001 00:11:22:33:44:55     eth0\n',
      ...route('ppp0'),
    }
    expect(await needs(ppp)).toEqual([`active-route ${NIC} ppp0`])
    const vrf = {
      ...eth0,
      ...interfaceFiles('red', 'virtual/net', {
        uevent: 'DEVTYPE=vrf\n',
        lower_eth0: { link: `../../../${BELOW}/${NIC}/net/eth0` },
      }),
      'proc/net/fib_triestat': 'Main:\n\tPrefixes: 1\nId 10:\n\tPrefixes: 2\n',
    }
    expect(await needs(vrf)).toEqual([`active-route ${NIC} red`])
    expect(await gaps(vrf)).toEqual([])
  })

  test('tables beyond main: which interfaces they name is not shown', async () => {
    const files = {
      ...eth0,
      'proc/net/fib_triestat':
        'Basic info\nId 52:\n\tLeaves:         1\n\tPrefixes:       3\nLocal:\n\tPrefixes: 3\nMain:\n\tPrefixes: 1\nId 253:\n\tPrefixes: 0\n',
    }
    expect(await gaps(files)).toEqual([expect.stringContaining('table 52 has routes')])
    expect((await read({ ...HOST, ...files })).openNeeds).toEqual([
      expect.objectContaining({ detail: 'table 52', candidates: [NIC] }),
    ])
  })

  test('devices that point at each other in all ways are visited once', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `m${index}`)
    const circle = names.map((name) =>
      interfaceFiles(
        name,
        'virtual/net',
        Object.fromEntries(
          names
            .filter((each) => each !== name)
            .map((each) => [`lower_${each}`, { link: `../${each}` }]),
        ),
      ),
    )
    expect(await needs(Object.assign({}, ...circle, route('m0')))).toEqual([])
  })

  test.each([
    ['NVMe over TCP', block('nvme1n1', '259:5', 'virtual/nvme-fabrics/ctl/nvme1')],
    ['software iSCSI', block('sdb', '259:5', 'platform/host6/session1/target6:0:0/6:0:0:0/block')],
  ])('%s hangs on the interface with the routes', async (_, files) => {
    const host = { ...files, ...eth0, 'proc/self/mountinfo': mount('259:5', '/') }
    expect(await needs({ ...host, ...route('eth0') })).toContain(`root-filesystem ${NIC} /`)
    const two = { ...host, ...interfaceFiles('eth1', `${BELOW}/${OTHER}/net`) }
    expect(await gaps({ ...two, ...route('eth0', 'eth1') })).toEqual([
      expect.stringContaining('by which of eth0, eth1 is not shown'),
    ])
  })

  test('NFS as well', async () => {
    const files = {
      ...eth0,
      ...route('eth0'),
      'proc/self/mountinfo': mount('0:50', '/', 'nfs4 server:/root'),
    }
    expect(await needs(files)).toContain(`root-filesystem ${NIC} /`)
  })
})

describe('pools of ZFS', () => {
  const disk = block('nvme0n1', '259:0', `${BELOW}/${NVME}/nvme/nvme0`)

  test('rest on any disk: sysfs shows none', async () => {
    const files = { ...disk, 'proc/self/mountinfo': mount('0:30', '/tank', 'zfs tank') }
    expect((await read({ ...HOST, ...files })).openNeeds).toEqual([
      expect.objectContaining({ kind: 'mounted-filesystem', detail: '/tank', candidates: [NVME] }),
    ])
  })

  test('also those without a file system that is mounted', async () => {
    const files = {
      ...disk,
      'proc/spl/kstat/zfs/tank/state': 'ONLINE\n',
      'proc/spl/kstat/zfs/arcstats': '',
    }
    expect((await read({ ...HOST, ...files })).openNeeds).toEqual([
      expect.objectContaining({ kind: 'storage-in-use', detail: 'pool tank', candidates: [NVME] }),
    ])
  })
})

describe('what exists through another function is a need of that one too', () => {
  test('a VF of its PF', async () => {
    const files = {
      ...functionFiles('0000:02:10.0', BELOW, endpoint({ physfn: { link: `../${NIC}` } })),
      'sys/class/net/v0': { link: `../../devices/${BELOW}/0000:02:10.0/net/v0` },
      'proc/net/route': 'Iface Destination Gateway Flags\nv0\t00000000\t0\t0003\n',
    }
    expect(await needs(files)).toEqual([`active-route ${NIC} v0`, 'active-route 0000:02:10.0 v0'])
  })

  test('what is behind VMD of its controller', async () => {
    const domain = `${BELOW}/${OTHER}/pci10000:e0/10000:e0:06.0`
    const files = {
      ...functionFiles('10000:e1:00.0', domain, endpoint()),
      ...block('nvme3n1', '259:9', `${domain}/10000:e1:00.0/nvme/nvme3`),
      'proc/self/mountinfo': mount('259:9', '/'),
    }
    const found = await needs(files)
    expect(found).toContain(`root-filesystem ${OTHER} /`)
    expect(found).toContain('root-filesystem 10000:e1:00.0 /')
  })
})

describe('keyboards', () => {
  const device = (
    handlers: string,
    events: string,
    path = `/devices/${BELOW}/${NIC}/usb1/input5`,
  ) => `I: Bus=0003\nN: Name="x"\nS: Sysfs=${path}\nH: Handlers=${handlers}\nB: EV=${events}\n\n`
  const found = [`keyboard ${NIC} proc/bus/input/devices`]

  test.each([
    ['a keyboard', device('sysrq kbd leds event5', '120013'), found],
    ['a power button', device('kbd event1', '3'), []],
    ['a mouse', device('mouse0 event2', '17'), []],
    ['a virtual keyboard', device('sysrq kbd', '120013', '/devices/virtual/input/input9'), []],
    ['two on one controller', device('kbd', '120013').repeat(2), found],
  ])('%s', async (_, text, expected) => {
    expect(await needs({ 'proc/bus/input/devices': text })).toEqual(expected)
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

  test('a virtio console by its ports, or a gap', async () => {
    const files = {
      'sys/class/tty/console/active': 'hvc0\n',
      'sys/class/tty/hvc0': { link: '../../devices/virtual/tty/hvc0' },
    }
    expect(await gaps(files)).toEqual([expect.stringContaining('the console hvc0')])
    const port = { link: `../../devices/${BELOW}/${OTHER}/virtio3/virtio-ports/vport3p0` }
    expect(await needs({ ...files, 'sys/class/virtio-ports/vport3p0': port })).toEqual([
      `console ${OTHER} hvc0`,
    ])
  })

  test('netconsole by its option or its targets', async () => {
    const eth0 = { 'sys/class/net/eth0': { link: `../../devices/${BELOW}/${NIC}/net/eth0` } }
    const option = 'sys/module/netconsole/parameters/netconsole'
    const target = 'sys/kernel/config/netconsole/cmdline0/dev_name'
    const expected = [`console ${NIC} netconsole on eth0`]
    expect(await needs({ ...eth0, [option]: '6665@10.0.0.2/eth0,6666@10.0.0.1/\n' })).toEqual(
      expected,
    )
    expect(await needs({ ...eth0, [target]: 'eth0\n' })).toEqual(expected)
  })

  test('the way to the management controller', async () => {
    const link = `../../devices/${BELOW}/${OTHER}/ipmi/ipmi0`
    expect(await needs({ 'sys/class/ipmi/ipmi0': { link } })).toEqual([`bmc ${OTHER} IPMI`])
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
