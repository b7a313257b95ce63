import { type KnownMessage, rowsOf } from '../message.js'

const RUNTIME = 'container-runtime'
const NOVA = { origin: 'nova', project: 'nova', file: 'nova/exception.py' } as const
const INCUS = { origin: 'incus', project: 'incus' } as const
const KUBELET = { origin: 'kubernetes', project: 'kubernetes' } as const

/** What those print who hand devices to containers and start VMs for others: runtimes, Kubernetes, KubeVirt, Nova, Incus. */
export const CLOUD_MESSAGES: readonly KnownMessage[] = [
  ...rowsOf({ origin: RUNTIME, project: 'containerd', file: 'pkg/oci/utils_unix.go' }, [
    ['node-missing', 'lstat /dev/vfio/{path}: no such file or directory'],
    ['node-missing', 'lstat /dev/iommu: no such file or directory'],
    ['node-missing', 'not a device node: "/dev/vfio/{path}"'],
    ['node-missing', 'failed to stat CDI host device "/dev/vfio/{path}": {errno}'],
  ]),
  ...rowsOf({ origin: RUNTIME, project: 'cri-o', file: 'internal/config/device/device.go' }, [
    ['node-missing', 'stat /dev/vfio/{path}: no such file or directory'],
    ['node-missing', 'stat /dev/iommu: no such file or directory'],
  ]),
  ...rowsOf({ origin: RUNTIME, project: 'moby', file: 'daemon/oci_linux.go' }, [
    [
      'node-missing',
      'error gathering device information while adding custom device "/dev/vfio/{path}": {errno}',
    ],
    [
      'node-missing',
      'error gathering device information while adding custom device "/dev/iommu": {errno}',
    ],
    ['node-missing', 'invalid CDI devices: could not resolve CDI devices: {text}'],
  ]),
  ...rowsOf({ origin: RUNTIME, project: 'crun', file: 'src/libcrun/linux.c' }, [
    ['node-missing', 'error stating device /dev/vfio/{path}: {errno}'],
    ['node-missing', "error stat'ing file `/dev/vfio/{path}`: {errno}"],
    ['node-missing', 'mount /dev/vfio/{path}:{path}', { needsErrno: false }],
    ['node-missing', 'error mounting "/dev/vfio/{path}" to rootfs'],
    ['node-denied', 'mknod /dev/vfio/{path}: operation not permitted'],
    ['node-denied', 'open /dev/vfio/{path}: operation not permitted'],
    ['node-denied', 'open /dev/vfio/{path}: permission denied'],
  ]),
  ...rowsOf(
    { origin: 'kata', project: 'kata-containers', file: 'src/runtime/virtcontainers/qemu.go' },
    [
      ['see-below', 'failed to hotplug VFIO device', { isWrapper: true }],
      ['see-below', 'Failed to attach VFIO device', { isWrapper: true }],
      ['node-denied', 'Could not add /dev/vfio/{path} to the devices cgroup'],
      ['vmm-option', 'cold_plug_vfio= or hot_plug_vfio= port is not set for device {device}'],
    ],
  ),
  ...rowsOf({ ...KUBELET, file: 'pkg/kubelet/cm/devicemanager/manager.go' }, [
    [
      'no-free-device',
      'requested number of devices unavailable for {word}. Requested: {number}, Available: {number}',
    ],
    ['no-free-device', 'no healthy devices present; cannot allocate unhealthy devices {word}'],
    ['no-free-device', 'failed due to no healthy devices present'],
    ['no-free-device', 'cannot allocate unregistered device {word}'],
    ['no-free-device', 'UnexpectedAdmissionError{text}Allocate failed due to {text}'],
  ]),
  ...rowsOf({ ...KUBELET, file: 'pkg/scheduler/framework/plugins/noderesources/fit.go' }, [
    ['no-free-device', 'nodes are available: {text}Insufficient {text}.com/'],
  ]),
  ...rowsOf(
    { origin: 'kubevirt', project: 'kubevirt', file: 'pkg/virt-controller/services/template.go' },
    [
      ['not-permitted', 'GPU {word} is not permitted in permittedHostDevices configuration'],
      ['not-permitted', 'HostDevice {word} is not permitted in permittedHostDevices configuration'],
    ],
  ),
  ...rowsOf(
    {
      origin: 'kubevirt',
      project: 'kubevirt',
      file: 'pkg/virt-launcher/virtwrap/device/hostdevice/addresspool.go',
    },
    [
      ['no-free-device', 'no more addresses to allocate for resource {word}'],
      ['no-free-device', 'resource {word} does not exist'],
      ['no-free-device', 'failed to create PCI host-devices: {text}', { isWrapper: true }],
      ['no-free-device', 'failed to create GPU host-devices: {text}', { isWrapper: true }],
    ],
  ),
  ...rowsOf(
    {
      origin: 'kubevirt',
      project: 'kubevirt',
      file: 'pkg/virt-handler/device-manager/pci_device.go',
    },
    [
      ['plugin-trouble', 'failed get vendor:device ID for device: {word}'],
      ['plugin-trouble', 'failed to get driver for device: {word}'],
      ['plugin-trouble', 'failed to add the device {path} to the watcher: {errno}'],
      ['plugin-trouble', 'monitored device {word} disappeared'],
      ['plugin-trouble', 'failed to discover host devices'],
    ],
  ),
  ...rowsOf({ origin: 'kubevirt', project: 'kubevirt', file: 'pkg/virt-handler/vm.go' }, [
    ['see-below', 'server error. command SyncVMI failed: {text}', { isWrapper: true }],
  ]),
  ...rowsOf(
    {
      origin: 'harvester',
      project: 'harvester-pcidevices',
      file: 'pkg/controller/pcideviceclaim/pcideviceclaim_controller.go',
    },
    [
      ['plugin-trouble', 'PCI Device Claim reconciliation error: {text}'],
      ['plugin-trouble', 'Error unbinding device after reboot: {text}'],
      ['plugin-trouble', 'Error rebinding device after reboot: {text}'],
      ['plugin-trouble', 'PCI Device {word} is bound to vfio-pci but has no Claim'],
    ],
  ),
  ...rowsOf(NOVA, [
    ['no-such-device', 'PCI Device {word}:{address} not found.'],
    ['no-such-device', 'PCI device {number} not found'],
    ['no-free-device', 'PCI device {word}:{address} is {word} instead of {word}'],
    ['no-free-device', 'Not all Virtual Functions of PF {word}:{address} are free.'],
    ['no-free-device', 'PCI device {word}:{address} is owned by {word} instead of {word}'],
    ['no-free-device', 'PCI device request {text} failed$'],
    ['no-free-device', 'Attempt to consume PCI device {word}:{address} from empty pool'],
    ['no-free-device', 'Failed to claim PCI device for {word} during interface attach'],
    ['no-free-device', 'Insufficient compute resources: Claim pci failed'],
    ['not-permitted', 'PCI alias {word} is not defined'],
    ['not-permitted', 'Invalid PCI alias definition: {text}'],
    ['not-permitted', 'Invalid [pci]device_spec config: {text}'],
    ['not-permitted', 'Invalid PCI Whitelist: {text}'],
    ['unplug-refused', 'Failed to detach PCI device {address}: {text}'],
  ]),
  ...rowsOf({ ...NOVA, file: 'nova/pci/stats.py' }, [
    ['no-free-device', 'Failed to allocate PCI devices for instance.'],
  ]),
  ...rowsOf({ ...NOVA, file: 'nova/pci/manager.py' }, [
    ['no-such-device', 'Unable to remove device with status {word}'],
  ]),
  ...rowsOf({ ...INCUS, file: 'internal/server/device/pci.go' }, [
    ['module-missing', 'Error loading "vfio-pci" module: {text}'],
    ['unbind-failed', 'Failed to override IOMMU group driver: {text}', { isWrapper: true }],
    ['no-such-device', 'Failed to get PCI device info for "{word}": {text}'],
    ['manager-config', 'PCI devices cannot be used when migration.stateful is enabled'],
  ]),
  ...rowsOf({ ...INCUS, file: 'internal/server/device/pci/pci.go' }, [
    ['unbind-failed', 'Failed unbinding device "{device}" via "{path}": {errno}'],
    [
      'driver-override-refused',
      'Failed setting driver override "{word}" for device "{device}" via "{path}": {errno}',
    ],
    ['unbind-failed', 'Failed probing device "{device}" via "{path}": {errno}'],
    ['unbind-failed', 'Device took too long to activate at "{path}"'],
  ]),
  ...rowsOf({ ...INCUS, file: 'internal/server/device/device_utils_generic.go' }, [
    ['no-such-device', 'Invalid PCI address (no device found): {device}'],
  ]),
  ...rowsOf({ ...INCUS, file: 'internal/server/device/gpu_physical.go' }, [
    ['no-such-device', 'Failed to detect requested GPU device'],
    ['manager-config', 'GPU devices cannot be used when migration.stateful is enabled'],
    ['manager-config', 'VMs cannot match multiple GPUs per device'],
    ['unbind-failed', 'Cannot use device "{path}", {number} processes are still attached to it'],
  ]),
  ...rowsOf({ ...INCUS, file: 'internal/server/device/pci.go' }, [
    ['unbind-failed', 'Failed to override IOMMU group driver'],
  ]),
  ...rowsOf({ ...INCUS, file: 'internal/server/instance/drivers/driver_qemu.go' }, [
    ['no-iommu', 'No PCI IOMMU group supplied'],
    ['node-missing', 'Failed to chown vfio group device "{path}": {errno}'],
  ]),
  ...rowsOf(
    {
      origin: 'truenas',
      project: 'truenas-middleware',
      file: 'src/middlewared/middlewared/plugins/vm/devices/pci.py',
    },
    [
      ['manager-config', 'Not a valid choice. The PCI device is not available for passthru{text}'],
      [
        'manager-config',
        'based PCI devices are critical for system function and cannot be used for PCI passthrough',
      ],
      ['no-iommu-here', 'attribute.pptdev: IOMMU support is required'],
      ['manager-config', 'HA capable systems do not support PCI passthrough'],
    ],
  ),
]
