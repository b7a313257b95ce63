import { type Diagnoses, fatal, HARMLESS, NO_START, untold } from '../diagnosis-kind.js'

/** What IOMMU drivers say of functions and of themselves, and what the platform forbids. */
export const IOMMU_DIAGNOSES = {
  'iommu-no-answer': fatal('gone'),
  'iommu-stalled': fatal('stalls'),
  'dma-fault': untold('blocked'),
  'interrupt-fault': fatal('blocked'),
  'invalid-request': untold('blocked'),
  'iommu-error': fatal('stalls'),
  'iommu-table': untold('no-iommu'),
  'iommu-off': fatal('no-iommu'),
  'iommu-on': HARMLESS,
  'iommu-namespace': HARMLESS,
  'iommu-skips-device': fatal('no-start'),
  'iommu-attach-failed': fatal('no-start'),
  'iommu-width': fatal('no-start'),
  'no-interrupt-remapping': untold('less-safe'),
  'unsafe-interrupts': untold('less-safe'),
  'interrupts-not-isolated': { ...NO_START, causes: ['interrupts-not-isolated'] },
  'reserved-region': { ...NO_START, causes: ['reserved-region'] },
  lockdown: untold('undone'),
} as const satisfies Diagnoses
