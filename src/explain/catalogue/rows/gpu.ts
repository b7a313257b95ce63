import { type KnownMessage, rowsOf } from '../message.js'

const NVIDIA = { origin: 'nvidia', project: 'nvidia-open' } as const
const VENDOR_RESET = { origin: 'vendor-reset', project: 'vendor-reset' } as const

/** What NVIDIA's driver and the module vendor-reset log. */
export const GPU_MESSAGES: readonly KnownMessage[] = [
  ...rowsOf({ ...NVIDIA, file: 'src/nvidia/arch/nvalloc/unix/src/osinit.c' }, [
    ['gpu-off-bus', 'NVRM: {text}GPU has fallen off the bus'],
    ['gpu-off-bus', 'NVRM: GPU at {word} has fallen off the bus', { era: 'old' }],
    ['gpu-off-bus', 'fallen off the bus and is not responding to commands'],
    ['gpu-off-bus', 'NVRM: Xid (PCI:{slot}): 79,'],
    ['gpu-off-bus', 'NVRM: GPU {address}: GPU is lost'],
    ['gpu-init-failed', 'NVRM: GPU {address}: RmInitAdapter failed!'],
    ['gpu-init-failed', 'NVRM: RmInitAdapter failed!', { era: 'old' }],
    ['gpu-init-failed', 'RmInitAdapter: osInitNvMapping failed'],
    ['gpu-init-failed', 'NVRM: osInitNvMapping: *** Cannot attach gpu'],
    ['gpu-init-failed', 'NVRM: RmInitNvDevice: *** Cannot initialize the device'],
    ['gpu-init-failed', 'NVRM: rm_init_adapter failed'],
    ['gpu-init-failed', 'RmInitAdapter: Cannot initialize GSP firmware RM'],
    ['gpu-off-bus', 'GPU is lost.  Reboot the system to recover this GPU'],
    ['gpu-init-failed', 'Unable to determine the device handle for GPU{address}:'],
    ['gpu-init-failed', 'Unable to determine the device handle for GPU {address}:'],
  ]),
  ...rowsOf({ ...NVIDIA, file: 'kernel-open/nvidia/nv.c' }, [
    ['gpu-init-failed', 'rm_init_adapter failed, device minor number {number}'],
    ['gpu-error', 'NVRM: Xid (PCI:{slot}): {number},'],
    ['gpu-error', 'NVRM: Xid ({address}): {number},', { era: 'old' }],
    ['gpu-held', 'NVRM: Attempting to remove device {address} with non-zero usage count!'],
    [
      'gpu-held',
      'NVRM: Attempting to remove minor device {number} with non-zero usage count!',
      { era: 'old' },
    ],
  ]),
  ...rowsOf({ ...NVIDIA, file: 'kernel-open/nvidia-drm/nvidia-drm-drv.c' }, [
    ['gpu-init-failed', '[nvidia-drm] [GPU ID {hex}] Failed to allocate NvKmsKapiDevice'],
    ['gpu-init-failed', '[nvidia-drm] [GPU ID {hex}] Failed to register device'],
  ]),
  ...rowsOf({ ...NVIDIA, file: 'kernel-open/nvidia/nv-pci.c' }, [
    ['bar-no-space', 'NVRM: This PCI I/O region assigned to your NVIDIA device is invalid'],
    ['bar-busy', 'NVRM: request_mem_region failed for {text}. This can'],
    ['gpu-taken', 'NVRM: GPU {address} is already bound to {word}'],
    ['gpu-taken', 'NVRM: The NVIDIA probe routine was not called for {number} device(s)'],
    ['gpu-init-failed', 'NVRM: The NVIDIA probe routine failed for {number} device(s)'],
    ['gpu-init-failed', 'NVRM: None of the NVIDIA devices were {word}'],
    ['gpu-init-failed', 'NVRM: No NVIDIA GPU found'],
    ['gpu-init-failed', 'NVRM: The NVIDIA GPU {address}'],
    ['gpu-init-failed', 'NVRM: installed in this system is not supported by the'],
  ]),
  ...rowsOf({ ...NVIDIA, file: 'src/nvidia/src/kernel/gpu/gsp/kernel_gsp.c' }, [
    ['gpu-init-failed', 'NVRM: GPU{number} kgspWaitForRmInitDone'],
    ['gpu-init-failed', 'NVRM: {text}Timeout waiting for RPC from GSP'],
    ['gpu-error', 'NVRM: {text}GSP RM heartbeat timed out'],
    ['gpu-init-failed', 'WPR2 already up, cannot proceed with booting GSP'],
  ]),
  ...rowsOf({ ...VENDOR_RESET, file: 'src/vendor-reset-dev.h' }, [
    ['vendor-reset-log', '{pci}AMD_{word}: version {word}'],
    ['vendor-reset-log', '{pci}AMD_{word}: performing pre-reset'],
    ['vendor-reset-log', '{pci}AMD_{word}: performing reset'],
    ['vendor-reset-log', '{pci}AMD_{word}: performing post-reset'],
    ['vendor-reset-log', '{pci}AMD_{word}: reset result = 0'],
    ['vendor-reset-trouble', '{pci}AMD_{word}: reset result = -{number}'],
    ['vendor-reset-trouble', 'could not get enabled SMU features, trying BACO reset anyway'],
    ['vendor-reset-trouble', 'timed out waiting for SOL to be valid'],
    ['vendor-reset-trouble', 'Could not reset w/ PPSMC_MSG_GfxDeviceDriverReset'],
    ['vendor-reset-trouble', '{pci}AMD_{word}: SMU error {hex}'],
    ['vendor-reset-trouble', 'amdgpu_get_bios failed: {number}'],
    ['vendor-reset-trouble', 'atom_bios_init failed: {number}'],
    ['vendor-reset-trouble', 'PSP did not acknowledger reset'],
    ['vendor-reset-trouble', 'timed out waiting for PSP bootloader to respond after reset'],
    ['vendor-reset-trouble', 'timed out waiting for PSP to reach valid state'],
    ['vendor-reset-trouble', 'timed out waiting for MP1 reset'],
    ['vendor-reset-log', 'mode1 reset succeeded'],
    ['vendor-reset-log', 'PSP mode1 reset successful'],
  ]),
]
