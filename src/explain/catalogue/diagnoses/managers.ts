import { type Diagnoses, fatal, untold } from '../diagnosis-kind.js'

/** What those refuse who start VMs for others: Proxmox VE, Kubernetes and KubeVirt, OpenStack, Incus, Xen. */
export const MANAGER_DIAGNOSES = {
  'mapping-stale': fatal('no-start'),
  'mapping-missing': fatal('no-start'),
  'reserved-by-vm': fatal('no-start'),
  'manager-config': fatal('no-start'),
  'hook-refused': fatal('no-start'),
  'reset-refused-start': fatal('no-start'),
  'start-slow': fatal('no-start'),
  'mdev-failed': fatal('no-start'),
  'node-missing': fatal('no-start'),
  'node-denied': fatal('no-start'),
  'not-permitted': fatal('no-start'),
  'no-free-device': fatal('no-start'),
  'plugin-trouble': untold('no-start'),
  'pciback-missing': fatal('not-bound'),
  'pciback-refused': fatal('no-start'),
  'pciback-held': fatal('waits'),
  'pciback-log': { ...untold('less-safe'), weight: 'harmless', effect: 'harmless' },
} as const satisfies Diagnoses
