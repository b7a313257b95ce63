import { type Diagnoses, fatal, HARMLESS, untold } from '../diagnosis-kind.js'

/** What drivers of GPUs, and modules that reset them, say after a reset. */
export const GPU_DIAGNOSES = {
  'gpu-off-bus': fatal('gone'),
  'gpu-init-failed': fatal('no-driver'),
  'gpu-error': untold('no-driver'),
  'gpu-taken': fatal('no-driver'),
  'gpu-held': fatal('waits'),
  'gpu-hung': untold('no-driver'),
  'gpu-reset-failed': fatal('gone'),
  'gpu-reset-done': HARMLESS,
  'vendor-reset-log': HARMLESS,
  'vendor-reset-trouble': untold('old-state'),
  'vga-decodes': HARMLESS,
  'vfs-disabled': untold('vfs-gone'),
  'vfs-gone': fatal('no-start'),
  'vfs-failed': fatal('undone'),
} as const satisfies Diagnoses
