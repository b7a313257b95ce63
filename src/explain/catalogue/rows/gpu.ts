import { type KnownMessage, rowsOf } from '../message.js'

const NVIDIA = { origin: 'nvidia', project: 'nvidia-open' } as const
const VENDOR_RESET = { origin: 'vendor-reset', project: 'vendor-reset' } as const

/** What NVIDIA's driver and the module vendor-reset log. */
export const GPU_MESSAGES: readonly KnownMessage[] = [
  ...rowsOf({ ...NVIDIA, file: 'src/nvidia/arch/nvalloc/unix/src/osinit.c' }, [
    { id: 'gpu-off-bus', text: 'NVRM: {text}GPU has fallen off the bus' },
    { id: 'gpu-off-bus', text: 'NVRM: GPU at {word} has fallen off the bus', era: 'old' },
    { id: 'gpu-off-bus', text: 'fallen off the bus and is not responding to commands' },
    { id: 'gpu-off-bus', text: 'NVRM: Xid (PCI:{slot}): 79,' },
    { id: 'gpu-off-bus', text: 'NVRM: GPU {address}: GPU is lost' },
    { id: 'gpu-init-failed', text: 'NVRM: GPU {address}: RmInitAdapter failed!' },
    { id: 'gpu-init-failed', text: 'NVRM: RmInitAdapter failed!', era: 'old' },
    { id: 'gpu-init-failed', text: 'RmInitAdapter: osInitNvMapping failed' },
    { id: 'gpu-init-failed', text: 'NVRM: osInitNvMapping: *** Cannot attach gpu' },
    { id: 'gpu-init-failed', text: 'NVRM: RmInitNvDevice: *** Cannot initialize the device' },
    { id: 'gpu-init-failed', text: 'NVRM: rm_init_adapter failed' },
  ]),
  ...rowsOf({ ...NVIDIA, file: 'kernel-open/nvidia/nv.c' }, [
    { id: 'gpu-init-failed', text: 'rm_init_adapter failed, device minor number {number}' },
    { id: 'gpu-error', text: 'NVRM: Xid (PCI:{slot}): {number},' },
    { id: 'gpu-error', text: 'NVRM: Xid ({address}): {number},', era: 'old' },
    {
      id: 'gpu-held',
      text: 'NVRM: Attempting to remove device {address} with non-zero usage count!',
    },
    {
      id: 'gpu-held',
      text: 'NVRM: Attempting to remove minor device {number} with non-zero usage count!',
      era: 'old',
    },
  ]),
  ...rowsOf({ ...NVIDIA, file: 'kernel-open/nvidia/nv-pci.c' }, [
    {
      id: 'bar-no-space',
      text: 'NVRM: This PCI I/O region assigned to your NVIDIA device is invalid',
    },
    { id: 'bar-busy', text: 'NVRM: request_mem_region failed for {text}. This can' },
    { id: 'gpu-taken', text: 'NVRM: GPU {address} is already bound to {word}' },
    {
      id: 'gpu-taken',
      text: 'NVRM: The NVIDIA probe routine was not called for {number} device(s)',
    },
    { id: 'gpu-init-failed', text: 'NVRM: The NVIDIA probe routine failed for {number} device(s)' },
    { id: 'gpu-init-failed', text: 'NVRM: None of the NVIDIA devices were {word}' },
    { id: 'gpu-init-failed', text: 'NVRM: No NVIDIA GPU found' },
    { id: 'gpu-init-failed', text: 'NVRM: installed in this system is not supported by the' },
  ]),
  ...rowsOf({ ...NVIDIA, file: 'src/nvidia/src/kernel/gpu/gsp/kernel_gsp.c' }, [
    { id: 'gpu-init-failed', text: 'NVRM: GPU{number} kgspWaitForRmInitDone' },
    { id: 'gpu-init-failed', text: 'NVRM: {text}Timeout waiting for RPC from GSP' },
    { id: 'gpu-init-failed', text: 'WPR2 already up, cannot proceed with booting GSP' },
  ]),
  ...rowsOf({ ...VENDOR_RESET, file: 'src/vendor-reset-dev.h' }, [
    { id: 'vendor-reset-log', text: '{pci}AMD_{word}: version {word}' },
    { id: 'vendor-reset-log', text: '{pci}AMD_{word}: performing pre-reset' },
    { id: 'vendor-reset-log', text: '{pci}AMD_{word}: performing reset' },
    { id: 'vendor-reset-log', text: '{pci}AMD_{word}: performing post-reset' },
    { id: 'vendor-reset-log', text: '{pci}AMD_{word}: reset result = 0' },
    { id: 'vendor-reset-trouble', text: '{pci}AMD_{word}: reset result = -{number}' },
    {
      id: 'vendor-reset-trouble',
      text: 'could not get enabled SMU features, trying BACO reset anyway',
    },
    { id: 'vendor-reset-trouble', text: 'timed out waiting for SOL to be valid' },
    { id: 'vendor-reset-trouble', text: 'Could not reset w/ PPSMC_MSG_GfxDeviceDriverReset' },
    { id: 'vendor-reset-trouble', text: '{pci}AMD_{word}: SMU error {hex}' },
    { id: 'vendor-reset-trouble', text: 'amdgpu_get_bios failed: {number}' },
    { id: 'vendor-reset-trouble', text: 'atom_bios_init failed: {number}' },
    { id: 'vendor-reset-trouble', text: 'PSP did not acknowledger reset' },
    {
      id: 'vendor-reset-trouble',
      text: 'timed out waiting for PSP bootloader to respond after reset',
    },
    { id: 'vendor-reset-trouble', text: 'timed out waiting for PSP to reach valid state' },
    { id: 'vendor-reset-trouble', text: 'timed out waiting for MP1 reset' },
    { id: 'vendor-reset-log', text: 'mode1 reset succeeded' },
    { id: 'vendor-reset-log', text: 'PSP mode1 reset successful' },
  ]),
]
