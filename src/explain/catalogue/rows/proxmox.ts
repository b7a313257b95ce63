import { type KnownMessage, rowsOf } from '../message.js'

const SYSFS = { origin: 'proxmox', project: 'pve-common', file: 'src/PVE/SysFSTools.pm' } as const
const PCI = {
  origin: 'proxmox',
  project: 'qemu-server',
  file: 'src/PVE/QemuServer/PCI.pm',
} as const
const MAPPING = {
  origin: 'proxmox',
  project: 'pve-guest-common',
  file: 'src/PVE/Mapping/PCI.pm',
} as const
const SERVER = { origin: 'proxmox', project: 'qemu-server', file: 'src/PVE/QemuServer.pm' } as const

/** What Proxmox VE says before it starts a VM, and when the start has failed. */
export const PROXMOX_MESSAGES: readonly KnownMessage[] = [
  ...rowsOf(SYSFS, [
    [
      'sysfs-reset-enotty',
      "error writing '1' to '/sys/bus/pci/devices/{device}/reset': {errno}",
      { call: 'sysfs-reset' },
    ],
    [
      'unbind-failed',
      "error writing '{text}' to '/sys/bus/pci/devices/{device}/driver/unbind': {errno}",
    ],
    ['unbind-failed', "error writing '{text}' to '/sys/bus/pci/drivers/vfio-pci/{word}': {errno}"],
    ['module-missing', 'Cannot find vfio-pci module!'],
    ['no-iommu', 'Cannot open iommu_group: {errno}'],
    ['unbind-failed', 'Cannot bind {address} to vfio'],
    ['mdev-failed', "pci device '{device}' does not support mediated devices"],
    ['mdev-failed', "pci device '{device}' has no type '{word}'"],
    ['mdev-failed', "pci device '{device}' has no available instances of '{word}'"],
    ['mdev-failed', "could not create 'type' for pci devices '{device}'"],
  ]),
  ...rowsOf(MAPPING, [
    ['no-such-device', "pci device '{address}' not found"],
    ['mapping-stale', "'{word}' does not match for '{word}' ({text} != {text})"],
    ['mapping-stale', "no '{word}' for device '{device}'"],
    ['mapping-stale', "'{word}' configured but should not be"],
  ]),
  ...rowsOf(PCI, [
    [
      'sysfs-reset-enotty',
      "failed to reset PCI device '{device}', but trying to continue as not all devices need a reset",
    ],
    ['reset-refused-start', "can't reset PCI device '{device}'", { era: 'old' }],
    ['no-iommu-here', 'cannot prepare PCI pass-through, IOMMU not present'],
    ['no-such-device', "no pci device info for device '{device}'"],
    ['unbind-failed', "can't unbind/bind PCI group to VFIO '{device}'"],
    ['mapping-missing', "PCI device mapping not found for '{word}'"],
    [
      'mapping-stale',
      'PCI device mapping invalid (hardware probably changed): {text}',
      { isWrapper: true },
    ],
    ['no-such-device', "no PCI device found for '{device}'"],
    ['manager-config', 'cannot use mediated device with multifunction device'],
    ['manager-config', 'q35 machine model is not enabled'],
    ['manager-config', 'only one device can be assigned in legacy-igd mode'],
    ['manager-config', 'legacy IGD assignment requires VGA mode to be'],
    ['manager-config', 'legacy IGD assignment requires rombar to be enabled'],
    ['manager-config', 'legacy IGD assignment is not compatible with {text}'],
    ['manager-config', 'legacy IGD assignment only works for devices on host bus'],
    ['mdev-failed', "vgpu type '{word}' not available for '{device}'"],
    ['mdev-failed', "could not set vgpu type to '{word}' for '{device}'"],
    ['mdev-failed', "no nvidia sysfs api for '{device}'"],
    ['dup-attach', "device '{device}' assigned more than once"],
    ['reserved-by-vm', "could not find a free device for '{word}'"],
    ['reserved-by-vm', "PCI device '{device}' is currently reserved for use by VMID '{number}'"],
    ['reserved-by-vm', "PCI device '{device}' already in use by VMID '{number}'"],
    ['reserved-by-vm', "PCI device '{device}' already in use by running VMID '{number}'"],
    ['reserved-by-vm', 'leftover PCI reservation found for {device}, lets take it'],
  ]),
  ...rowsOf({ ...SERVER, file: 'src/PVE/GuestHelpers.pm', project: 'pve-guest-common' }, [
    ['hook-refused', 'hookscript error for {number} on {word}: {text}'],
    ['hook-refused', 'hookscript {text} failed: {text}'],
  ]),
  ...rowsOf(SERVER, [
    ['see-above', 'TASK ERROR: start failed: QEMU exited with code {number}', { isWrapper: true }],
    ['see-above', 'start failed: QEMU exited with code {number}', { isWrapper: true }],
    ['see-above', 'TASK ERROR: {text}QEMU exited with code {number}', { isWrapper: true }],
    ['see-above', 'TASK ERROR: start failed: command {text} failed: {text}', { isWrapper: true }],
    ['start-slow', 'start failed: command {text} failed: got timeout'],
    ['start-slow', 'TASK ERROR: timeout waiting on systemd'],
    ['manager-config', "only root can set '{word}' config for {text} devices"],
  ]),
]
