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
    {
      id: 'sysfs-reset-enotty',
      text: "error writing '1' to '/sys/bus/pci/devices/{device}/reset': {errno}",
      call: 'sysfs-reset',
    },
    {
      id: 'unbind-failed',
      text: "error writing '{text}' to '/sys/bus/pci/devices/{device}/driver/unbind': {errno}",
    },
    {
      id: 'unbind-failed',
      text: "error writing '{text}' to '/sys/bus/pci/drivers/vfio-pci/{word}': {errno}",
    },
    { id: 'module-missing', text: 'Cannot find vfio-pci module!' },
    { id: 'no-iommu', text: 'Cannot open iommu_group: {errno}' },
    { id: 'unbind-failed', text: 'Cannot bind {address} to vfio' },
    { id: 'mdev-failed', text: "pci device '{device}' does not support mediated devices" },
    { id: 'mdev-failed', text: "pci device '{device}' has no type '{word}'" },
    { id: 'mdev-failed', text: "pci device '{device}' has no available instances of '{word}'" },
    { id: 'mdev-failed', text: "could not create 'type' for pci devices '{device}'" },
  ]),
  ...rowsOf(MAPPING, [
    { id: 'no-such-device', text: "pci device '{address}' not found" },
    { id: 'mapping-stale', text: "'{word}' does not match for '{word}' ({text} != {text})" },
    { id: 'mapping-stale', text: "no '{word}' for device '{device}'" },
    { id: 'mapping-stale', text: "'{word}' configured but should not be" },
  ]),
  ...rowsOf(PCI, [
    {
      id: 'sysfs-reset-enotty',
      text: "failed to reset PCI device '{device}', but trying to continue as not all devices need a reset",
    },
    { id: 'reset-refused-start', text: "can't reset PCI device '{device}'", era: 'old' },
    { id: 'no-iommu-here', text: 'cannot prepare PCI pass-through, IOMMU not present' },
    { id: 'no-such-device', text: "no pci device info for device '{device}'" },
    { id: 'unbind-failed', text: "can't unbind/bind PCI group to VFIO '{device}'" },
    { id: 'mapping-missing', text: "PCI device mapping not found for '{word}'" },
    {
      id: 'mapping-stale',
      text: 'PCI device mapping invalid (hardware probably changed): {text}',
      isWrapper: true,
    },
    { id: 'no-such-device', text: "no PCI device found for '{device}'" },
    { id: 'manager-config', text: 'cannot use mediated device with multifunction device' },
    { id: 'manager-config', text: 'q35 machine model is not enabled' },
    { id: 'manager-config', text: 'only one device can be assigned in legacy-igd mode' },
    { id: 'manager-config', text: 'legacy IGD assignment requires VGA mode to be' },
    { id: 'manager-config', text: 'legacy IGD assignment requires rombar to be enabled' },
    { id: 'manager-config', text: 'legacy IGD assignment is not compatible with {text}' },
    { id: 'manager-config', text: 'legacy IGD assignment only works for devices on host bus' },
    { id: 'mdev-failed', text: "vgpu type '{word}' not available for '{device}'" },
    { id: 'mdev-failed', text: "could not set vgpu type to '{word}' for '{device}'" },
    { id: 'mdev-failed', text: "no nvidia sysfs api for '{device}'" },
    { id: 'dup-attach', text: "device '{device}' assigned more than once" },
    { id: 'reserved-by-vm', text: "could not find a free device for '{word}'" },
    {
      id: 'reserved-by-vm',
      text: "PCI device '{device}' is currently reserved for use by VMID '{number}'",
    },
    { id: 'reserved-by-vm', text: "PCI device '{device}' already in use by VMID '{number}'" },
    {
      id: 'reserved-by-vm',
      text: "PCI device '{device}' already in use by running VMID '{number}'",
    },
    { id: 'reserved-by-vm', text: 'leftover PCI reservation found for {device}, lets take it' },
  ]),
  ...rowsOf({ ...SERVER, file: 'src/PVE/GuestHelpers.pm', project: 'pve-guest-common' }, [
    { id: 'hook-refused', text: 'hookscript error for {number} on {word}: {text}' },
    { id: 'hook-refused', text: 'hookscript {text} failed: {text}' },
  ]),
  ...rowsOf(SERVER, [
    {
      id: 'see-above',
      text: 'TASK ERROR: start failed: QEMU exited with code {number}',
      isWrapper: true,
    },
    { id: 'see-above', text: 'start failed: QEMU exited with code {number}', isWrapper: true },
    { id: 'see-above', text: 'TASK ERROR: {text}QEMU exited with code {number}', isWrapper: true },
    {
      id: 'see-above',
      text: 'TASK ERROR: start failed: command {text} failed: {text}',
      isWrapper: true,
    },
    { id: 'start-slow', text: 'start failed: command {text} failed: got timeout' },
    { id: 'start-slow', text: 'TASK ERROR: timeout waiting on systemd' },
    { id: 'manager-config', text: "only root can set '{word}' config for {text} devices" },
  ]),
]
