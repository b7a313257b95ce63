/** A program that runs VMs, as far as it resets what it gives them. */
interface Vmm {
  readonly name: string
  /** Whether it asks for VFIO_DEVICE_PCI_HOT_RESET where a function has no good reset of its own. */
  readonly hotResets: boolean
}

/** The programs that open the functions of the VMs that are described. libvirt, Proxmox, KubeVirt, Nova, Incus and LXD start QEMU. */
export const VMMS = {
  /** `vfio_pci_reset` in hw/vfio/pci.c. */
  qemu: { name: 'QEMU', hotResets: true },
  /** `VfioDevice::reset` of rust-vmm's vfio-ioctls: VFIO_DEVICE_RESET alone. */
  'cloud-hypervisor': { name: 'Cloud Hypervisor', hotResets: false },
  /** devices/src/vfio.rs has no hot reset; the kernel resets the function alone when it is opened (`vfio_pci_core_enable`). */
  crosvm: { name: 'crosvm', hotResets: false },
} as const satisfies Record<string, Vmm>

export type VmmId = keyof typeof VMMS
