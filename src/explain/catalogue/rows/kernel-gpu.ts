import { type KnownMessage, rowsOf } from '../message.js'

const KERNEL = { origin: 'kernel', project: 'linux' } as const
const AMDGPU = { ...KERNEL, file: 'drivers/gpu/drm/amd/amdgpu/amdgpu_device.c' } as const
const PSP = { ...KERNEL, file: 'drivers/gpu/drm/amd/amdgpu/amdgpu_psp.c' } as const

/** What drivers of GPUs in the kernel log around a reset, and what takes VFs away. */
export const KERNEL_GPU_MESSAGES: readonly KnownMessage[] = [
  ...rowsOf({ ...KERNEL, file: 'drivers/gpu/drm/amd/amdgpu/amdgpu_job.c' }, [
    { id: 'gpu-reset-done', text: 'ring {word} timeout, but soft recovered' },
    { id: 'gpu-hung', text: 'ring {word} timeout, signaled seq={number}, emitted seq={number}' },
    { id: 'gpu-reset-failed', text: 'GPU Recovery Failed: {number}' },
  ]),
  ...rowsOf(AMDGPU, [
    { id: 'gpu-hung', text: 'amdgpu {address}: amdgpu: GPU reset begin!' },
    { id: 'gpu-hung', text: '{pci}GPU reset begin!' },
    { id: 'gpu-reset-failed', text: 'amdgpu: GPU reset({number}) failed' },
    { id: 'gpu-reset-failed', text: 'amdgpu: GPU mode1 reset failed' },
    { id: 'gpu-reset-failed', text: 'amdgpu: GPU reset end with ret = -{number}' },
    { id: 'gpu-reset-failed', text: 'ASIC reset failed with error, {number} for drm dev, {word}' },
    { id: 'gpu-reset-failed', text: 'amdgpu: asic reset on init failed' },
    { id: 'gpu-reset-done', text: 'amdgpu: GPU reset({number}) succeeded!' },
    { id: 'gpu-reset-done', text: 'amdgpu: GPU reset succeeded, trying to resume' },
    { id: 'gpu-init-failed', text: 'hw_init of IP block <{word}> failed {number}' },
    { id: 'gpu-init-failed', text: 'sw_init of IP block <{word}> failed {number}' },
    { id: 'gpu-init-failed', text: 'resume of IP block <{word}> failed {number}' },
    { id: 'gpu-init-failed', text: 'amdgpu: amdgpu_device_ip_init failed' },
    { id: 'gpu-init-failed', text: 'amdgpu: Fatal error during GPU init' },
    { id: 'gpu-init-failed', text: 'amdgpu: gpu post error!' },
    { id: 'gpu-init-failed', text: 'amdgpu: probe of {device} failed with error {number}' },
    { id: 'gpu-init-failed', text: 'probe with driver amdgpu failed with error {number}' },
    { id: 'gpu-init-failed', text: 'probe with driver nvidia failed with error {number}' },
    { id: 'gpu-init-failed', text: 'Unable to locate a BIOS ROM' },
    { id: 'gpu-init-failed', text: 'ib ring test failed ({number})' },
  ]),
  ...rowsOf(PSP, [
    { id: 'gpu-init-failed', text: 'PSP load {word} failed!' },
    { id: 'gpu-init-failed', text: 'PSP create ring failed!' },
    { id: 'gpu-init-failed', text: 'PSP firmware loading failed' },
    { id: 'gpu-init-failed', text: 'psp gfx command {word} failed and response status is ({hex})' },
    { id: 'gpu-init-failed', text: 'failed to load ucode {word}' },
    { id: 'gpu-reset-failed', text: 'psp is not working correctly before mode1 reset!' },
    { id: 'gpu-reset-failed', text: 'psp mode 1 reset failed!' },
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/gpu/drm/amd/amdgpu/atom.c' }, [
    { id: 'gpu-init-failed', text: 'atombios stuck in loop for more than {number}secs aborting' },
    { id: 'gpu-init-failed', text: 'atombios stuck executing {word}' },
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/gpu/drm/amd/pm/swsmu/smu_cmn.c' }, [
    { id: 'gpu-init-failed', text: "SMU: I'm not done with your previous command" },
    { id: 'gpu-init-failed', text: 'SMU: response:{hex} for index:{number}' },
    { id: 'gpu-init-failed', text: 'SMU is not working properly' },
    { id: 'gpu-init-failed', text: 'SMC engine is not correctly up!' },
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/gpu/drm/i915/i915_sriov.c' }, [
    { id: 'vfs-disabled', text: '{pci}Disabled {number} VFs' },
    { id: 'vfs-disabled', text: '{pci}Disabled {number} VF$' },
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/gpu/drm/i915/i915_gpu_error.c' }, [
    { id: 'gpu-hung', text: '[drm] GPU HANG: ecode {word}' },
    { id: 'gpu-reset-failed', text: 'Failed to reset chip' },
    { id: 'gpu-reset-failed', text: 'GPU wedged' },
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/pci/vgaarb.c' }, [
    { id: 'vga-decodes', text: 'VGA decodes changed: olddecodes={text},decodes=' },
    { id: 'vga-decodes', text: 'changed VGA decodes: olddecodes={text},decodes=', era: 'old' },
  ]),
]
