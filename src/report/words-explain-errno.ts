import type { DiagnosisId } from '../explain/catalogue/diagnosis.js'

const RESERVED =
  'Look into the kernel log of the same moment: where it speaks of a 1:1 IOMMU mapping, the firmware reserves memory for the function.'

/** What helps where it depends on the errno: said in place of the diagnosis's own hint. */
export const ERRNO_HINTS: Readonly<
  Partial<Record<DiagnosisId, Readonly<Partial<Record<string, string>>>>>
> = {
  'container-refused': { EINVAL: RESERVED },
  'cdev-bind-failed': { EINVAL: RESERVED },
  'probe-failed': {
    EINVAL: 'Switch on VT-d or AMD-Vi in the firmware; on Intel also boot with intel_iommu=on.',
    EBUSY:
      'Switch the VFs off (`echo 0 > sriov_numvfs`) and bind the PF then. With enable_sriov=1 vfio-pci lets them be switched on again.',
  },
  'device-reset-errno': {
    EAGAIN: 'Try again. If it stays, look for an unbind or another reset that hangs.',
  },
  'dma-map-failed': {
    ENOMEM:
      'Raise the limit of locked memory (ulimit -l, LimitMEMLOCK=), libvirt: <memtune><hard_limit>.',
    EINVAL:
      'Limit the guest’s addresses to what the IOMMU reaches: QEMU -cpu host,host-phys-bits-limit=BITS, libvirt <maxphysaddr mode="passthrough" limit="BITS"/>.',
    EFAULT:
      'Mostly it is the BAR of a function that cannot be pinned, not memory of the guest; no limit of memory helps. Cloud Hypervisor with iommufd: --platform vfio_p2p_dma=off leaves BARs out.',
    EEXIST:
      'Two mappings got the same address in the guest, mostly BARs of several functions; no limit of memory helps. It is for the VMM to place them apart: try a newer release, or give the VM its functions at the start instead of plugging them in later.',
  },
}
