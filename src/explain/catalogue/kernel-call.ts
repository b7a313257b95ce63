/** A call of VFIO whose errno a message passes on. */
export type KernelCall =
  /** `VFIO_DEVICE_PCI_HOT_RESET` */
  | 'hot-reset'
  /** `VFIO_DEVICE_GET_PCI_HOT_RESET_INFO` */
  | 'reset-info'
  /** `VFIO_DEVICE_RESET` */
  | 'device-reset'
  /** Opening `/dev/vfio/N`. */
  | 'open-group'
  /** `VFIO_GROUP_SET_CONTAINER` */
  | 'set-container'
  /** `VFIO_SET_IOMMU` */
  | 'set-iommu'
  /** `VFIO_GROUP_GET_DEVICE_FD` */
  | 'get-device'
  /** Opening `/dev/vfio/devices/vfioN`. */
  | 'open-cdev'
  /** `VFIO_DEVICE_BIND_IOMMUFD` */
  | 'bind'
  /** Writing 1 to the function's `reset` in sysfs. */
  | 'sysfs-reset'
  /** Binding to vfio-pci (`vfio_pci_probe`). */
  | 'probe'

/** One of the ways in which a call comes to an errno; `meaning` beside it says which. */
export type CauseKind =
  | 'bad-request'
  | 'wrong-door'
  | 'too-many-fds'
  | 'no-group-fd'
  | 'not-in-dev-set'
  | 'not-owned'
  // QEMU's own test, before it asks: the reset affects a group, or function, that the VM has not opened.
  | 'other-groups'
  | 'no-usable-reset'
  | 'no-slot-or-bus'
  | 'root-bus'
  | 'virtual-bus'
  | 'bus-reset-forbidden'
  | 'regression-6-14'
  | 'regression-6-9'
  | 'memory-lock'
  | 'device-lock'
  | 'caller-memory'
  | 'closed-fd'
  | 'link-not-back'
  | 'resume-failed'
  | 'noiommu-old'
  | 'count-first'
  | 'hotplug-race'
  | 'member-without-group'
  | 'no-method-at-open'
  | 'no-method'
  | 'group-held'
  | 'cdev-bound'
  | 'no-node'
  | 'no-permission'
  | 'lacks-rawio'
  | 'group-not-viable'
  | 'already-set'
  | 'foreign-fd'
  | 'interrupts-not-isolated'
  | 'reserved-region'
  | 'no-backend'
  | 'no-container'
  | 'not-in-group'
  | 'vf-token'
  | 'group-file-open'
  | 'dma-owned'
  | 'already-open'
  | 'not-coherent'
  | 'no-iommu-group'
  | 'no-iommufd'
  | 'denied-device'
  | 'bridge'
  | 'vfs-enabled'
  // Of a device file that is missing: what a host that was read says of it.
  | 'no-device-files'
  | 'function-not-on-vfio'
  | 'group-not-on-vfio'

/**
 * Every cause of every errno (`vfio_pci_core.c`, `vfio_main.c`, `group.c`, `device_cdev.c`, `pci.c`, `iommu.c`), in the
 * order in which the kernel tests; only `reserved-region` stands before all, as by far the commonest. An errno that is
 * missing here is one that the call does not give.
 */
export const CAUSES: Readonly<Record<KernelCall, Readonly<Record<string, readonly CauseKind[]>>>> =
  {
    'hot-reset': {
      EINVAL: [
        'bad-request',
        'wrong-door',
        'too-many-fds',
        'no-group-fd',
        'not-in-dev-set',
        'not-owned',
        'no-usable-reset',
      ],
      ENODEV: ['no-slot-or-bus'],
      EBUSY: ['memory-lock'],
      EAGAIN: ['device-lock'],
      ENOTTY: ['link-not-back'],
      EPERM: ['noiommu-old'],
      EBADF: ['closed-fd'],
      EFAULT: ['caller-memory'],
      ENOMEM: ['caller-memory'],
      EIO: ['resume-failed'],
      EACCES: ['resume-failed'],
    },
    'reset-info': {
      ENOSPC: ['count-first'],
      EAGAIN: ['hotplug-race'],
      EPERM: ['member-without-group'],
      ENODEV: ['no-slot-or-bus'],
      EINVAL: ['bad-request'],
      EFAULT: ['caller-memory'],
      ENOMEM: ['caller-memory'],
      EIO: ['resume-failed'],
    },
    'device-reset': {
      EINVAL: ['no-method-at-open'],
      EAGAIN: ['device-lock'],
      ENOTTY: ['no-method'],
      EIO: ['resume-failed'],
    },
    'open-group': {
      EBUSY: ['group-held', 'cdev-bound'],
      ENOENT: ['no-node'],
      ENODEV: ['no-node'],
      EACCES: ['no-permission'],
      EPERM: ['lacks-rawio'],
    },
    'set-container': {
      EPERM: ['group-not-viable', 'lacks-rawio'],
      // Since 6.6: taking the DMA of the group (`__iommu_device_set_domain`).
      EINVAL: ['reserved-region', 'already-set'],
      EBADF: ['foreign-fd'],
      EBADFD: ['foreign-fd'],
      ENODEV: ['no-backend'],
    },
    'set-iommu': {
      EPERM: ['interrupts-not-isolated', 'reserved-region'],
      ENODEV: ['no-backend'],
      EINVAL: ['no-container'],
    },
    'get-device': {
      EINVAL: ['group-not-viable', 'no-container', 'vf-token'],
      EBUSY: ['group-held'],
      ENODEV: ['not-in-group'],
      EACCES: ['vf-token'],
      EPERM: ['lacks-rawio'],
      EAGAIN: ['device-lock'],
      EIO: ['resume-failed'],
    },
    'open-cdev': {
      ENOENT: ['no-node'],
      ENODEV: ['no-node'],
      EACCES: ['no-permission'],
      EPERM: ['lacks-rawio'],
    },
    bind: {
      EBUSY: ['group-file-open'],
      EPERM: ['interrupts-not-isolated', 'dma-owned'],
      EINVAL: [
        'reserved-region',
        'bad-request',
        'wrong-door',
        'already-open',
        'vf-token',
        'not-coherent',
      ],
      ENODEV: ['no-iommu-group'],
      EACCES: ['vf-token'],
      EBADF: ['closed-fd'],
      EBADFD: ['no-iommufd'],
      EAGAIN: ['device-lock'],
    },
    'sysfs-reset': {
      ENOTTY: ['no-method'],
      EAGAIN: ['device-lock'],
      EACCES: ['no-permission'],
      EPERM: ['no-permission'],
      EIO: ['resume-failed'],
      ENOENT: ['no-method'],
    },
    probe: {
      EINVAL: ['denied-device', 'bridge', 'no-iommu-group'],
      EBUSY: ['vfs-enabled'],
    },
  }

/** Causes that only a caller can have which builds the call wrongly: not those of a finished program. */
export const CALLER_MISTAKES: ReadonlySet<CauseKind> = new Set([
  'bad-request',
  'wrong-door',
  'too-many-fds',
  'no-group-fd',
  'closed-fd',
  'caller-memory',
  'foreign-fd',
])
