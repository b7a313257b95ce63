import type { CauseKind, KernelCall } from './kernel-call.js'

/** When a diagnosis matters to somebody who wants the VM to run. */
export type Weight =
  /** Whatever was asked for did not happen. */
  | 'fatal'
  /** Nothing is wrong. */
  | 'harmless'
  /** A hot reset was refused: that matters unless the function has a reset of its own which is used instead. */
  | 'unless-own-reset'
  /** A reset through sysfs was refused: that matters unless VFIO can hot-reset the function later. */
  | 'unless-hot-reset'
  /** The text alone does not tell, nor does the state of the host. */
  | 'cannot-tell'

/** What a plan has to bring about so that the message does not come again. */
export type Aim =
  /** A VM with the function starts. */
  | 'start'
  /** Whoever has the function can hot-reset it. */
  | 'reset'

/** What a diagnosis rests on, apart from its words. */
export interface Diagnosis {
  readonly weight: Weight
  /** null: neither binding nor owning has to do with it. */
  readonly aim: Aim | null
  /** Causes that can be told apart on the host; those of a call's errno come from `CAUSES`. */
  readonly causes: readonly CauseKind[]
  /** The call that was refused where no message names it. */
  readonly call: KernelCall | null
}

const fatal: Diagnosis = { weight: 'fatal', aim: null, causes: [], call: null }
const noStart: Diagnosis = { ...fatal, aim: 'start' }
const harmless: Diagnosis = { ...fatal, weight: 'harmless' }
const refused: Diagnosis = { ...fatal, weight: 'unless-own-reset', aim: 'reset' }
const untold: Diagnosis = { ...fatal, weight: 'cannot-tell' }

/** Everything that `explain` can say of a message, by id. */
export const DIAGNOSES = {
  'foreign-group': { ...refused, causes: ['other-groups'] },
  'foreign-device': { ...refused, causes: ['other-groups'] },
  'no-bus-or-slot-reset': {
    ...refused,
    causes: ['root-bus', 'virtual-bus', 'bus-reset-forbidden', 'regression-6-14'],
  },
  'hot-reset-refused': refused,
  'hot-reset-done': harmless,
  'hot-reset-info-failed': refused,
  'info-never-fits': { ...refused, causes: ['hotplug-race', 'regression-6-9'] },
  'info-changed': { ...untold, causes: ['hotplug-race'] },
  'no-group': { ...refused, causes: ['member-without-group'] },
  'dependent-devices': harmless,
  'reset-ioctl-failed': refused,
  'hot-reset-or-map': untold,
  'stuck-power': fatal,
  'group-not-viable': { ...noStart, causes: ['group-not-viable'] },
  'cdev-bind-failed': noStart,
  'no-cdev': noStart,
  'iommufd-unopened': noStart,
  'no-iommu': noStart,
  'dup-attach': fatal,
  'open-failed': noStart,
  'container-refused': noStart,
  'device-refused': noStart,
  'dma-map-failed': fatal,
  'p2p-map-failed': harmless,
  'memory-or-bar-map': untold,
  'address-spaces': fatal,
  'kvm-not-told': harmless,
  'bad-capability': fatal,
  'unplug-refused': fatal,
  'dead-device': fatal,
  'libvirt-reset-failed': noStart,
  'bus-shared': noStart,
  'no-reset-method': noStart,
  'root-bus': { ...fatal, causes: ['root-bus'] },
  'in-use': noStart,
  'not-endpoint': fatal,
  'config-access': fatal,
  'driver-override-refused': fatal,
  'acs-missing': fatal,
  'not-bound': noStart,
  misleading: noStart,
  'sysfs-reset-enotty': {
    weight: 'unless-hot-reset',
    aim: 'reset',
    causes: ['no-method'],
    call: 'sysfs-reset',
  },
  'see-above': fatal,
  'vmm-device-failed': noStart,
  'group-unset-failed': untold,
  'no-passthrough-device': fatal,
  'bridge-ignored': harmless,
  'group-shared': untold,
  'host-uses-it': fatal,
  'hot-reset-errno': refused,
  'reset-info-errno': refused,
  'device-reset-errno': refused,
  'reset-log': harmless,
  'bars-restored': untold,
  'unsupported-reset-method': untold,
  'reset-methods-emptied': untold,
  'not-ready': untold,
  'gave-up': fatal,
  'power-inaccessible': fatal,
  'config-lost': fatal,
  'link-not-up': untold,
  'flr-failed': fatal,
  'device-requested': untold,
  'release-blocked': noStart,
  'surprise-removal': untold,
  'group-changed': harmless,
  'capability-hidden': harmless,
  'capability-clash': untold,
  'vf-token-missing': { ...noStart, causes: ['vf-token'] },
  'vf-token-unwanted': fatal,
  'noiommu-used': untold,
  'probe-failed': fatal,
  'unsafe-interrupts': untold,
  'interrupts-not-isolated': { ...noStart, causes: ['interrupts-not-isolated'] },
  'reserved-region': { ...noStart, causes: ['reserved-region'] },
} as const satisfies Readonly<Record<string, Diagnosis>>

export type DiagnosisId = keyof typeof DIAGNOSES
