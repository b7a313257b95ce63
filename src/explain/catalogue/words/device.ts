import { framebufferCommand } from '../../../plan/report/commands.js'
import type { DiagnosesWords } from './words.js'

/** Words for memory, regions and interrupts of a function. */
export const DEVICE_WORDS = {
  'dma-map-failed': {
    title: 'the guest’s memory could not be mapped',
    meaning:
      'VFIO pins all memory of the guest and maps it into the IOMMU, and that failed. It has nothing to do with resets. ENOMEM means that the limit of locked memory is too low; EINVAL that the IOMMU cannot map the range; EEXIST that something is mapped there already; EFAULT that it was memory of a device, which iommufd does not pin. ENOENT (-2) follows from an error before it, which has the cause.',
    hint: 'If it was “Cannot allocate memory” (ENOMEM): raise the limit of locked memory (ulimit -l, LimitMEMLOCK=), libvirt: <memtune><hard_limit>.',
  },
  'map-refused': {
    title: 'the IOMMU cannot map a range of the guest’s memory',
    meaning:
      'VFIO maps all memory of the guest into the IOMMU, and the IOMMU refused a range (EINVAL). For memory that begins low that is a hole in what the IOMMU can map (a reserved region, such as the window for MSIs), a page size that does not fit, or an IOMMU driver that cannot map it. A limit of address bits counts only for addresses from 2^39 on.',
    hint: {
      arm: 'Read reserved_regions of the group in sysfs: the window for MSIs (0x8000000) must not lie in the guest’s memory; and take a host kernel whose pages are as large as the VMM supposes. A board’s IOMMU that only serves some devices cannot do it at all.',
      other:
        'Read reserved_regions of the group in sysfs, and the kernel log of the same moment. If the address is 0x8000000000 or above: QEMU -cpu host,host-phys-bits-limit=39, libvirt <maxphysaddr mode="passthrough" limit="39"/>.',
    },
  },
  'p2p-map-failed': {
    title: 'a BAR was not mapped for the other functions of the VM',
    meaning:
      'QEMU maps the BARs of each function into the IOMMU too, so that passed-through functions can reach each other (P2P). The IOMMU refused one: its address is beyond what the IOMMU reaches (EINVAL), or it is no memory that can be pinned, as with iommufd, or while the function sleeps (EFAULT). QEMU goes on without it. Nothing is wrong unless P2P between functions of the VM is wanted.',
    hint: {
      arm: 'To have P2P all the same: for EFAULT take a QEMU and a kernel that map BARs as dma-buf (6.19), or leave iommufd= out.',
      other:
        'To have P2P all the same: for EINVAL limit the guest’s addresses to those of the IOMMU (QEMU -cpu host,host-phys-bits-limit=BITS); for EFAULT take a QEMU and a kernel that map BARs as dma-buf (6.19), or leave iommufd= out.',
    },
  },
  'memory-or-bar-map': {
    title: 'memory of the guest, or a BAR, was not mapped',
    answer:
      'Harmless if the VM runs, since then it was a BAR; if “unable to continue” follows, the VM stops.',
    meaning:
      'QEMU prints this line for memory of the guest, without which the VM stops, and, in releases before 10.0 or where “warning:” was cut off, also for the BAR of a function, which only P2P between functions needs.',
    hint: 'If “PCI peer-to-peer transactions on BARs are not supported” follows, or the VM runs, it was a BAR. If “DMA mapping failed, unable to continue” follows, it was memory.',
  },
  'map-slots': {
    title: 'the IOMMU has hardly room for more mappings',
    answer: 'Harmless so far; when no room is left, the VM stops.',
    meaning:
      'VFIO counts the mappings of a container (65,535 by default), and the guest’s memory came in too many pieces, as with virtio-mem in small blocks or a virtual IOMMU.',
    hint: 'Raise dma_entry_limit of vfio_iommu_type1, or make the blocks larger (virtio-mem block-size=).',
  },
  'unmap-failed': {
    title: 'a mapping could not be taken back',
    meaning:
      'QEMU wanted to unmap what was never mapped, or is gone already, mostly on its way out after another failure.',
    hint: null,
  },
  'ram-discard': {
    title: 'memory that comes and goes does not go with VFIO',
    meaning:
      'VFIO pins all memory of the guest. Something in the VM or in QEMU gives memory back while it runs (virtio-balloon, virtio-mem, free page reporting), and the two exclude each other.',
    hint: 'Take the balloon or virtio-mem out of the VM, or a QEMU whose virtio-mem knows VFIO.',
  },
  'viommu-width': {
    title: 'the guest’s addresses are wider than what the IOMMU reaches',
    meaning:
      'The virtual IOMMU, or the guest’s processor, offers more address bits than the IOMMU of the host translates, so that mappings would lie where it does not reach.',
    hint: 'Make them fit: QEMU -device intel-iommu,aw-bits=39 (or 48), -cpu host,host-phys-bits-limit=39 (or the host’s width); libvirt <driver aw_bits="39"/>, <maxphysaddr mode="passthrough" limit="39"/>.',
  },
  'bar-busy': {
    title: 'somebody else in the host holds memory of the function',
    meaning:
      'A region (BAR) of the function is in use by the host, so that it cannot be mapped into the VM: black screen, or an error of the driver in the guest. For the GPU that the firmware booted with it is the boot framebuffer (BOOTFB, efifb, simpledrm, vesafb below the BAR in /proc/iomem). It has nothing to do with resets.',
    hint: `See who it is: \`grep -A4 ADDRESS /proc/iomem\` as root. For a framebuffer boot with initcall_blacklist=sysfb_init (video=efifb:off on kernels before 5.15), or unbind it before the VM starts: \`${framebufferCommand()}\` (simple-framebuffer.0 with simpledrm); or boot on another GPU.`,
  },
  'region-access': {
    title: 'a region of the function could not be accessed',
    meaning:
      'QEMU or VFIO read or wrote a region (BAR, ROM, configuration space) of the function for the guest, and the kernel refused. The function’s memory is switched off, or it sleeps, or it no longer answers.',
    hint: 'Look in the kernel log for “not ready”, “inaccessible” and “can’t reserve” about the same function. If the function is dead, power-cycle the host.',
  },
  'bar-no-space': {
    title: 'the host has no address for a BAR of the function',
    meaning:
      'The kernel found no room for a region of the function in the windows of the bridges above. Without its addresses a function cannot be used, on the host or in a VM.',
    hint: {
      guest:
        'The hypervisor must leave more room for 64-bit BARs (OVMF: opt/ovmf/X-PciMmio64Mb; a pcie-root-port’s pref64-reserve=).',
      arm: 'The root complex’s `ranges` must have a window that is large enough; only another device tree or firmware gives it.',
      other:
        'Switch on “Above 4G Decoding” (and Resizable BAR only if it fits) in the firmware; boot with pci=realloc. After a remove and rescan, reboot.',
    },
  },
  'bar-slow': {
    title: 'a BAR is not mapped into the guest directly',
    meaning: 'QEMU passes on each access by itself. That works, and is slow.',
    hint: null,
  },
  'region-read-skipped': {
    title: 'a region that the function does not have was asked for',
    meaning:
      'rust-vmm asks for all nine regions of a PCI function, and most have no VGA region (#8). It is normal.',
    hint: null,
  },
  'rom-unreadable': {
    title: 'the function’s ROM cannot be read',
    answer:
      'Harmless for a guest that brings its own driver; a GPU that shows the boot screen may stay black.',
    meaning:
      'The expansion ROM does not begin as one should: a GPU that the host booted with shows a shadow of it or none, a function without ROM shows nothing, and ff in all places means that the function does not answer.',
    hint: 'If the guest needs it, give a copy of the ROM as a file (QEMU romfile=, libvirt <rom file=/>), made while another GPU was the boot GPU; else switch it off (rombar=0). If everything of the function reads as ff, it is dead.',
  },
  'rom-blocked': {
    title: 'QEMU does not load the function’s ROM',
    answer: 'Harmless, unless the guest has to boot from this device.',
    meaning:
      'QEMU knows that the option ROM of this device makes machines unstable, and leaves it out or warns.',
    hint: 'rombar=1 or romfile= forces it.',
  },
  'igd-mode': {
    title: 'the integrated GPU is not set up as QEMU wants',
    answer: 'The VM starts; the integrated GPU may show nothing in it.',
    meaning:
      'Intel’s integrated GPU needs help of its own (OpRegion, an LPC bridge at 1f.0, i440fx and 00:02.0 for legacy mode), and a part of that is missing here.',
    hint: 'Read QEMU’s docs/igd-assign.txt. A VF of the GPU needs none of it.',
  },
  'interrupts-failed': {
    title: 'the function’s interrupts could not be set up',
    meaning:
      'VFIO_DEVICE_SET_IRQS was refused, so that the guest gets no interrupts of the function (INTx, MSI or MSI-X). Mostly the interrupt line is shared with a driver of the host that does not share it (EBUSY), or the host has no vectors left (ENOSPC).',
    hint: 'Look with `grep . /proc/interrupts` who shares the line. A function that has MSI should use it in the guest.',
  },
  'interrupt-quirk': {
    title: 'an interrupt of the function is handled the slow way',
    meaning:
      'The device’s INTx cannot be masked as the standard says, or the interrupt does not bypass the host’s kernel. It works.',
    hint: null,
  },
  'capability-hidden': {
    title: 'a capability is hidden from the guest',
    meaning: 'VFIO does not show this capability to the guest. It is normal.',
    hint: null,
  },
  'capability-clash': {
    title: 'two capabilities of the function overlap',
    answer: 'Harmless, unless QEMU stops with “failed to add PCI capability”.',
    meaning:
      'The list of capabilities in the function’s configuration space gives two of them the same bytes. That is a fault of the device. VFIO goes on.',
    hint: null,
  },
  'errors-untold': {
    title: 'QEMU would not hear of PCIe errors of the device',
    meaning:
      'The kernel has no signal for errors (AER) of this device, as for every mediated device. The VM runs as ever; it is not stopped when the device reports a fatal error.',
    hint: null,
  },
  'group-changed': {
    title: 'a function got its IOMMU group',
    meaning: 'The kernel notes that a function joined or left a group.',
    hint: null,
  },
} as const satisfies DiagnosesWords
