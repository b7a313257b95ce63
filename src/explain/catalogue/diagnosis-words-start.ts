/** Words for what programs say when a VM starts: opening, binding, giving a function away. */
export const EXPLAIN_START_WORDS = {
  'stuck-power': {
    title: 'the function does not wake up',
    meaning:
      'QEMU asked for full power (D0) before the reset, and the function stayed where it was. It is dead, or its link is down.',
    hint: 'Look for “not ready” and “Unable to change power state” in the kernel log. Usually only a power cycle helps.',
  },
  'group-not-viable': {
    title: 'a neighbour in the IOMMU group is on a host driver',
    meaning:
      'A group opens only if none of its members is on a native driver. Bridges and members without any driver do not count here (for a hot reset a member without driver does count).',
    hint: 'Bind the other functions of the group to vfio-pci, or take them off their driver.',
  },
  'cdev-bind-failed': {
    title: 'the function could not be bound to the iommufd context',
    meaning:
      'VFIO_DEVICE_BIND_IOMMUFD failed. Usually somebody else has the function, its group file, or another function of its group.',
    hint: null,
  },
  'no-cdev': {
    title: 'there is no device file for the function',
    meaning:
      'QEMU or Cloud Hypervisor wanted /dev/vfio/devices/vfioN and found none it could open: the kernel is older than 6.6 or built without VFIO_DEVICE_CDEV, the function is not on vfio-pci, or the file’s owner is another user.',
    hint: 'Bind the function to vfio-pci and look into its folder vfio-dev in sysfs. Without iommufd= QEMU takes the group file instead.',
  },
  'iommufd-unopened': {
    title: 'iommufd could not be opened',
    meaning:
      'The VM was to use iommufd (QEMU: iommufd=), and /dev/iommu could not be opened: it belongs to root, is missing in the container, or the kernel was built without IOMMUFD.',
    hint: 'Give the VM’s user access to /dev/iommu. Without iommufd= QEMU takes the group file instead.',
  },
  'no-iommu': {
    title: 'the function has no IOMMU group',
    meaning:
      'No IOMMU covers the function: it is switched off in the firmware, the kernel was not told to use it, or the machine has none.',
    hint: 'Switch on VT-d or AMD-Vi in the firmware; on Intel also boot with intel_iommu=on.',
  },
  'dup-attach': {
    title: 'the VM was given the function twice',
    meaning: 'The same function stands twice in the VM’s configuration.',
    hint: 'Remove one of the two.',
  },
  'open-failed': {
    title: 'the VFIO file could not be opened',
    meaning:
      'VFIO hands out one file for each IOMMU group, and one process at a time can have it open.',
    hint: null,
  },
  'container-refused': {
    title: 'the group could not be added to the VM’s address space',
    meaning:
      'The group file was opened, but the kernel refused to attach the group to the container.',
    hint: null,
  },
  'device-refused': {
    title: 'the group was opened, but not the function',
    meaning: 'The group file was opened, and the kernel refused to hand out the function.',
    hint: 'Bind every function of the group to vfio-pci, and end whoever holds one.',
  },
  'dma-map-failed': {
    title: 'the guest’s memory could not be mapped',
    meaning:
      'VFIO pins all memory of the guest. ENOMEM means that the limit of locked memory is too low, EINVAL that an address is beyond what the IOMMU reaches, EEXIST that something is mapped there already, EFAULT that it was memory of a device, which iommufd does not pin (Cloud Hypervisor: vfio_p2p_dma=off). It has nothing to do with resets.',
    hint: 'If it was “Cannot allocate memory” (ENOMEM): raise the limit of locked memory (ulimit -l, LimitMEMLOCK=), libvirt: <memtune><hard_limit>.',
  },
  'p2p-map-failed': {
    title: 'a BAR was not mapped for the other functions of the VM',
    meaning:
      'QEMU maps the BARs of each function into the IOMMU too, so that passed-through functions can reach each other (P2P). The IOMMU refused one: its address is beyond what the IOMMU reaches (EINVAL), or it is no memory that can be pinned, as with iommufd, or while the function sleeps (EFAULT). QEMU goes on without it. Nothing is wrong unless P2P between functions of the VM is wanted.',
    hint: 'To have P2P all the same: for EINVAL limit the guest’s addresses to those of the IOMMU (-cpu host,host-phys-bits-limit=BITS); for EFAULT take a QEMU and a kernel that map BARs as dma-buf (6.19), or leave iommufd= out.',
  },
  'memory-or-bar-map': {
    title: 'memory of the guest, or a BAR, was not mapped',
    meaning:
      'QEMU prints this line for memory of the guest, without which the VM stops, and, in releases before 10.0 or where “warning:” was cut off, also for the BAR of a function, which only P2P between functions needs. An address such as 0x380000000000 is that of a BAR.',
    hint: 'If “PCI peer-to-peer transactions on BARs are not supported” follows, or the VM runs, it was a BAR. If “DMA mapping failed, unable to continue” follows, it was memory.',
  },
  'address-spaces': {
    title: 'functions of one group are in different address spaces of the guest',
    meaning:
      'The VM has a virtual IOMMU, which gives each function an address space of its own. Functions of one IOMMU group of the host share one, so that QEMU refuses the second.',
    hint: 'Put the functions of the group behind one bridge of the guest (pcie-pci-bridge), or start the VM without a virtual IOMMU.',
  },
  'kvm-not-told': {
    title: 'QEMU takes back what it never told KVM',
    meaning:
      'QEMU cleans up after another failure and wants KVM to forget a function that KVM was never told of, as without KVM. The failure is another message.',
    hint: null,
  },
  'bad-capability': {
    title: 'QEMU cannot show a capability of the function to the guest',
    meaning:
      'QEMU rebuilds the function’s list of capabilities for the guest, and one of them does not fit: it overlaps another, or the tables of MSI-X are not where they may be. The text behind the second colon says which. That is a fault of the device.',
    hint: null,
  },
  'unplug-refused': {
    title: 'the VM cannot give the function back while it runs',
    meaning:
      'The host asked QEMU to let go of the function, since somebody unbinds or removes it. QEMU cannot unplug it from where it sits in the guest, so that the unbind waits until the VM ends.',
    hint: 'Stop the VM. To be able to next time, put the function below a pcie-root-port of the guest.',
  },
  'dead-device': {
    title: 'the function answers with garbage',
    meaning:
      'What was read of it, an interrupt pin that no function has or a header of type 127, is what all ones look like: the configuration space does not answer. Often a reset before that went wrong, and the function is gone from the bus.',
    hint: 'No reset is sure to bring it back; often only a power cycle of the host does.',
  },
  'in-use': {
    title: 'the function belongs to another VM',
    meaning: 'libvirt’s own list says that a running VM has the function.',
    hint: 'Stop that VM, or give this one another function.',
  },
  'not-endpoint': {
    title: 'only endpoints can be assigned',
    meaning: 'The address is that of a bridge. VFIO takes no bridge.',
    hint: 'Give the function below the bridge.',
  },
  'config-access': {
    title: 'the configuration space could not be accessed',
    meaning: 'libvirt could not read or write the function’s config file in sysfs.',
    hint: 'Look whether the function still exists, and whether AppArmor, SELinux or lockdown stand in the way.',
  },
  'driver-override-refused': {
    title: 'libvirt could not write driver_override',
    meaning:
      'libvirt wanted to bind the function to another driver, and the function’s file driver_override in sysfs did not take the name. EACCES: libvirt did not run as root (qemu:///session), or in a container that has sysfs read-only.',
    hint: 'Bind it as root before, with managed="no" in the domain.',
  },
  'acs-missing': {
    title: 'a switch above lacks ACS',
    meaning:
      'libvirt wants source validation, request and completion redirect and upstream forwarding on the downstream port above the function. This is libvirt’s own check, not that of the kernel.',
    hint: 'Assign everything below that switch to the same VM. relaxed_acs_check = 1 in qemu.conf switches the check off.',
  },
  'not-bound': {
    title: 'the function is not on vfio-pci',
    meaning: 'Whoever starts the VM expects the function on vfio-pci already, and it is not.',
    hint: "Bind it first (driverctl set-override ADDRESS vfio-pci), or in libvirt set managed='yes'.",
  },
  misleading: {
    title: 'libvirt found VFIO unusable; the text blames the whole host',
    meaning:
      'libvirt looks only whether /dev/vfio/vfio exists and whether there are IOMMU groups. The text also comes when the module vfio-pci is not loaded or the container lacks the files, even though the IOMMU works.',
    hint: 'Check `ls /dev/vfio /sys/kernel/iommu_groups` where libvirt runs; `modprobe vfio-pci` may be all that is missing.',
  },
  'see-above': {
    title: 'the reason stands further up',
    meaning:
      'This line says only that it did not work. One before it says why: with Proxmox that from kvm, with DPDK that from EAL.',
    hint: 'Give the lines before this one too.',
  },
  'vmm-device-failed': {
    title: 'Cloud Hypervisor could not take the function',
    meaning: 'This text only wraps the reason, which stands in the same line or the next.',
    hint: 'Give the whole chain of errors.',
  },
  'group-unset-failed': {
    title: 'the group could not be taken out of its container',
    meaning:
      'On its way out Cloud Hypervisor (or another user of rust-vmm) left the group in the container, mostly because a file of one of its functions was still open. The group stays busy until the process ends.',
    hint: 'Look whether the process is gone before the next start.',
  },
  'no-passthrough-device': {
    title: 'nothing in the group can be assigned',
    meaning: 'Kata found only bridges in the IOMMU group.',
    hint: 'Check the number of the group: it changes from boot to boot.',
  },
  'bridge-ignored': {
    title: 'a bridge was left out',
    meaning: 'Kata leaves bridges of the group on the host, which is right: VFIO takes none.',
    hint: null,
  },
  'group-shared': {
    title: 'several devices share the IOMMU group',
    meaning:
      'SPDK warns that the group has more members: all of them have to leave their host drivers before the group opens.',
    hint: 'Bind the other members too, or leave this device to the host.',
  },
  'host-uses-it': {
    title: 'the host uses the disk',
    meaning: 'SPDK leaves the disk alone, because it is mounted or holds data in use.',
    hint: 'That is protection. Unmount it first if you mean it.',
  },
} as const
