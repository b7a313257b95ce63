import type { DiagnosisId } from '../diagnosis.js'
import { DEVICE_WORDS } from './device.js'
import { GPU_WORDS } from './gpu.js'
import { IOMMU_WORDS } from './iommu.js'
import { LOST_WORDS } from './lost.js'
import { MANAGER_WORDS } from './managers.js'
import { RESET_WORDS } from './reset.js'
import { START_WORDS } from './start.js'
import { TAKE_WORDS } from './take.js'
import type { DiagnosisWords } from './words.js'

/** What each diagnosis says; total, so a new one does not compile without words. */
export const DIAGNOSIS_WORDS: Readonly<Record<DiagnosisId, DiagnosisWords>> = {
  ...RESET_WORDS,
  ...START_WORDS,
  ...TAKE_WORDS,
  ...DEVICE_WORDS,
  ...LOST_WORDS,
  ...IOMMU_WORDS,
  ...GPU_WORDS,
  ...MANAGER_WORDS,
}
