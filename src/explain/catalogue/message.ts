import type { PciAddress } from '../../host/pci-address.js'
import type { GroupNumber } from '../../host/scalars.js'
import type { DiagnosisId } from './diagnosis.js'
import type { KernelCall } from './kernel-call.js'

/** Who prints a message. */
export type Origin =
  | 'qemu'
  | 'libvirt'
  | 'virt-manager'
  | 'proxmox'
  | 'cloud-hypervisor'
  | 'crosvm'
  | 'kata'
  | 'firecracker'
  | 'dpdk'
  | 'spdk'
  | 'xen'
  | 'vfio-pci-hot-reset'
  | 'container-runtime'
  | 'kubernetes'
  | 'kubevirt'
  | 'harvester'
  | 'nova'
  | 'incus'
  | 'truenas'
  | 'nvidia'
  | 'vendor-reset'
  | 'pciutils'
  | 'kernel'

/** One row of the catalogue: a text that some program prints, and what it means. */
export interface KnownMessage {
  readonly id: DiagnosisId
  readonly origin: Origin
  /** The fixed text, with the places that vary in braces: `depends on group {group} which is not owned.` */
  readonly text: string
  /** File of the program's source that holds the text, relative to the root of `project`. */
  readonly file: string
  readonly project: Project
  readonly era: Era
  /** The system call whose errno the text ends with; null: none. */
  readonly call: KernelCall | null
  /** The errno that the text stands for where it names none. */
  readonly impliedErrno: string | null
  /** Counts only where an errno follows, since the rest is too common. */
  readonly needsErrno: boolean
  /** Says only that something failed: any other known text in the same line says more. */
  readonly isWrapper: boolean
}

/** Whether programs in use print a text. */
export type Era =
  /** The newest release prints it. */
  | 'current'
  /** Releases in use print it, the newest does not. */
  | 'old'
  /** A patch that was posted would print it. */
  | 'proposed'

/** Folder in which each project's files can be read. */
export const SOURCE_URLS = {
  qemu: 'https://gitlab.com/qemu-project/qemu/-/blob/master/',
  libvirt: 'https://gitlab.com/libvirt/libvirt/-/blob/master/',
  'virt-manager': 'https://github.com/virt-manager/virt-manager/blob/main/',
  'qemu-server': 'https://git.proxmox.com/?p=qemu-server.git;a=blob;f=',
  'pve-common': 'https://git.proxmox.com/?p=pve-common.git;a=blob;f=',
  'pve-guest-common': 'https://git.proxmox.com/?p=pve-guest-common.git;a=blob;f=',
  'cloud-hypervisor': 'https://github.com/cloud-hypervisor/cloud-hypervisor/blob/main/',
  'rust-vmm-vfio': 'https://github.com/rust-vmm/vfio/blob/main/',
  iommufd: 'https://github.com/cloud-hypervisor/iommufd/blob/main/',
  crosvm: 'https://github.com/google/crosvm/blob/main/',
  'kata-containers': 'https://github.com/kata-containers/kata-containers/blob/main/',
  firecracker: 'https://github.com/firecracker-microvm/firecracker/blob/main/',
  dpdk: 'https://github.com/DPDK/dpdk/blob/main/',
  spdk: 'https://github.com/spdk/spdk/blob/master/',
  xen: 'https://github.com/xen-project/xen/blob/master/',
  'awilliam-tests': 'https://github.com/awilliam/tests/blob/master/',
  containerd: 'https://github.com/containerd/containerd/blob/main/',
  crun: 'https://github.com/containers/crun/blob/main/',
  moby: 'https://github.com/moby/moby/blob/master/',
  'cri-o': 'https://github.com/cri-o/cri-o/blob/main/',
  kubernetes: 'https://github.com/kubernetes/kubernetes/blob/master/',
  kubevirt: 'https://github.com/kubevirt/kubevirt/blob/main/',
  'harvester-pcidevices': 'https://github.com/harvester/pcidevices/blob/master/',
  nova: 'https://opendev.org/openstack/nova/src/branch/master/',
  incus: 'https://github.com/lxc/incus/blob/main/',
  'truenas-middleware': 'https://github.com/truenas/middleware/blob/master/',
  'nvidia-open': 'https://github.com/NVIDIA/open-gpu-kernel-modules/blob/main/',
  'vendor-reset': 'https://github.com/gnif/vendor-reset/blob/master/',
  pciutils: 'https://github.com/pciutils/pciutils/blob/master/',
  linux: 'https://github.com/torvalds/linux/blob/master/',
} as const

/** Source that a text comes from. */
export type Project = keyof typeof SOURCE_URLS

/** A text that was recognised, and what it names. */
export interface RecognisedMessage {
  readonly known: KnownMessage
  /**
   * `known.id`, made narrower where one text has several meanings: by the errno and by what the text names (`narrowed`), by
   * other lines of its event (`gathered`).
   */
  readonly id: DiagnosisId
  /** The line without its wrapping, cut to `TEXT_LIMIT`. */
  readonly text: string
  /** The errno by name; null: the text has none that is known. */
  readonly errno: string | null
  /** The call that failed: that of the text, unless the errno shows that it was another. */
  readonly call: KernelCall | null
  /** The function that the text is about; null: it names none, or none in the form of an address. */
  readonly device: PciAddress | null
  /** Every function named in the line, `device` first. */
  readonly devices: readonly PciAddress[]
  /** IOMMU groups named, `/dev/vfio/14` included. */
  readonly groups: readonly GroupNumber[]
  /** Names of device files, `vfio3`. */
  readonly cdevs: readonly string[]
}

/** What a text means, the text, and what is not usual about it. */
export type Row = readonly [
  id: DiagnosisId,
  text: string,
  unusual?: Partial<Omit<KnownMessage, 'id' | 'text' | 'origin' | 'project'>>,
]

/** The rows of one source file of one program. */
export function rowsOf(
  where: { readonly origin: Origin; readonly project: Project; readonly file: string },
  rows: readonly Row[],
): readonly KnownMessage[] {
  return rows.map(([id, text, unusual]) => ({ ...USUAL, ...where, id, text, ...unusual }))
}

const USUAL = {
  era: 'current',
  call: null,
  impliedErrno: null,
  needsErrno: false,
  isWrapper: false,
} as const
