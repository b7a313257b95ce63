import { type Architecture, architectureOf, type Kernel } from '../kernels/kernel.js'
import type { Topology } from '../topology.js'

/** Files and folders that a guest is made of. */
export interface GuestFiles {
  readonly initramfs: string
  /** Writable folder that the guest shares with the host. */
  readonly share: string
  /** Folder that the guest sees as its root. */
  readonly root: string
  /** Where the guest's console goes. */
  readonly console: string
}

/** What QEMU and the kernel of an architecture want to be told. */
interface Platform {
  readonly program: string
  readonly machine: string
  readonly processor: string
  readonly commandLine: string
}

const COMMAND_LINE = 'panic=-1 quiet mitigations=off'

/**
 * Without `no_timer_check` two guests on two cores can panic over the IO-APIC timer. The Cortex-A72 is the quickest to emulate:
 * it signs no pointers.
 */
export const PLATFORMS: Readonly<Record<Architecture, Platform>> = {
  amd64: {
    program: 'qemu-system-x86_64',
    machine: 'q35',
    processor: 'max',
    commandLine: `console=ttyS0 no_timer_check ${COMMAND_LINE}`,
  },
  arm64: {
    program: 'qemu-system-aarch64',
    machine: 'virt',
    processor: 'cortex-a72',
    commandLine: `console=ttyAMA0 ${COMMAND_LINE}`,
  },
}

/** Software emulation even where `/dev/kvm` exists: nested, it opens, and then guests hang. */
const EMULATION =
  '-accel tcg -smp 1 -m 768 -display none -nodefaults -no-user-config -no-reboot'.split(' ')

/**
 * Drivers that are built in take their functions before anything can stop them. pci-stub links before them and is told
 * to take every network and NVMe function first, which leaves them untouched; the agent then lets them go.
 */
const STUB_FIRST =
  'pci-stub.ids=ffffffff:ffffffff:ffffffff:ffffffff:020000:ffff00,ffffffff:ffffffff:ffffffff:ffffffff:010800:ffff00'

/** QEMU's arguments for a guest. `vfio_pci.enable_sriov` is read once, when vfio-pci comes up. */
export function qemuArguments(kernel: Kernel, topology: Topology, files: GuestFiles): string[] {
  const { machine, processor, commandLine } = PLATFORMS[architectureOf(kernel)]
  const append = [commandLine, topology.append, 'vfio_pci.enable_sriov=1']
  if (kernel.kind === 'built') append.push(STUB_FIRST)
  return [
    '-M',
    topology.machine ?? machine,
    '-cpu',
    processor,
    ...EMULATION,
    '-serial',
    `file:${files.console}`,
    '-kernel',
    `${kernel.folder}/vmlinuz`,
    '-initrd',
    files.initramfs,
    '-append',
    append.join(' '),
    ...topology.args,
    ...topology.devices.flatMap((device) => ['-device', device]),
    ...share('share', files.share, '0x1e', 'security_model=none'),
    ...share('root', files.root, '0x1d', 'security_model=none,readonly=on,multidevs=remap'),
  ]
}

/** The two shares stand at device numbers that no topology uses. */
function share(tag: string, path: string, address: string, options: string): string[] {
  return [
    '-fsdev',
    `local,id=${tag},path=${path.replaceAll(',', ',,')},${options}`,
    '-device',
    `virtio-9p-pci,fsdev=${tag},mount_tag=${tag},bus=pcie.0,addr=${address}`,
  ]
}
