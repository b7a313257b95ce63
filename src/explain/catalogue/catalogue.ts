import type { KnownMessage } from './message.js'
import { CLOUD_MESSAGES } from './rows/clouds.js'
import { GPU_MESSAGES } from './rows/gpu.js'
import { KERNEL_DRIVER_MESSAGES } from './rows/kernel-drivers.js'
import { KERNEL_GPU_MESSAGES } from './rows/kernel-gpu.js'
import { KERNEL_IOMMU_MESSAGES } from './rows/kernel-iommu.js'
import { KERNEL_IOMMU_MORE_MESSAGES } from './rows/kernel-iommu-more.js'
import { KERNEL_PCI_MESSAGES } from './rows/kernel-pci.js'
import { KERNEL_VFIO_MESSAGES } from './rows/kernel-vfio.js'
import { LIBVIRT_MESSAGES } from './rows/libvirt.js'
import { LSPCI_MESSAGES } from './rows/lspci.js'
import { OTHER_MESSAGES } from './rows/others.js'
import { PROXMOX_MESSAGES } from './rows/proxmox.js'
import { QEMU_MESSAGES } from './rows/qemu.js'
import { QEMU_DEVICE_MESSAGES } from './rows/qemu-device.js'
import { RUST_MESSAGES } from './rows/rust.js'
import { XEN_MESSAGES } from './rows/xen.js'

/**
 * Every text that `explain` knows. The order decides where two of them are found in one line: the more special stands
 * first, and texts that only wrap others give way to any other.
 */
export const CATALOGUE: readonly KnownMessage[] = [
  ...QEMU_MESSAGES,
  ...QEMU_DEVICE_MESSAGES,
  ...LIBVIRT_MESSAGES,
  ...PROXMOX_MESSAGES,
  ...OTHER_MESSAGES,
  ...RUST_MESSAGES,
  ...XEN_MESSAGES,
  ...CLOUD_MESSAGES,
  ...GPU_MESSAGES,
  ...KERNEL_GPU_MESSAGES,
  ...KERNEL_IOMMU_MESSAGES,
  ...KERNEL_IOMMU_MORE_MESSAGES,
  ...KERNEL_PCI_MESSAGES,
  ...KERNEL_VFIO_MESSAGES,
  ...KERNEL_DRIVER_MESSAGES,
  ...LSPCI_MESSAGES,
]
