import { type KnownMessage, rowsOf } from '../message.js'

const KERNEL = { origin: 'kernel', project: 'linux' } as const
const SMMU3 = { ...KERNEL, file: 'drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c' } as const
const SMMU = { ...KERNEL, file: 'drivers/iommu/arm/arm-smmu/arm-smmu.c' } as const

/** What the SMMUs of ARM, virtio-iommu, the core of the IOMMU code and lockdown log. */
export const KERNEL_IOMMU_MORE_MESSAGES: readonly KnownMessage[] = [
  ...rowsOf(SMMU3, [
    { id: 'iommu-stalled', text: 'CMD_SYNC timeout at {hex}' },
    { id: 'iommu-stalled', text: 'arm-smmu-v3 {word} CMDQ timeout' },
    { id: 'iommu-error', text: 'CMDQ error (cons {hex}): {text}ATC invalidate timeout' },
    { id: 'iommu-error', text: 'CMDQ error (cons {hex}): {word}' },
    { id: 'dma-fault', text: 'event: {word} client: {word} sid: {hex}' },
    { id: 'dma-fault', text: 'arm-smmu-v3 {word} event {hex} received:' },
    { id: 'dma-fault', text: 'unexpected PRI request received:' },
    { id: 'iommu-error', text: 'EVTQ overflow detected -- events lost' },
    { id: 'iommu-error', text: 'PRIQ overflow detected -- requests lost' },
    {
      id: 'iommu-error',
      text: 'unexpected global error reported ({hex}), this could be serious',
    },
    { id: 'iommu-error', text: 'device has entered Service Failure Mode!' },
    { id: 'iommu-error', text: 'EVTQ write aborted -- events may have been lost' },
    { id: 'iommu-attach-failed', text: 'Failed to enable ATS (STU {number})' },
    { id: 'iommu-attach-failed', text: 'cannot attach to SMMU {word} (upstream of {word})' },
    { id: 'iommu-attach-failed', text: 'failed to allocate l2 stream table for SID {number}' },
    { id: 'iommu-skips-device', text: 'stream {number} already in tree from dev {word}' },
    { id: 'iommu-skips-device', text: 'Aliasing StreamID {hex} (from {word}) unsupported' },
    { id: 'iommu-off', text: 'arm-smmu-v3 {word} no translation support!' },
    { id: 'iommu-off', text: 'arm-smmu-v3 {word} GBPA not responding to update' },
    { id: 'iommu-on', text: 'arm-smmu-v3 {word} ias {number}-bit, oas {number}-bit' },
    { id: 'iommu-error', text: 'no evtq irq - events will not be reported!' },
  ]),
  ...rowsOf(SMMU, [
    { id: 'iommu-stalled', text: 'TLB sync timed out -- SMMU may be deadlocked' },
    { id: 'dma-fault', text: 'Unhandled context fault: fsr={hex}' },
    { id: 'dma-fault', text: 'Blocked unknown Stream ID {hex}' },
    { id: 'iommu-error', text: 'Unexpected global fault, this could be serious' },
    { id: 'iommu-attach-failed', text: 'cannot attach to SMMU, is it on the same bus?' },
    {
      id: 'iommu-attach-failed',
      text: 'cannot attach to SMMU {word} whilst already attached to domain on SMMU {word}',
    },
    { id: 'iommu-skips-device', text: 'stream ID {hex} out of range for SMMU' },
    { id: 'iommu-skips-device', text: 'SMR mask {hex} out of range for SMMU' },
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/iommu/virtio-iommu.c' }, [
    { id: 'dma-fault', text: 'page fault from EP {number} at {hex}' },
    { id: 'dma-fault', text: 'domain fault from EP {number}' },
    { id: 'dma-fault', text: 'unknown fault from EP {number}' },
    { id: 'iommu-attach-failed', text: 'cannot attach to foreign vIOMMU' },
    {
      id: 'viommu-width',
      text: 'granule {hex} larger than system page size {hex}',
    },
    { id: 'iommu-on', text: 'virtio_iommu {word} input address: {number} bits' },
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/iommu/iommu.c' }, [
    { id: 'iommu-skips-device', text: 'Failed to add to iommu group {group}: {number}' },
    {
      id: 'iommu-attach-failed',
      text: 'iommu driver failed to attach the default/blocking domain',
    },
    { id: 'iommu-attach-failed', text: 'iommu driver failed to attach a compatible domain' },
    {
      id: 'iommu-attach-failed',
      text: 'Failed to allocate default IOMMU domain of type {number} for group {word}',
    },
    { id: 'iommu-on', text: 'iommu: Default domain type: {word}' },
    { id: 'iommu-on', text: 'iommu: DMA domain TLB invalidation policy: {word} mode' },
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/iommu/dma-iommu.c' }, [
    {
      id: 'iommu-skips-device',
      text: 'Failed to set up IOMMU for device {word}; retaining platform DMA ops',
    },
    { id: 'iommu-width', text: 'specified DMA range outside IOMMU capability' },
    { id: 'iommu-attach-failed', text: 'Failed to reserve IOVA' },
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/of/base.c' }, [
    { id: 'iommu-skips-device', text: 'no iommu-map translation for id {hex} on {word}' },
  ]),
  ...rowsOf({ ...KERNEL, file: 'security/lockdown/lockdown.c' }, [
    { id: 'lockdown', text: 'Lockdown: {text} is restricted; see man kernel_lockdown.7' },
    { id: 'lockdown', text: 'Kernel is locked down from {text}; see man kernel_lockdown.7' },
  ]),
  ...rowsOf({ ...KERNEL, file: 'kernel/module/signing.c' }, [
    { id: 'lockdown', text: 'Loading of {text} is rejected' },
    { id: 'lockdown', text: 'Loading of module with unavailable key is rejected' },
  ]),
]
