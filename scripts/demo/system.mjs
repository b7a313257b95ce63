/** Functions on vfio-pci, and who has them open. */
const BOUND = [
  { address: '0000:0a:00.0', group: 25, cdev: 'vfio0' },
  { address: '0000:0d:00.0', group: 33, cdev: 'vfio1' },
  { address: '0000:0d:00.1', group: 34, cdev: 'vfio2' },
  { address: '0000:0e:10.0', group: 36, cdev: 'vfio3', user: 4101 },
  { address: '0000:0e:10.2', group: 37, cdev: 'vfio4', user: 4102 },
]

/** The disk that the host booted from, its network, and its keyboard. */
const BOOT_DISK = '0000:03:00.0'
const NETWORK = '0000:05:00.0'
const KEYBOARD = '0000:0c:00.3'

/** What the source does not print of the system: drivers, VFIO, mounts, routes, consoles. */
export function addSystem(tree) {
  addDrivers(tree)
  addVfio(tree)
  addKernel(tree)
  addDisk(tree)
  addNetwork(tree)
  addConsoles(tree)
}

function addDrivers(tree) {
  for (const { address } of BOUND) tree.bind(address, 'vfio-pci')
  tree.bind('0000:0e:00.0', 'igb')
  tree.folder('sys/bus/pci/slots')
  tree.folder('sys/bus/pci_express/drivers/pciehp')
}

function addVfio(tree) {
  for (const name of ['vfio/vfio', 'iommu']) tree.file(`dev/${name}`, '')
  for (const [index, { address, group, cdev, user }] of BOUND.entries()) {
    const folder = tree.folderOf(address)
    tree.files(folder, {
      driver_override: 'vfio-pci\n',
      enable: user === undefined ? '0\n' : '1\n',
    })
    tree.file(`${folder}/vfio-dev/${cdev}/dev`, `511:${index}\n`)
    tree.file(`dev/vfio/${group}`, '')
    tree.file(`dev/vfio/devices/${cdev}`, '')
    tree.linkTo(`sys/class/vfio/${group}`, `sys/devices/virtual/vfio/${group}`)
    tree.linkTo(`sys/class/vfio-dev/${cdev}`, `${folder}/vfio-dev/${cdev}`)
    tree.folder(`sys/devices/virtual/vfio/${group}`)
    if (user !== undefined) addUser(tree, { user, folder, group })
  }
  tree.linkTo('sys/module/vfio_pci_core/holders/vfio_pci', 'sys/module/vfio_pci')
  tree.file('sys/module/vfio/parameters/enable_unsafe_noiommu_mode', 'N\n')
  tree.file('sys/module/vfio_pci/parameters/disable_denylist', 'N\n')
  tree.file('sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts', 'N\n')
  tree.file('sys/module/iommufd/parameters/allow_unsafe_interrupts', 'N\n')
}

/** A VM with one function, opened through its group. */
function addUser(tree, { user, folder, group }) {
  tree.file(`proc/${user}/comm`, 'qemu-system-x86\n')
  tree.link(`proc/${user}/fd/20`, '/dev/vfio/vfio')
  tree.link(`proc/${user}/fd/21`, `/dev/vfio/${group}`)
  tree.link(`proc/${user}/fd/22`, 'anon_inode:[vfio-device]')
  tree.file(
    `proc/${user}/fdinfo/22`,
    `pos:\t0\nflags:\t02000002\nmnt_id:\t16\nino:\t1057\nvfio-device-syspath: /${folder}\n`,
  )
}

function addKernel(tree) {
  tree.files('proc', {
    cmdline: 'BOOT_IMAGE=/vmlinuz-7.0.0 root=/dev/nvme0n1p2 ro quiet amd_iommu=on iommu=pt\n',
    version: 'Linux version 7.0.0 (root@localhost) (gcc 14.2.0) #1 SMP PREEMPT_DYNAMIC\n',
    interrupts:
      '            CPU0\n  25:          0  IR-PCI-MSI-0000:00:01.2    0-edge      PCIe PME\n',
    'sys/kernel/arch': 'x86_64\n',
  })
  tree.file('sys/kernel/security/lockdown', '[none] integrity confidentiality\n')
  tree.linkTo('sys/class/iommu/ivhd0', 'sys/devices/pci0000:00/0000:00:00.2/iommu/ivhd0')
  tree.file('sys/devices/pci0000:00/0000:00:00.2/iommu/ivhd0/amd-iommu/cap', 'a9401\n')
  for (const group of tree.names('sys/kernel/iommu_groups')) {
    tree.files(`sys/kernel/iommu_groups/${group}`, {
      type: 'DMA-FQ\n',
      reserved_regions:
        '0x00000000fee00000 0x00000000feefffff msi\n0x000000fd00000000 0x000000ffffffffff reserved\n',
    })
  }
}

function addDisk(tree) {
  const disk = `${tree.folderOf(BOOT_DISK)}/nvme/nvme0/nvme0n1`
  for (const [index, name] of ['nvme0n1p1', 'nvme0n1p2', 'nvme0n1p3'].entries()) {
    tree.file(`${disk}/${name}/partition`, `${index + 1}\n`)
    tree.linkTo(`sys/class/block/${name}`, `${disk}/${name}`)
    tree.linkTo(`sys/dev/block/259:${index + 1}`, `${disk}/${name}`)
  }
  tree.linkTo('sys/class/block/nvme0n1', disk)
  tree.linkTo('sys/dev/block/259:0', disk)
  tree.link('proc/self', '4200')
  tree.files('proc/4200', {
    comm: 'vfio-reset\n',
    mountinfo: [
      '22 1 259:2 / / rw,relatime - ext4 /dev/nvme0n1p2 rw',
      '23 22 259:1 / /boot/efi rw,relatime - vfat /dev/nvme0n1p1 rw',
      '24 22 0:22 / /proc rw,relatime - proc proc rw',
      '25 22 0:23 / /sys rw,relatime - sysfs sysfs rw',
      '26 22 0:5 / /dev rw,relatime - devtmpfs udev rw',
      '',
    ].join('\n'),
  })
  tree.file(
    'proc/swaps',
    'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n/dev/nvme0n1p3                          partition\t8388604\t\t0\t\t-2\n',
  )
}

const ROUTES = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
enp5s0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
enp5s0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
`

function addNetwork(tree) {
  for (const [address, name] of [
    ['0000:04:00.0', 'wlp4s0'],
    [NETWORK, 'enp5s0'],
    ['0000:06:00.0', 'enp6s0'],
    ['0000:0e:00.0', 'enp14s0'],
  ]) {
    const folder = `${tree.folderOf(address)}/net/${name}`
    tree.files(folder, { operstate: name === 'enp5s0' ? 'up\n' : 'down\n' })
    tree.linkTo(`sys/class/net/${name}`, folder)
  }
  tree.link('proc/net', 'self/net')
  tree.files('proc/4200/net', { route: ROUTES, ipv6_route: '', fib_triestat: 'Main:\nLocal:\n' })
}

function addConsoles(tree) {
  tree.folder('sys/devices/virtual/tty/tty0')
  tree.linkTo('sys/class/tty/tty0', 'sys/devices/virtual/tty/tty0')
  tree.file('sys/devices/virtual/tty/console/active', 'tty0\n')
  tree.linkTo('sys/class/tty/console', 'sys/devices/virtual/tty/console')
  const usb = tree.folderOf(KEYBOARD).replace(/^sys/, '')
  tree.file(
    'proc/bus/input/devices',
    [
      'I: Bus=0003 Vendor=046d Product=c31c Version=0110',
      'N: Name="USB Keyboard"',
      `S: Sysfs=${usb}/usb3/3-1/3-1:1.0/input/input2`,
      'H: Handlers=sysrq kbd event2 leds',
      'B: EV=120013',
      '',
      '',
    ].join('\n'),
  )
}
