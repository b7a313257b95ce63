import type { DiagnosisId } from '../diagnosis.js'
import type { CauseKind, KernelCall } from '../kernel-call.js'
import type { Cure } from '../platform.js'
import { ISOLATE_INTERRUPTS, SWITCH_ON_IOMMU } from './cures.js'

/** The calls as their users know them. */
export const CALL_WORDS = {
  'hot-reset': 'VFIO_DEVICE_PCI_HOT_RESET',
  'reset-info': 'VFIO_DEVICE_GET_PCI_HOT_RESET_INFO',
  'device-reset': 'VFIO_DEVICE_RESET',
  'open-group': 'open of /dev/vfio/GROUP',
  'set-container': 'VFIO_GROUP_SET_CONTAINER',
  'set-iommu': 'VFIO_SET_IOMMU',
  'get-device': 'VFIO_GROUP_GET_DEVICE_FD',
  'open-cdev': 'open of /dev/vfio/devices/vfioN',
  bind: 'VFIO_DEVICE_BIND_IOMMUFD',
  'sysfs-reset': 'write to reset in sysfs',
  probe: 'binding to vfio-pci',
} as const satisfies Record<KernelCall, string>

/** What each cause of an errno is. */
export const CAUSE_WORDS = {
  'bad-request': 'The request itself was malformed: argsz too short, or flags set.',
  'wrong-door':
    'A list of files was passed for a function opened as a device file, or none for one opened through its group.',
  'too-many-fds': 'More files were passed than the reset affects functions.',
  'no-group-fd': 'One of the files passed is no group file of VFIO.',
  'not-in-dev-set':
    'A function that the reset affects is not in the dev_set: it has no driver, a host driver, or is a bridge.',
  'not-owned': 'A function of the dev_set belongs to nobody, or to somebody else.',
  'other-groups': 'The reset affects functions outside the IOMMU group of this one.',
  'no-usable-reset': 'The reset existed when it was asked about, and not any more when it was due.',
  'no-slot-or-bus': 'There is neither a slot reset nor a bus reset.',
  'root-bus': 'The function is on a root bus: there is no bridge to reset through.',
  'virtual-bus': 'The function is a VF on a bus that SR-IOV made: no bridge leads there.',
  'bus-reset-forbidden':
    'A quirk of the kernel forbids bus resets for a function that would be affected.',
  'regression-6-14':
    'Linux 6.14.2 and releases near it refused bus resets by mistake (bugzilla 220010).',
  'regression-6-9':
    'Linux 6.9.7 and stable releases of that summer miscount the functions, and always answer that the room is too small (bugzilla 219010).',
  'memory-lock': 'Another user of a function is changing its memory map at this moment; try again.',
  'device-lock': 'The lock of a function is taken at this moment; try again.',
  'caller-memory': 'The caller passed memory that the kernel could not use, or it had none left.',
  'closed-fd': 'A file that was passed is not open.',
  'link-not-back': 'The reset was done, and a function or link did not come back in time.',
  'resume-failed': 'A function could not be woken before the call.',
  'noiommu-old': 'Kernels up to 5.18 accept no group files of no-IOMMU mode.',
  'count-first': 'The first of two calls: it asks how many functions there are. That is normal.',
  'hotplug-race': 'A function was added between counting and listing; try again.',
  'member-without-group':
    'A function that the reset affects has no IOMMU group (which includes no-IOMMU mode).',
  'no-method-at-open': 'When the function was opened, no reset of it alone worked.',
  'no-method': 'The kernel has no reset for the function alone.',
  'group-held': 'Another process, or another part of this one, has the group open.',
  'cdev-bound': 'A function of the group is bound to an iommufd.',
  'no-node':
    'There is no such file: the function is not bound to vfio-pci, or the number has changed.',
  'no-permission': 'The file belongs to another user.',
  'lacks-rawio': 'No-IOMMU mode needs CAP_SYS_RAWIO.',
  'group-not-viable': 'A member of the group is bound to a host driver.',
  'already-set': 'The group is in a container already.',
  'foreign-fd': 'The file passed is no VFIO container.',
  'interrupts-not-isolated': 'The platform does not isolate interrupts (no interrupt remapping).',
  'reserved-region':
    'The firmware reserves memory for the function: a `direct` line in the group’s reserved_regions. Since 6.6 the kernel log then speaks of a 1:1 IOMMU mapping.',
  'no-backend': 'No IOMMU driver of VFIO is loaded (vfio_iommu_type1).',
  'no-container': 'The group is in no container, or the container has no IOMMU yet.',
  'not-in-group': 'The group has no such function bound to vfio-pci.',
  'vf-token':
    'The function is a VF (or a PF) that asks for a VF token, and it was wrong or missing.',
  'group-file-open': 'The group file of the function is open.',
  'dma-owned':
    'Somebody else owns the DMA of the group: another context, container, or a host driver.',
  'already-open': 'The function is open already.',
  'not-coherent': 'The IOMMU cannot enforce cache coherency for the function.',
  'no-iommu-group': 'The function has no IOMMU group.',
  'no-iommufd': 'The file passed is no iommufd.',
  'denied-device':
    'vfio-pci has the device on its denylist (Intel QAT); the kernel log says so, and disable_denylist=1 overrules it.',
  bridge: 'The function is a bridge.',
  'vfs-enabled': 'The function is a PF, and VFs of it are switched on.',
  'no-device-files':
    'The kernel has no device files: it is older than 6.6, or built without VFIO_DEVICE_CDEV.',
  'function-not-on-vfio': 'No function with this device file is bound to a vfio driver.',
  'group-not-on-vfio': 'The host has no such group, or no member of it is bound to a vfio driver.',
} as const satisfies Record<CauseKind, string>

const RESERVED =
  'Look into the kernel log of the same moment: where it speaks of a 1:1 IOMMU mapping, the firmware reserves memory for the function.'

/** What helps where it depends on the errno: said in place of the diagnosis's own hint. */
export const ERRNO_HINTS: Readonly<
  Partial<Record<DiagnosisId, Readonly<Partial<Record<string, Cure>>>>>
> = {
  'container-refused': { EINVAL: RESERVED, EPERM: ISOLATE_INTERRUPTS },
  'cdev-bind-failed': { EINVAL: RESERVED },
  'probe-failed': {
    EINVAL: SWITCH_ON_IOMMU,
    EBUSY:
      'Switch the VFs off (`echo 0 > sriov_numvfs`) and bind the PF then. With enable_sriov=1 vfio-pci lets them be switched on again.',
  },
  'device-reset-errno': {
    EAGAIN: 'Try again. If it stays, look for an unbind or another reset that hangs.',
  },
  'dma-map-failed': {
    ENOMEM:
      'Raise the limit of locked memory (ulimit -l, LimitMEMLOCK=), libvirt: <memtune><hard_limit>. KubeVirt sets it from the VM’s memory; functions that are plugged in later need more.',
    EPERM:
      'The process may not raise its own limit of locked memory: give its container a higher one (Docker --ulimit memlock=-1) or CAP_SYS_RESOURCE; KubeVirt before the fix of #17674 does not do so for devices of DRA claims.',
    EFAULT:
      'Mostly it is the BAR of a function that cannot be pinned, not memory of the guest; no limit of memory helps. Cloud Hypervisor with iommufd: --platform vfio_p2p_dma=off leaves BARs out.',
    EEXIST:
      'Two mappings got the same address in the guest, mostly BARs of several functions; no limit of memory helps. It is for the VMM to place them apart: try a newer release, or give the VM its functions at the start instead of plugging them in later.',
  },
}
