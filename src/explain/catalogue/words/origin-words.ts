import type { Origin } from '../message.js'

/** Who prints a message, in words. */
export const ORIGIN_WORDS = {
  qemu: 'QEMU',
  libvirt: 'libvirt',
  'virt-manager': 'virt-manager',
  proxmox: 'Proxmox VE',
  'cloud-hypervisor': 'Cloud Hypervisor',
  crosvm: 'crosvm',
  kata: 'Kata Containers',
  firecracker: 'Firecracker',
  dpdk: 'DPDK',
  spdk: 'SPDK',
  xen: 'Xen',
  'vfio-pci-hot-reset': 'vfio-pci-hot-reset',
  'container-runtime': 'container runtime',
  kubernetes: 'Kubernetes',
  kubevirt: 'KubeVirt',
  harvester: 'Harvester',
  nova: 'Nova',
  incus: 'Incus',
  truenas: 'TrueNAS',
  nvidia: 'NVIDIA’s driver',
  'vendor-reset': 'vendor-reset',
  pciutils: 'lspci',
  kernel: 'Linux',
} as const satisfies Record<Origin, string>
