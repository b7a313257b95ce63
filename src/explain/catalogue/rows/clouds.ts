import { type KnownMessage, rowsOf } from '../message.js'

const RUNTIME = 'container-runtime'
const NOVA = { origin: 'nova', project: 'nova', file: 'nova/exception.py' } as const
const INCUS = { origin: 'incus', project: 'incus' } as const
const KUBELET = { origin: 'kubernetes', project: 'kubernetes' } as const

/** What those print who hand devices to containers and start VMs for others: runtimes, Kubernetes, KubeVirt, Nova, Incus. */
export const CLOUD_MESSAGES: readonly KnownMessage[] = [
  ...rowsOf({ origin: RUNTIME, project: 'containerd', file: 'pkg/oci/utils_unix.go' }, [
    { id: 'node-missing', text: 'lstat /dev/vfio/{path}: no such file or directory' },
    { id: 'node-missing', text: 'lstat /dev/iommu: no such file or directory' },
    { id: 'node-missing', text: 'not a device node: "/dev/vfio/{path}"' },
    { id: 'node-missing', text: 'failed to stat CDI host device "/dev/vfio/{path}": {errno}' },
  ]),
  ...rowsOf({ origin: RUNTIME, project: 'cri-o', file: 'internal/config/device/device.go' }, [
    { id: 'node-missing', text: 'stat /dev/vfio/{path}: no such file or directory' },
    { id: 'node-missing', text: 'stat /dev/iommu: no such file or directory' },
  ]),
  ...rowsOf({ origin: RUNTIME, project: 'moby', file: 'daemon/oci_linux.go' }, [
    {
      id: 'node-missing',
      text: 'error gathering device information while adding custom device "/dev/vfio/{path}": {errno}',
    },
    {
      id: 'node-missing',
      text: 'error gathering device information while adding custom device "/dev/iommu": {errno}',
    },
    { id: 'node-missing', text: 'invalid CDI devices: could not resolve CDI devices: {text}' },
  ]),
  ...rowsOf({ origin: RUNTIME, project: 'crun', file: 'src/libcrun/linux.c' }, [
    { id: 'node-missing', text: 'error stating device /dev/vfio/{path}: {errno}' },
    { id: 'node-missing', text: "error stat'ing file `/dev/vfio/{path}`: {errno}" },
    { id: 'node-missing', text: 'mount /dev/vfio/{path}:{path}', needsErrno: false },
    { id: 'node-denied', text: 'mknod /dev/vfio/{path}: operation not permitted' },
  ]),
  ...rowsOf(
    { origin: 'kata', project: 'kata-containers', file: 'src/runtime/virtcontainers/qemu.go' },
    [
      { id: 'see-below', text: 'failed to hotplug VFIO device', isWrapper: true },
      { id: 'see-below', text: 'Failed to attach VFIO device', isWrapper: true },
      { id: 'node-denied', text: 'Could not add /dev/vfio/{path} to the devices cgroup' },
      {
        id: 'vmm-option',
        text: 'cold_plug_vfio= or hot_plug_vfio= port is not set for device {device}',
      },
    ],
  ),
  ...rowsOf({ ...KUBELET, file: 'pkg/kubelet/cm/devicemanager/manager.go' }, [
    {
      id: 'no-free-device',
      text: 'requested number of devices unavailable for {word}. Requested: {number}, Available: {number}',
    },
    {
      id: 'no-free-device',
      text: 'no healthy devices present; cannot allocate unhealthy devices {word}',
    },
    { id: 'no-free-device', text: 'cannot allocate unregistered device {word}' },
    { id: 'no-free-device', text: 'UnexpectedAdmissionError{text}Allocate failed due to {text}' },
  ]),
  ...rowsOf({ ...KUBELET, file: 'pkg/scheduler/framework/plugins/noderesources/fit.go' }, [
    { id: 'no-free-device', text: 'nodes are available: {text}Insufficient {text}.com/' },
  ]),
  ...rowsOf(
    { origin: 'kubevirt', project: 'kubevirt', file: 'pkg/virt-controller/services/template.go' },
    [
      {
        id: 'not-permitted',
        text: 'GPU {word} is not permitted in permittedHostDevices configuration',
      },
      {
        id: 'not-permitted',
        text: 'HostDevice {word} is not permitted in permittedHostDevices configuration',
      },
    ],
  ),
  ...rowsOf(
    {
      origin: 'kubevirt',
      project: 'kubevirt',
      file: 'pkg/virt-launcher/virtwrap/device/hostdevice/addresspool.go',
    },
    [
      { id: 'no-free-device', text: 'no more addresses to allocate for resource {word}' },
      { id: 'no-free-device', text: 'resource {word} does not exist' },
      { id: 'no-free-device', text: 'failed to create PCI host-devices: {text}', isWrapper: true },
      { id: 'no-free-device', text: 'failed to create GPU host-devices: {text}', isWrapper: true },
    ],
  ),
  ...rowsOf(
    {
      origin: 'kubevirt',
      project: 'kubevirt',
      file: 'pkg/virt-handler/device-manager/pci_device.go',
    },
    [
      { id: 'plugin-trouble', text: 'failed get vendor:device ID for device: {word}' },
      { id: 'plugin-trouble', text: 'failed to get driver for device: {word}' },
      { id: 'plugin-trouble', text: 'failed to add the device {path} to the watcher: {errno}' },
      { id: 'plugin-trouble', text: 'monitored device {word} disappeared' },
      { id: 'plugin-trouble', text: 'failed to discover host devices' },
    ],
  ),
  ...rowsOf({ origin: 'kubevirt', project: 'kubevirt', file: 'pkg/virt-handler/vm.go' }, [
    {
      id: 'see-below',
      text: 'server error. command SyncVMI failed: {text}',
      isWrapper: true,
    },
  ]),
  ...rowsOf(
    {
      origin: 'harvester',
      project: 'harvester-pcidevices',
      file: 'pkg/controller/pcideviceclaim/pcideviceclaim_controller.go',
    },
    [
      { id: 'plugin-trouble', text: 'PCI Device Claim reconciliation error: {text}' },
      { id: 'plugin-trouble', text: 'Error unbinding device after reboot: {text}' },
      { id: 'plugin-trouble', text: 'Error rebinding device after reboot: {text}' },
      { id: 'plugin-trouble', text: 'PCI Device {word} is bound to vfio-pci but has no Claim' },
    ],
  ),
  ...rowsOf(NOVA, [
    { id: 'no-such-device', text: 'PCI Device {word}:{address} not found.' },
    { id: 'no-such-device', text: 'PCI device {number} not found' },
    { id: 'no-free-device', text: 'PCI device {word}:{address} is {word} instead of {word}' },
    { id: 'no-free-device', text: 'Not all Virtual Functions of PF {word}:{address} are free.' },
    {
      id: 'no-free-device',
      text: 'PCI device {word}:{address} is owned by {word} instead of {word}',
    },
    { id: 'no-free-device', text: 'PCI device request {text} failed$' },
    {
      id: 'no-free-device',
      text: 'Attempt to consume PCI device {word}:{address} from empty pool',
    },
    { id: 'no-free-device', text: 'Failed to claim PCI device for {word} during interface attach' },
    { id: 'no-free-device', text: 'Insufficient compute resources: Claim pci failed' },
    { id: 'not-permitted', text: 'PCI alias {word} is not defined' },
    { id: 'not-permitted', text: 'Invalid PCI alias definition: {text}' },
    { id: 'not-permitted', text: 'Invalid [pci]device_spec config: {text}' },
    { id: 'not-permitted', text: 'Invalid PCI Whitelist: {text}' },
    { id: 'unplug-refused', text: 'Failed to detach PCI device {address}: {text}' },
  ]),
  ...rowsOf({ ...NOVA, file: 'nova/pci/stats.py' }, [
    { id: 'no-free-device', text: 'Failed to allocate PCI devices for instance.' },
  ]),
  ...rowsOf({ ...NOVA, file: 'nova/pci/manager.py' }, [
    { id: 'no-such-device', text: 'Unable to remove device with status {word}' },
  ]),
  ...rowsOf({ ...INCUS, file: 'internal/server/device/pci.go' }, [
    { id: 'module-missing', text: 'Error loading "vfio-pci" module: {text}' },
    { id: 'unbind-failed', text: 'Failed to override IOMMU group driver: {text}', isWrapper: true },
    {
      id: 'no-such-device',
      text: 'Failed to get PCI device info for "{word}": {text}',
    },
    { id: 'manager-config', text: 'PCI devices cannot be used when migration.stateful is enabled' },
  ]),
  ...rowsOf({ ...INCUS, file: 'internal/server/device/pci/pci.go' }, [
    { id: 'unbind-failed', text: 'Failed unbinding device "{device}" via "{path}": {errno}' },
    {
      id: 'driver-override-refused',
      text: 'Failed setting driver override "{word}" for device "{device}" via "{path}": {errno}',
    },
    { id: 'unbind-failed', text: 'Failed probing device "{device}" via "{path}": {errno}' },
    { id: 'unbind-failed', text: 'Device took too long to activate at "{path}"' },
  ]),
  ...rowsOf({ ...INCUS, file: 'internal/server/device/device_utils_generic.go' }, [
    { id: 'no-such-device', text: 'Invalid PCI address (no device found): {device}' },
  ]),
  ...rowsOf({ ...INCUS, file: 'internal/server/device/gpu_physical.go' }, [
    { id: 'no-such-device', text: 'Failed to detect requested GPU device' },
    { id: 'manager-config', text: 'GPU devices cannot be used when migration.stateful is enabled' },
    { id: 'manager-config', text: 'VMs cannot match multiple GPUs per device' },
  ]),
  ...rowsOf({ ...INCUS, file: 'internal/server/instance/drivers/driver_qemu.go' }, [
    { id: 'no-iommu', text: 'No PCI IOMMU group supplied' },
    { id: 'node-missing', text: 'Failed to chown vfio group device "{path}": {errno}' },
  ]),
  ...rowsOf(
    {
      origin: 'truenas',
      project: 'truenas-middleware',
      file: 'src/middlewared/middlewared/plugins/vm/devices/pci.py',
    },
    [
      {
        id: 'manager-config',
        text: 'Not a valid choice. The PCI device is not available for passthru{text}',
      },
      {
        id: 'manager-config',
        text: 'based PCI devices are critical for system function and cannot be used for PCI passthrough',
      },
      { id: 'no-iommu-here', text: 'attribute.pptdev: IOMMU support is required' },
      { id: 'manager-config', text: 'HA capable systems do not support PCI passthrough' },
    ],
  ),
]
