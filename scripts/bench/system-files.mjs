import { mkdirSync, writeFileSync } from 'node:fs'

const RELEASE = '6.12.95'

/** What stands beside the functions: kernel, IOMMU, vfio devices and nodes, the disk and the route that the host lives on. */
export function writeSystem(host) {
  const { dir, link } = host
  const write = (path, text) => {
    mkdirSync(`${dir}/${path}`.replace(/\/[^/]*$/, ''), { recursive: true })
    writeFileSync(`${dir}/${path}`, text)
  }
  write('proc/sys/kernel/osrelease', `${RELEASE}\n`)
  write('proc/version', `Linux version ${RELEASE} (builder@example) #1 SMP PREEMPT_DYNAMIC\n`)
  write('proc/cmdline', 'root=/dev/nvme0n1p1 intel_iommu=on\n')
  write('sys/devices/virtual/iommu/dmar0/uevent', '')
  mkdirSync(`${dir}/sys/class/iommu`)
  link('sys/class/iommu/dmar0', 'sys/devices/virtual/iommu/dmar0')
  write('sys/module/vfio/parameters/enable_unsafe_noiommu_mode', 'N\n')
  mkdirSync(`${dir}/sys/module/vfio_pci_core/holders`, { recursive: true })
  mkdirSync(`${dir}/sys/module/vfio_pci`)
  link('sys/module/vfio_pci_core/holders/vfio_pci', 'sys/module/vfio_pci')
  writeVfio(host, write)
  writeBootDisk(host, write)
  writeRoute(host, write)
}

function writeVfio({ dir, link, plan }, write) {
  const bound = plan.functions.filter(({ driver }) => driver === 'vfio-pci')
  for (const folder of ['dev/vfio/devices', 'sys/class/vfio', 'sys/class/vfio-dev']) {
    mkdirSync(`${dir}/${folder}`, { recursive: true })
  }
  write('dev/iommu', '')
  write('dev/vfio/vfio', '')
  for (const [index, { folder }] of bound.entries()) {
    const device = `${folder}/vfio-dev/vfio${index}`
    write(`${device}/dev`, `511:${index}\n`)
    link(`sys/class/vfio-dev/vfio${index}`, device)
    write(`dev/vfio/devices/vfio${index}`, '')
  }
  for (const group of new Set(bound.map(({ group }) => group))) {
    write(`sys/devices/virtual/vfio/${group}/uevent`, '')
    link(`sys/class/vfio/${group}`, `sys/devices/virtual/vfio/${group}`)
    write(`dev/vfio/${group}`, '')
  }
}

/** The first SSD that the host kept holds its root file system. */
function writeBootDisk({ dir, link, plan }, write) {
  const disk = plan.functions.find(({ driver }) => driver === 'nvme')
  if (disk === undefined) return
  const folder = `${disk.folder}/nvme/nvme0/nvme0n1`
  write(`${folder}/dev`, '259:0\n')
  write(`${folder}/nvme0n1p1/dev`, '259:1\n')
  mkdirSync(`${dir}/sys/dev/block`, { recursive: true })
  link('sys/dev/block/259:0', folder)
  link('sys/dev/block/259:1', `${folder}/nvme0n1p1`)
  write('proc/self/mountinfo', '25 1 259:1 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p1 rw\n')
  write('proc/swaps', 'Filename\tType\tSize\tUsed\tPriority\n')
}

/** The first network card that the host kept carries its default route. */
function writeRoute({ dir, link, plan }, write) {
  const card = plan.functions.find(({ driver }) => driver === 'mlx5_core')
  write('proc/net/ipv6_route', '')
  write(
    'proc/net/route',
    'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n' +
      'ens1\t00000000\t0100000A\t0003\t0\t0\t100\t00000000\t0\t0\t0\n',
  )
  if (card === undefined) return
  const folder = `${card.folder}/net/ens1`
  write(`${folder}/ifindex`, '2\n')
  mkdirSync(`${dir}/sys/class/net`)
  link('sys/class/net/ens1', folder)
  link(`${folder}/device`, card.folder)
}
