import { ISOLATE_INTERRUPTS, POWER_CYCLE, SWITCH_ON_IOMMU } from './cures.js'
import type { DiagnosesWords } from './words.js'

/** Words for what IOMMU drivers say, and for what the platform forbids. */
export const IOMMU_WORDS = {
  'iommu-no-answer': {
    title: 'the IOMMU waits for a device that does not answer',
    meaning:
      'The IOMMU told the device to drop the addresses that it has cached (ATS), and got no answer: the device hangs or has left the bus, mostly after a reset that did not work. The host can stall while the IOMMU waits. It is a consequence, not the cause.',
    hint: `Look at the reset before it, and whether the function still answers. ${POWER_CYCLE} pci=noats, or the kernel’s quirk against ATS for the card, only silences it.`,
  },
  'iommu-stalled': {
    title: 'the IOMMU does not finish its commands',
    meaning:
      'The driver waits for the IOMMU to carry out a command, and it does not: mostly because a device does not answer when it is to drop cached addresses (ATS), just after a reset that did not work. Until it does, the host can hang.',
    hint: `Look for the device: “IOTLB_INV_TIMEOUT”, “Invalidation Time-out”, “not ready” or a reset around it. ${POWER_CYCLE}`,
  },
  'dma-fault': {
    title: 'the IOMMU blocked an access to memory',
    answer:
      'Harmless for the host, which was protected; once around a start or stop of the VM it is for all.',
    meaning:
      'The device wanted to read or write an address that is not mapped for it. Just after a VM stopped, or between the host’s driver and vfio-pci, the device still did what it was last told: it was not reset. While the VM runs, the guest’s driver or the VMM gave it a wrong address, or the firmware still uses the device.',
    hint: 'If it comes at every start, the device is not reset in between: `vfio-reset inspect` tells what resets it. If it floods the log, stop the VM.',
  },
  'interrupt-fault': {
    title: 'the IOMMU blocked an interrupt of the device',
    meaning:
      'Interrupt remapping has no entry for the interrupt that the device raised: it still uses what an earlier driver or guest told it, or its interrupt was set up past the kernel.',
    hint: 'If it follows the end of a VM, the device was not reset. If it names a device of the host, update the firmware.',
  },
  'invalid-request': {
    title: 'the IOMMU does not understand what the device sent',
    answer: 'Harmless for the host, which was protected; the device is not in order.',
    meaning:
      'The device sent a request that it may not send as the IOMMU is set up for it (address translation of its own, a reserved address, interrupts), or its entry in the IOMMU’s table is broken. Around a reset that is a device that is not itself; all the time it is the firmware’s table or the device.',
    hint: 'If it comes after a reset or the end of a VM: power-cycle the host. If it comes from boot on: update the firmware.',
  },
  'iommu-error': {
    title: 'the IOMMU itself reports an error',
    meaning:
      'The IOMMU could not carry out a command of its driver, or lost events. Behind it are mostly a device that does not answer, or a storm of blocked accesses.',
    hint: 'Look which device is named just before, and stop what uses it.',
  },
  'iommu-table': {
    title: 'the firmware describes the IOMMU wrongly',
    answer: 'The IOMMU, or interrupt remapping, may stay off; then no VM with a device starts.',
    meaning:
      'The table in which the firmware describes the IOMMU is missing or wrong. The kernel leaves out what it cannot use.',
    hint: {
      intel: 'Update the firmware, and switch VT-d off and on again in it.',
      amd: 'Update the firmware. ivrs_ioapic= and ivrs_hpet= on the kernel command line can state what the table has wrong.',
      arm: 'The IORT table of ACPI or the device tree must be corrected; take the vendor’s newest firmware.',
      guest: 'The hypervisor makes this table: update it, or change the machine type.',
      other: 'Update the firmware.',
    },
  },
  'iommu-off': {
    title: 'the IOMMU stays off',
    meaning: 'The kernel does not use the IOMMU: it was told not to, or could not set it up.',
    hint: SWITCH_ON_IOMMU,
  },
  'iommu-on': {
    title: 'the IOMMU is in use',
    meaning: 'The kernel notes at boot how it uses the IOMMU.',
    hint: null,
  },
  'iommu-namespace': {
    title: 'the firmware names a device for the IOMMU that does not exist',
    meaning:
      'The firmware’s table names a device of the ACPI namespace (such as a serial bus controller) that is switched off or missing. PCI functions are not affected.',
    hint: null,
  },
  'iommu-skips-device': {
    title: 'no IOMMU covers the function',
    meaning:
      'The IOMMU’s driver could not add the device: the platform gives no mapping for it, its requester ID is outside of what the IOMMU knows, or another device has the same one. Without an IOMMU group vfio-pci refuses the function (error -22).',
    hint: SWITCH_ON_IOMMU,
  },
  'iommu-attach-failed': {
    title: 'the IOMMU’s driver could not attach the device to an address space',
    meaning:
      'The device was to get another address space, such as that of a VM, and the driver of the IOMMU refused: the address space does not fit the IOMMU (page sizes, stages, several IOMMUs), or the IOMMU ran out of something.',
    hint: 'Read the line before it. On machines with several IOMMUs give the VM only functions of one, or take a newer kernel.',
  },
  'iommu-width': {
    title: 'the IOMMU reaches fewer addresses than the guest uses',
    meaning:
      'A mapping lies beyond the address bits that the IOMMU of the host translates (39 on many Intel desktops).',
    hint: 'Limit the guest’s addresses: QEMU -cpu host,host-phys-bits-limit=39, -device intel-iommu,aw-bits=39; libvirt <maxphysaddr mode="passthrough" limit="39"/>.',
  },
  'no-interrupt-remapping': {
    title: 'the host does not isolate interrupts',
    answer: 'A VM with a device may not start: VFIO asks for isolated interrupts.',
    meaning:
      'Interrupt remapping is off: the firmware’s table is wrong, it was switched off, or the chipset has a fault. A guest that is not trusted could forge interrupts.',
    hint: ISOLATE_INTERRUPTS,
  },
  'unsafe-interrupts': {
    title: 'the platform cannot isolate interrupts, and that was accepted',
    answer: 'It works; a guest that is not trusted could forge interrupts.',
    meaning:
      'Interrupts are not isolated, and allow_unsafe_interrupts lets iommufd hand out the function all the same.',
    hint: ISOLATE_INTERRUPTS,
  },
  'interrupts-not-isolated': {
    title: 'interrupts are not isolated',
    meaning:
      'The platform cannot keep functions from forging interrupts (no interrupt remapping), so VFIO refuses the group.',
    hint: ISOLATE_INTERRUPTS,
  },
  'reserved-region': {
    title: 'the firmware keeps the function for itself',
    meaning:
      'The firmware has reserved memory for the function, which it may access at any time, mapped 1:1. Such a function cannot be given away.',
    hint: {
      intel:
        'Switch off “Kernel DMA Protection” or “Pre-boot DMA Protection” in the firmware, or what reserves the memory (RMRR; HPE servers have a setting for each slot); or take another slot.',
      amd: 'Switch off “Pre-boot DMA Protection” or what else reserves the memory in the firmware (IVMD entries of the IVRS table), or take another slot.',
      arm: 'The device tree (`memory-region` with an iommu-addresses property) or the IORT’s RMR nodes reserve it; only other firmware gives it up.',
      guest: 'The hypervisor’s virtual IOMMU reserves it; its configuration must give it up.',
      other: 'Only the firmware can give it up: look for a setting there, or take another slot.',
    },
  },
  lockdown: {
    title: 'the kernel is locked down, as under Secure Boot',
    answer: 'The program could not do it; VFIO itself is not affected.',
    meaning:
      'Under lockdown the kernel refuses even root what could change it: raw access to PCI (setpci, /dev/mem, sysfs resource files), modules without an accepted signature (vendor-reset, NVIDIA’s driver), unsafe module parameters. VFIO and resets through sysfs are allowed.',
    hint: 'Sign the module with an enrolled key (MOK), or switch Secure Boot off. For a reset use VFIO or the function’s reset file, not setpci.',
  },
} as const satisfies DiagnosesWords
