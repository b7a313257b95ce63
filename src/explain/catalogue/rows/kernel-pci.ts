import { type KnownMessage, rowsOf } from '../message.js'

const KERNEL = { origin: 'kernel', project: 'linux' } as const
const AER = { ...KERNEL, file: 'drivers/pci/pcie/aer.c' } as const
const DPC = { ...KERNEL, file: 'drivers/pci/pcie/dpc.c' } as const

/** What the kernel's PCI code logs: resets, power, links, errors, slots, address space. */
export const KERNEL_PCI_MESSAGES: readonly KnownMessage[] = [
  ...rowsOf({ ...KERNEL, file: 'drivers/pci/pci.c' }, [
    { id: 'not-ready', text: 'not ready {number}ms after {reset}; waiting' },
    { id: 'gave-up', text: 'not ready {number}ms after {reset}; giving up' },
    { id: 'reset-slow', text: '{pci}ready {number}ms after {reset}$' },
    {
      id: 'power-inaccessible',
      text: 'Unable to change power state from {state} to {next}, device inaccessible',
    },
    {
      id: 'power-inaccessible',
      text: "can't change power state from {state} to {next} (config space inaccessible)",
      era: 'old',
    },
    { id: 'power-inaccessible', text: 'Refused to change power state' },
    { id: 'flr-failed', text: 'Failed to return from FLR', era: 'old' },
    { id: 'unsupported-reset-method', text: "Unsupported reset method '{word}'" },
    { id: 'unsupported-reset-method', text: "Invalid reset method '{word}'" },
    { id: 'config-lost', text: 'Device config space inaccessible; unable to save state' },
    { id: 'link-not-up', text: 'Data Link Layer Link Active not set in {number} msec' },
    { id: 'reset-methods-emptied', text: 'All device reset methods disabled by user' },
    { id: 'reset-log', text: 'vfio-pci {device}: resetting' },
    { id: 'reset-log', text: 'vfio-pci {device}: reset done' },
    {
      id: 'reset-pending-io',
      text: 'timed out waiting for pending transaction; performing function level reset anyway',
    },
    {
      id: 'reset-pending-io',
      text: 'timed out waiting for pending transaction; performing AF function level reset anyway',
    },
    { id: 'bar-busy', text: "BAR {number}: can't reserve {resource}" },
    { id: 'bar-no-space', text: "can't ioremap BAR {number}: {resource}" },
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/pci/quirks.c' }, [
    {
      id: 'link-training-failed',
      text: 'broken device, retraining non-functional downstream link at {word}',
    },
    { id: 'link-training-failed', text: '{pci}retraining failed$' },
    { id: 'flr-failed', text: '{pci}Reset dev timeout, FLR ack reg: {hex}' },
    { id: 'flr-failed', text: '{pci}timeout during reset$' },
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/pci/setup-res.c' }, [
    { id: 'bar-no-space', text: "BAR {number} {resource}: can't assign; no space" },
    { id: 'bar-no-space', text: 'BAR {number} {resource}: failed to assign' },
    {
      id: 'bar-no-space',
      text: "BAR {number} {resource}: can't claim; no compatible bridge window",
    },
    { id: 'bar-no-space', text: "BAR {number} {resource}: can't claim; address conflict with" },
    { id: 'bar-no-space', text: "BAR {number} {resource}: not claimed; can't enable device" },
    { id: 'bar-no-space', text: "BAR {number} {resource}: not assigned; can't enable device" },
    { id: 'bar-no-space', text: 'BAR {number}: no space for {resource}', era: 'old' },
    { id: 'bar-no-space', text: 'BAR {number}: failed to assign {resource}', era: 'old' },
    {
      id: 'bar-no-space',
      text: "can't enable device: BAR {number} {resource} not claimed",
      era: 'old',
    },
    {
      id: 'bar-no-space',
      text: "can't enable device: BAR {number} {resource} not assigned",
      era: 'old',
    },
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/pci/setup-bus.c' }, [
    {
      id: 'bar-no-space',
      text: 'Some PCI device resources are unassigned, try booting with pci=realloc',
    },
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/pci/rom.c' }, [
    {
      id: 'rom-unreadable',
      text: 'Invalid PCI ROM header signature: expecting {hex}, got {hex}',
    },
    { id: 'rom-unreadable', text: 'Invalid PCI ROM data signature: expecting {hex}, got {hex}' },
    { id: 'rom-unreadable', text: '{pci}No more images in PCI ROM' },
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/pci/probe.c' }, [
    { id: 'dead-device', text: 'unknown header type {hex}, ignoring device' },
    { id: 'dead-device', text: '[ffff:ffff] type {hex} class 0xffffff' },
    { id: 'not-ready', text: 'pci {address}: not ready after {number}ms; waiting' },
    { id: 'gave-up', text: 'pci {address}: not ready after {number}ms; giving up' },
    {
      id: 'bar-no-space',
      text: 'devices behind bridge are unusable because {resource} cannot be assigned for them',
    },
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/pci/iov.c' }, [
    { id: 'vfs-failed', text: '{pci}not enough MMIO resources for SR-IOV' },
    { id: 'vfs-failed', text: "{pci}can't enable {number} VFs (bus {hex} out of range of" },
    { id: 'vfs-failed', text: '{pci}SR-IOV: IOV BARS not allocated' },
    {
      id: 'vfs-failed',
      text: 'VFs already enabled. Disable before enabling {number} VFs',
    },
    {
      id: 'vfs-failed',
      text: 'driver does not support SR-IOV configuration via sysfs',
    },
    { id: 'vfs-failed', text: 'no driver bound to device; cannot configure SR-IOV' },
    { id: 'vfs-failed', text: 'Cannot modify SR-IOV while VFs are assigned' },
    { id: 'vfs-disabled', text: 'driver left SR-IOV enabled after remove' },
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/pci/hotplug/pciehp_ctrl.c' }, [
    { id: 'surprise-removal', text: '{pciehp}Slot({word}): Link Down' },
    { id: 'surprise-removal', text: '{pciehp}Slot({word}): Card not present' },
    { id: 'slot-trouble', text: '{pciehp}Slot({word}): Power fault' },
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/pci/hotplug/pciehp_hpc.c' }, [
    { id: 'link-training-failed', text: '{pciehp}Slot({word}): Cannot train link: status {hex}' },
    { id: 'link-training-failed', text: 'link training error: status {hex}', era: 'old' },
    { id: 'slot-trouble', text: '{pciehp}Slot({word}): No link' },
    { id: 'slot-trouble', text: '{pciehp}Slot({word}): No device found' },
    { id: 'aer-recovered', text: 'Link Down/Up ignored (recovered by DPC)' },
    { id: 'slot-trouble', text: '{pciehp}Timeout on hotplug command {hex}' },
  ]),
  ...rowsOf(AER, [
    { id: 'aer-corrected', text: 'PCIe Bus Error: severity=Corrected, type={text},' },
    { id: 'aer-corrected', text: 'PCIe Bus Error: severity=Correctable, type={text},' },
    { id: 'aer-error', text: 'PCIe Bus Error: severity=Uncorrected (Non-Fatal), type={text},' },
    { id: 'aer-error', text: 'PCIe Bus Error: severity=Uncorrected (Fatal), type={text},' },
    {
      id: 'aer-error',
      text: 'PCIe Bus Error: severity=Uncorrectable (Fatal), type={text},',
    },
    {
      id: 'aer-error',
      text: 'PCIe Bus Error: severity=Uncorrectable (Non-Fatal), type={text},',
    },
    { id: 'aer-corrected', text: 'Corrected error message received from {address}' },
    { id: 'aer-corrected', text: 'Correctable error message received from {address}' },
    { id: 'aer-corrected', text: 'Corrected error received: {address}', era: 'old' },
    { id: 'aer-error', text: 'Uncorrected (Fatal) error message received from {address}' },
    { id: 'aer-error', text: 'Uncorrected (Non-Fatal) error message received from {address}' },
    { id: 'aer-error', text: 'Uncorrectable (Fatal) error message received from {address}' },
    { id: 'aer-error', text: 'Uncorrectable (Non-Fatal) error message received from {address}' },
    { id: 'aer-error', text: 'Uncorrected (Fatal) error received: {address}', era: 'old' },
    { id: 'aer-error', text: 'Uncorrected (Non-Fatal) error received: {address}', era: 'old' },
    { id: 'aer-error', text: "AER: can't find device of ID{hex}" },
    { id: 'aer-error', text: 'AER: found no error details for {address}' },
    { id: 'aer-recovery-failed', text: 'AER: not reset (no FLR support: {number})' },
    { id: 'aer-recovered', text: 'Root Port link has been reset' },
    { id: 'aer-recovered', text: 'Downstream Port link has been reset' },
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/pci/pcie/err.c' }, [
    { id: 'aer-recovery-failed', text: "can't recover (no error_detected callback)" },
    { id: 'aer-recovery-failed', text: 'subordinate device reset failed' },
    { id: 'aer-recovery-failed', text: '{pci}AER: device recovery failed' },
    { id: 'aer-recovery-failed', text: '{pci}device recovery failed' },
    { id: 'aer-recovered', text: 'device recovery successful' },
  ]),
  ...rowsOf(DPC, [
    { id: 'dpc-contained', text: 'DPC: containment event, status:{hex}' },
    { id: 'dpc-contained', text: 'DPC: {text} detected' },
    { id: 'aer-recovery-failed', text: 'DPC: root port still busy' },
    { id: 'aer-recovery-failed', text: 'Data Link Layer Link Active not cleared in {number} msec' },
  ]),
]
