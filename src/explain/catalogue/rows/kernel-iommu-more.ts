import { type KnownMessage, rowsOf } from '../message.js'

const KERNEL = { origin: 'kernel', project: 'linux' } as const
const SMMU3 = { ...KERNEL, file: 'drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c' } as const
const SMMU = { ...KERNEL, file: 'drivers/iommu/arm/arm-smmu/arm-smmu.c' } as const

/** What the SMMUs of ARM, virtio-iommu, the core of the IOMMU code and lockdown log. */
export const KERNEL_IOMMU_MORE_MESSAGES: readonly KnownMessage[] = [
  ...rowsOf(SMMU3, [
    ['iommu-stalled', 'CMD_SYNC timeout at {hex}'],
    ['iommu-stalled', 'arm-smmu-v3 {word} CMD_SYNC timeout'],
    ['iommu-stalled', 'arm-smmu-v3 {word} CMDQ timeout'],
    ['iommu-error', 'CMDQ error (cons {hex}): {text}ATC invalidate timeout'],
    ['iommu-error', 'CMDQ error (cons {hex}): {word}'],
    ['dma-fault', 'event: {word} client: {word} sid: {hex}'],
    ['dma-fault', 'arm-smmu-v3 {word} event {hex} received:'],
    ['dma-fault', 'unexpected PRI request received:'],
    ['iommu-error', 'EVTQ overflow detected -- events lost'],
    ['iommu-error', 'PRIQ overflow detected -- requests lost'],
    ['iommu-error', 'unexpected global error reported ({hex}), this could be serious'],
    ['iommu-error', 'device has entered Service Failure Mode!'],
    ['iommu-error', 'EVTQ write aborted -- events may have been lost'],
    ['iommu-attach-failed', 'Failed to enable ATS (STU {number})'],
    ['iommu-attach-failed', 'cannot attach to SMMU {word} (upstream of {word})'],
    ['iommu-attach-failed', 'failed to allocate l2 stream table for SID {number}'],
    ['iommu-skips-device', 'stream {number} already in tree from dev {word}'],
    ['iommu-skips-device', 'Aliasing StreamID {hex} (from {word}) unsupported'],
    ['iommu-off', 'arm-smmu-v3 {word} no translation support!'],
    ['iommu-off', 'arm-smmu-v3 {word} GBPA not responding to update'],
    ['iommu-on', 'arm-smmu-v3 {word} ias {number}-bit, oas {number}-bit'],
    ['iommu-error', 'no evtq irq - events will not be reported!'],
  ]),
  ...rowsOf(SMMU, [
    ['iommu-stalled', 'TLB sync timed out -- SMMU may be deadlocked'],
    ['dma-fault', 'Unhandled context fault: fsr={hex}'],
    ['dma-fault', 'Blocked unknown Stream ID {hex}'],
    ['iommu-error', 'Unexpected global fault, this could be serious'],
    ['iommu-attach-failed', 'cannot attach to SMMU, is it on the same bus?'],
    [
      'iommu-attach-failed',
      'cannot attach to SMMU {word} whilst already attached to domain on SMMU {word}',
    ],
    ['iommu-skips-device', 'stream ID {hex} out of range for SMMU'],
    ['iommu-skips-device', 'SMR mask {hex} out of range for SMMU'],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/iommu/virtio-iommu.c' }, [
    ['dma-fault', 'page fault from EP {number} at {hex}'],
    ['dma-fault', 'domain fault from EP {number}'],
    ['dma-fault', 'unknown fault from EP {number}'],
    ['iommu-attach-failed', 'cannot attach to foreign vIOMMU'],
    ['viommu-width', 'granule {hex} larger than system page size {hex}'],
    ['iommu-on', 'virtio_iommu {word} input address: {number} bits'],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/iommu/iommu.c' }, [
    ['iommu-skips-device', 'Failed to add to iommu group {group}: {number}'],
    ['iommu-attach-failed', 'iommu driver failed to attach the default/blocking domain'],
    ['iommu-attach-failed', 'iommu driver failed to attach a compatible domain'],
    [
      'iommu-attach-failed',
      'Failed to allocate default IOMMU domain of type {number} for group {word}',
    ],
    ['iommu-on', 'iommu: Default domain type: {word}'],
    ['iommu-on', 'iommu: DMA domain TLB invalidation policy: {word} mode'],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/iommu/dma-iommu.c' }, [
    ['iommu-skips-device', 'Failed to set up IOMMU for device {word}; retaining platform DMA ops'],
    ['iommu-width', 'specified DMA range outside IOMMU capability'],
    ['iommu-attach-failed', 'Failed to reserve IOVA'],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/of/base.c' }, [
    ['iommu-skips-device', 'no iommu-map translation for id {hex} on {word}'],
  ]),
  ...rowsOf({ ...KERNEL, file: 'security/lockdown/lockdown.c' }, [
    ['lockdown', 'Lockdown: {text} is restricted; see man kernel_lockdown.7'],
    ['lockdown', 'Kernel is locked down from {text}; see man kernel_lockdown.7'],
  ]),
  ...rowsOf({ ...KERNEL, file: 'kernel/module/signing.c' }, [
    ['lockdown', 'Loading of {text} is rejected'],
    ['lockdown', 'Key was rejected by service'],
    ['lockdown', 'Loading of module with unavailable key is rejected'],
  ]),
]
