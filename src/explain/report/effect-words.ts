import type { Effect } from '../catalogue/diagnosis-kind.js'

/** The first thing that is said of a message: what somebody who meets it notices. */
export const EFFECT_WORDS = {
  'no-start': 'The VM does not start.',
  'vm-stops': 'The VM stops.',
  'fails-inside': 'The VM starts, but the device does not work in it.',
  'old-state': 'The device keeps its old state.',
  gone: 'The device does not answer any more.',
  removed: 'The device was taken from whoever had it.',
  'vfs-gone': 'The virtual functions are gone.',
  waits: 'The host waits until the device is released.',
  stalls: 'The host stalls while it waits for a device.',
  blocked: 'An access of the device was blocked.',
  'not-bound': 'The device is not bound to vfio-pci, so no VM can have it.',
  'no-driver': 'The host’s driver cannot use the device.',
  undone: 'What was asked for was not done.',
  'less-safe': 'It works, with less protection.',
  'no-iommu': 'No device of this host can be given to a VM.',
  harmless: 'Harmless.',
} as const satisfies Record<Effect, string>
