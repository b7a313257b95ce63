import { type KnownMessage, rowsOf } from '../message.js'

const KERNEL = { origin: 'kernel', project: 'linux' } as const
const AMDGPU = { ...KERNEL, file: 'drivers/gpu/drm/amd/amdgpu/amdgpu_device.c' } as const
const PSP = { ...KERNEL, file: 'drivers/gpu/drm/amd/amdgpu/amdgpu_psp.c' } as const

/** What drivers of GPUs in the kernel log around a reset, and what takes VFs away. */
export const KERNEL_GPU_MESSAGES: readonly KnownMessage[] = [
  ...rowsOf({ ...KERNEL, file: 'drivers/gpu/drm/amd/amdgpu/amdgpu_job.c' }, [
    ['gpu-reset-done', 'ring {word} timeout, but soft recovered'],
    ['gpu-hung', 'ring {word} timeout, signaled seq={number}, emitted seq={number}'],
    ['gpu-reset-failed', 'GPU Recovery Failed: {number}'],
  ]),
  ...rowsOf(AMDGPU, [
    ['gpu-hung', 'amdgpu {address}: amdgpu: GPU reset begin!'],
    ['gpu-hung', '{pci}GPU reset begin!'],
    ['gpu-hung', 'amdgpu: GPU psp mode1 reset'],
    ['gpu-hung', 'amdgpu: GPU smu mode1 reset'],
    ['gpu-hung', 'amdgpu: MODE1 reset'],
    ['gpu-hung', 'amdgpu: BACO reset'],
    ['gpu-reset-failed', 'amdgpu: GPU reset({number}) failed'],
    ['gpu-reset-failed', 'amdgpu: GPU mode1 reset failed'],
    ['gpu-reset-failed', 'amdgpu: GPU reset end with ret = -{number}'],
    ['gpu-reset-failed', 'ASIC reset failed with error, {number} for drm dev, {word}'],
    ['gpu-reset-failed', 'amdgpu: asic reset on init failed'],
    ['gpu-reset-done', 'amdgpu: GPU reset({number}) succeeded!'],
    ['gpu-reset-done', 'amdgpu: GPU reset succeeded, trying to resume'],
    ['gpu-init-failed', 'hw_init of IP block <{word}> failed {number}'],
    ['gpu-init-failed', 'sw_init of IP block <{word}> failed {number}'],
    ['gpu-init-failed', 'resume of IP block <{word}> failed {number}'],
    ['gpu-init-failed', 'amdgpu: amdgpu_device_ip_init failed'],
    ['gpu-init-failed', 'amdgpu: Fatal error during GPU init'],
    ['gpu-init-failed', 'amdgpu: gpu post error!'],
    ['gpu-init-failed', 'amdgpu: probe of {device} failed with error {number}'],
    ['gpu-init-failed', 'probe with driver amdgpu failed with error {number}'],
    ['gpu-init-failed', 'probe with driver nvidia failed with error {number}'],
    ['gpu-init-failed', 'nvidia: probe of {device} failed with error {number}'],
    ['gpu-init-failed', 'Unable to locate a BIOS ROM'],
    ['gpu-init-failed', 'ib ring test failed ({number})'],
    ['gpu-init-failed', '*ERROR* ring {word} test failed ({number})'],
    ['gpu-init-failed', 'amdgpu: failed to write reg {hex} wait reg {hex}'],
    ['gpu-init-failed', 'amdgpu: Failed to enable requested dpm features!'],
    ['gpu-init-failed', 'trn={number} ACK should not assert! wait again !'],
    ['gpu-hung', 'ring {number} stalled for more than {number}msec'],
  ]),
  ...rowsOf(PSP, [
    ['gpu-init-failed', 'PSP load {word} failed!'],
    ['gpu-init-failed', 'PSP create ring failed!'],
    ['gpu-init-failed', 'PSP firmware loading failed'],
    ['gpu-init-failed', 'psp gfx command {word} failed and response status is ({hex})'],
    ['gpu-init-failed', 'failed to load ucode {word}'],
    ['gpu-reset-failed', 'psp is not working correctly before mode1 reset!'],
    ['gpu-reset-failed', 'psp mode 1 reset failed!'],
    ['gpu-reset-failed', 'psp mode1 reset failed!', { era: 'old' }],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/gpu/drm/amd/amdgpu/atom.c' }, [
    ['gpu-init-failed', 'atombios stuck in loop for more than {number}secs aborting'],
    ['gpu-init-failed', 'atombios stuck executing {word}'],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/gpu/drm/amd/pm/swsmu/smu_cmn.c' }, [
    ['gpu-init-failed', "SMU: I'm not done with your previous command"],
    ['gpu-init-failed', 'SMU: response:{hex} for index:{number}'],
    ['gpu-init-failed', 'SMU is not working properly'],
    ['gpu-init-failed', 'SMC engine is not correctly up!'],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/gpu/drm/i915/i915_sriov.c' }, [
    ['vfs-disabled', '{pci}Disabled {number} VFs'],
    ['vfs-disabled', '{pci}Disabled {number} VF$'],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/gpu/drm/i915/i915_gpu_error.c' }, [
    ['gpu-hung', '[drm] GPU HANG: ecode {word}'],
    ['gpu-reset-failed', 'Failed to reset chip'],
    ['gpu-reset-failed', 'GPU wedged'],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/pci/vgaarb.c' }, [
    ['vga-decodes', 'VGA decodes changed: olddecodes={text},decodes='],
    ['vga-decodes', 'vgaarb: device changed decodes: {text},olddecodes=', { era: 'old' }],
    ['vga-decodes', 'changed VGA decodes: olddecodes={text},decodes=', { era: 'old' }],
  ]),
]
