import type { ByPlatform } from '../platform.js'

/** How a machine comes to an IOMMU that covers a function. */
export const SWITCH_ON_IOMMU: ByPlatform = {
  intel:
    'Switch on VT-d in the firmware, and boot with intel_iommu=on where the kernel does not do so by itself.',
  amd: 'Switch on the IOMMU (AMD-Vi) in the firmware; the kernel uses it without being told.',
  x86: 'Switch on VT-d or AMD-Vi in the firmware; on Intel boot with intel_iommu=on where the kernel does not do so by itself.',
  arm: 'The platform must describe an IOMMU for this root complex: `iommu-map` in the device tree, or an IORT mapping in ACPI. A board without one has only no-IOMMU mode left, which is unsafe and which QEMU does not support.',
  guest:
    'This machine is a virtual machine: its hypervisor must give it a virtual IOMMU (QEMU: -device intel-iommu,intremap=on or -device virtio-iommu-pci). There is nothing to switch on inside.',
  other:
    'Look whether the platform has an IOMMU for this function at all, and whether it is on: firmware setup and kernel command line on a PC, device tree (iommu-map) or ACPI (IORT) elsewhere, the hypervisor in a virtual machine. A board that has none for this root complex has only no-IOMMU mode left, which is unsafe and which QEMU does not support.',
}

/** How interrupts come to be isolated. */
export const ISOLATE_INTERRUPTS: ByPlatform = {
  intel:
    'Switch interrupt remapping on in the firmware (with VT-d; x2APIC must not be opted out), and boot without intremap=off.',
  amd: 'Update the firmware if its IVRS table is said to be wrong, and boot without intremap=off.',
  x86: 'Switch interrupt remapping on in the firmware, and boot without intremap=off.',
  arm: 'On ARM the interrupt controller isolates MSIs (an ITS of GICv3). Without one only allow_unsafe_interrupts=1 (vfio_iommu_type1) is left, which accepts the risk.',
  guest:
    'The hypervisor must offer it with the virtual IOMMU (QEMU: -device intel-iommu,intremap=on and -machine kernel-irqchip=split). allow_unsafe_interrupts=1 (vfio_iommu_type1) accepts the risk.',
  other:
    'Switch interrupt remapping on where the platform has it. allow_unsafe_interrupts=1 (vfio_iommu_type1) accepts the risk.',
}

/** What brings back a device that no longer answers. */
export const POWER_CYCLE =
  'Power-cycle the host: switch it off, not only reboot it. No reset is sure to bring the device back.'
