import { DEVICE_DIAGNOSES } from './diagnoses/device.js'
import { GPU_DIAGNOSES } from './diagnoses/gpu.js'
import { IOMMU_DIAGNOSES } from './diagnoses/iommu.js'
import type { DiagnosisId } from './diagnosis.js'

/** What a function that is gone from the bus makes others say. */
const GONE: readonly DiagnosisId[] = [
  'not-ready',
  'power-inaccessible',
  'config-lost',
  'link-not-up',
  'dead-device',
  'stuck-power',
  'bars-restored',
  'region-access',
  'slot-trouble',
  'surprise-removal',
  'aer-error',
  'aer-recovery-failed',
  'iommu-no-answer',
  'iommu-stalled',
  'iommu-error',
  'reset-log',
  'reset-pending-io',
  'vendor-reset-log',
  'vendor-reset-trouble',
  'gpu-init-failed',
  'driver-failed',
  'aer-detail',
  'slot-up',
]

/**
 * What follows from a diagnosis, or only says it again: in one event those lines are evidence of it and no messages of
 * their own. No diagnosis follows from one that follows from it.
 */
export const FOLLOWS: Readonly<Partial<Record<DiagnosisId, readonly DiagnosisId[]>>> = {
  'gave-up-reset': [...GONE, 'gave-up', 'link-training-failed'],
  'flr-failed': [...GONE, 'gave-up'],
  'gave-up': GONE,
  'link-training-failed': GONE,
  'gpu-off-bus': [...GONE, 'gpu-error', 'gpu-reset-failed', 'gpu-hung'],
  'power-inaccessible': ['bars-restored', 'region-access', 'dead-device', 'gpu-init-failed'],
  'config-lost': ['dead-device', 'bars-restored'],
  'iommu-no-answer': [
    'iommu-stalled',
    'iommu-error',
    'vendor-reset-log',
    'vendor-reset-trouble',
    'reset-log',
    'not-ready',
  ],
  'gpu-reset-failed': ['gpu-hung', 'gpu-init-failed'],
  'vendor-reset-trouble': ['vendor-reset-log'],
  'dpc-contained': [
    'aer-detail',
    'aer-error',
    'aer-recovery-failed',
    'surprise-removal',
    'link-not-up',
    'config-lost',
    'dead-device',
  ],
  'aer-recovery-failed': ['aer-error', 'aer-detail'],
  'aer-error': ['aer-detail'],
  'aer-corrected': ['aer-detail'],
  'dead-device': ['driver-failed'],
  'device-error': ['aer-error', 'region-access', 'aer-recovery-failed'],
  'bar-busy': ['region-access'],
  'iommu-error': ['iommu-stalled'],
  'no-such-device': ['vfs-disabled', 'vga-decodes'],
  'vfs-enabled': ['probe-failed'],
  'denied-device': ['probe-failed'],
  'reserved-region': ['container-refused', 'cdev-bind-failed'],
  'dma-map-failed': ['memory-or-bar-map', 'unmap-failed', 'kvm-not-told'],
  'map-refused': ['memory-or-bar-map', 'unmap-failed', 'kvm-not-told'],
  'iommu-width': ['memory-or-bar-map', 'dma-map-failed', 'map-refused'],
  'p2p-map-failed': ['memory-or-bar-map'],
  'no-interrupt-remapping': ['iommu-table'],
}

/** What a diagnosis turns out to be where another is among its evidence. */
export const BECOMES: readonly {
  readonly id: DiagnosisId
  readonly beside: DiagnosisId
  readonly becomes: DiagnosisId
}[] = [
  { id: 'gave-up-reset', beside: 'link-training-failed', becomes: 'reset-lost-link' },
  { id: 'dpc-contained', beside: 'aer-recovery-failed', becomes: 'aer-recovery-failed' },
  { id: 'no-such-device', beside: 'vfs-disabled', becomes: 'vfs-gone' },
]

/** Lines that are about a port or a PF: they belong to what is said of a function near them. */
export const OF_PARENT: ReadonlySet<DiagnosisId> = new Set([
  'link-training-failed',
  'link-not-up',
  'surprise-removal',
  'slot-trouble',
  'aer-error',
  'aer-recovery-failed',
  'dpc-contained',
  'vfs-disabled',
])

const REPEATED: ReadonlySet<string> = new Set(
  [DEVICE_DIAGNOSES, IOMMU_DIAGNOSES, GPU_DIAGNOSES].flatMap((each) => Object.keys(each)),
)

/** Whether several lines of one function with this diagnosis are one event, however they put it. */
export function isOneEvent(id: DiagnosisId): boolean {
  return REPEATED.has(id)
}
