import { DEVICE_DIAGNOSES } from './diagnoses/device.js'
import { GPU_DIAGNOSES } from './diagnoses/gpu.js'
import { IOMMU_DIAGNOSES } from './diagnoses/iommu.js'
import { MANAGER_DIAGNOSES } from './diagnoses/managers.js'
import { RESET_DIAGNOSES } from './diagnoses/reset.js'
import { START_DIAGNOSES } from './diagnoses/start.js'
import type { Diagnosis } from './diagnosis-kind.js'

const ALL = {
  ...RESET_DIAGNOSES,
  ...START_DIAGNOSES,
  ...DEVICE_DIAGNOSES,
  ...IOMMU_DIAGNOSES,
  ...GPU_DIAGNOSES,
  ...MANAGER_DIAGNOSES,
} as const

/** What a message says, whoever prints it. */
export type DiagnosisId = keyof typeof ALL

/** Everything that `explain` can say of a message, by id. */
export const DIAGNOSES: Readonly<Record<DiagnosisId, Diagnosis>> = ALL
