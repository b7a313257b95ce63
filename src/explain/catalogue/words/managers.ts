import type { DiagnosesWords } from './words.js'

/** Words for those who start VMs for others: Proxmox VE, Kubernetes, OpenStack, Incus, Xen. */
export const MANAGER_WORDS = {
  'mapping-stale': {
    title: 'Proxmox’s mapping no longer fits the hardware',
    meaning:
      'Proxmox compares what the mapping says of the device with the host: vendor and device, IOMMU group, subsystem. One of them differs, since addresses or groups changed with a card, the firmware or the kernel. Proxmox stops rather than give away another device. In “(A != B)” A is what the host has, and B what the mapping says.',
    hint: 'Check which device is meant, and correct the entry of this node under Datacenter, Resource Mappings (/etc/pve/mapping/pci.cfg). Groups change with a kernel too: then only iommugroup= has to follow.',
  },
  'mapping-missing': {
    title: 'the mapping does not exist on this node',
    meaning:
      'The VM names a mapping that Proxmox does not have, or that has no device on this node, as after a migration.',
    hint: 'Add a device of this node to it under Datacenter, Resource Mappings.',
  },
  'reserved-by-vm': {
    title: 'another VM has the function, or is about to',
    meaning:
      'Whoever starts the VMs keeps a list of functions that are given away, and it is on it.',
    hint: 'Stop the other VM, or give this one another function. With a mapping of several devices Proxmox takes a free one.',
  },
  'manager-config': {
    title: 'the VM’s configuration does not fit the device',
    meaning: 'Whoever starts the VM refuses the combination of settings that the text names.',
    hint: 'Correct the setting that the text names.',
  },
  'hook-refused': {
    title: 'a hook stopped the VM',
    meaning:
      'A script that runs before the VM starts ended with an error, so that the VM was not started. What the script printed is before this line.',
    hint: 'Read what the hook said. `vfio-reset hook` refuses a VM whose devices would not start or not be reset; `vfio-reset preflight` says the same by hand.',
  },
  'reset-refused-start': {
    title: 'Proxmox could not reset the function, and stopped',
    meaning:
      'A 1 was written to the function’s reset file in sysfs, and the kernel did not reset it. Releases of Proxmox before 7 stop there; newer ones go on, since VFIO can reset the function with its bus.',
    hint: 'Look for the line “error writing” just before, which has the errno, and take a newer release.',
  },
  'start-slow': {
    title: 'the VM took too long to start',
    meaning:
      'Proxmox waits for QEMU a limited time. With a passed-through function QEMU first pins all memory of the guest, which takes long for much memory, and a reset that hangs takes a minute or more.',
    hint: 'Look for “not ready” in the kernel log. If there is none: use hugepages, or start with `qm start ID --timeout 300`.',
  },
  'mdev-failed': {
    title: 'the virtual GPU could not be made',
    meaning:
      'The GPU’s driver has no such type (mdev, vGPU), no instance of it is left, or its driver for hosts is not loaded.',
    hint: 'Look what the driver offers (mdev_supported_types, nvidia/creatable_vgpu_types below the function in sysfs).',
  },
  'node-missing': {
    title: 'the device file that the container asks for is not there',
    meaning:
      'Whoever makes the container was given the name of a VFIO file, and it does not exist on the node. /dev/vfio/devices/vfioN: the kernel has no device files (older than 6.6, or built without VFIO_DEVICE_CDEV), or the function is not bound to a vfio driver now. /dev/vfio/N: the group has no member bound to a vfio driver, or has another number since the last boot.',
    hint: 'Bind the function to vfio-pci and restart the device plugin, which may hold old names. Without device files take the group interface (KubeVirt: switch its feature gate for IOMMUFD off), or a kernel with VFIO_DEVICE_CDEV.',
  },
  'node-denied': {
    title: 'the container may not use the device file',
    meaning:
      'The VFIO file is there, and the container or its user may not open it: its cgroup, its owner or its security policy forbids it.',
    hint: 'Pass the file as a device of the container (--device /dev/vfio/N, a device plugin, CDI), not as a mount, and let the user or group own it.',
  },
  'not-permitted': {
    title: 'the cluster does not permit the device',
    meaning:
      'The VM names a device by a resource that is not on the list of permitted ones, or whose selector matches no device.',
    hint: 'Add it: KubeVirt permittedHostDevices (pciVendorSelector and resourceName), Harvester PCIDeviceClaim, Nova [pci] device_spec and alias.',
  },
  'no-free-device': {
    title: 'no free device is left for the VM',
    meaning:
      'Every device that would do is given away, or not healthy, or on no node that the VM may run on.',
    hint: 'Look which are free: `kubectl describe node`, `openstack resource provider inventory list`. A device that is not bound to vfio-pci, or died, does not count.',
  },
  'plugin-trouble': {
    title: 'the program that offers devices to the cluster is in trouble',
    answer: 'VMs that need a device of it do not start until it is back.',
    meaning:
      'A device plugin, an operator or a tracker of PCI devices could not read, bind or announce a device.',
    hint: 'Read its log; most often the function is not bound to vfio-pci, or sysfs or /dev/vfio is not in its container.',
  },
  'pciback-missing': {
    title: 'Xen’s pciback is not loaded',
    meaning:
      'Xen’s tools bind functions to pciback before a domain can have them, and it is not there.',
    hint: 'Run `modprobe xen-pciback` in dom0.',
  },
  'pciback-refused': {
    title: 'Xen does not give the function away',
    meaning:
      'Xen’s tools, or the hypervisor, refuse the function: it is not bound to pciback, belongs to another domain, must go together with another function, or no IOMMU covers it.',
    hint: 'Make it assignable first (xl pci-assignable-add BDF), shut down the domain that has it, and look whether the hypervisor uses an IOMMU (xl info: hvm_directio).',
  },
  'pciback-held': {
    title: 'the function was taken from a domain that still runs',
    meaning:
      'The function is removed from pciback while a domain has it. The domain can go on reaching its registers.',
    hint: 'Shut the domain down before the function is bound elsewhere.',
  },
  'pciback-log': {
    title: 'pciback took the function, or says what it lets a guest do',
    meaning: 'Notes of Xen’s pciback. They are normal.',
    hint: null,
  },
} as const satisfies DiagnosesWords
