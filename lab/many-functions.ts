import { completeTopology, type Setup, type Topology } from './topology.js'

/** Root ports in one slot of the root bus: its eight functions, or fewer. */
interface Ports {
  readonly slot: number
  readonly count: number
  /** `-device` arguments of what stands below a port; `at`: the number of the port among all. */
  readonly below: (bus: string, at: number) => readonly string[]
  /** Virtual functions of each device below, if it has any. */
  readonly vfs?: number
}

/** QEMU's virtio-net without its I/O ports, of which there are too few for so many bridges. */
function nic(bus: string, functions: number): readonly string[] {
  return Array.from(
    { length: functions },
    (_, at) => `virtio-net-pci,disable-legacy=on,bus=${bus},addr=0.${at},multifunction=on`,
  )
}

const PORTS: readonly Ports[] = [
  { slot: 0x10, count: 8, vfs: 7, below: (bus) => [`igb,bus=${bus}`] },
  {
    slot: 0x11,
    count: 2,
    vfs: 30,
    below: (bus, at) => [
      `nvme-subsys,id=subsys${at}`,
      `nvme,serial=${at},bus=${bus},subsys=subsys${at},max_ioqpairs=66,msix_qsize=66,sriov_max_vfs=30,sriov_vq_flexible=60,sriov_vi_flexible=30`,
    ],
  },
  { slot: 0x12, count: 8, below: (bus) => nic(bus, 2) },
  { slot: 0x13, count: 8, below: (bus) => nic(bus, 2) },
  { slot: 0x14, count: 8, below: (bus) => nic(bus, 4) },
]

/**
 * The guest's clock counts instructions, a nanosecond each: what other work does to the host changes nothing, and what it takes to
 * translate code that is run for the first time is not charged to the guest.
 */
const CLOCK = ['-icount', 'shift=0,sleep=off']

/**
 * A machine of 230 functions, mixed as hosts are: half of them VFs, below ports that isolate. It is there to be timed
 * (`npm run bench -- --sysfs`), and no scenario is put to it.
 */
export function manyFunctions(): Topology {
  const devices: string[] = []
  const sriov: Setup['sriov'][number][] = []
  let at = 0
  for (const { slot, count, below, vfs } of PORTS) {
    for (let fn = 0; fn < count; fn++) {
      at += 1
      const id = `rp${at}`
      const place = `addr=0x${slot.toString(16)}.${fn},multifunction=on,chassis=${at},slot=${at}`
      devices.push(`pcie-root-port,id=${id},bus=pcie.0,${place},hotplug=off`, ...below(id, at))
      // Firmware numbers the buses in the order of the ports.
      const pf = `0000:${at.toString(16).padStart(2, '0')}:00.0`
      if (vfs !== undefined) sriov.push({ pf, driver: 'vfio-pci', vfs })
    }
  }
  return completeTopology('many-functions', {
    about: '230 functions, to be timed',
    args: CLOCK,
    devices: ['intel-iommu,intremap=on,caching-mode=off', ...devices],
    setups: { 'vfio-pf': { sriov } },
  })
}
