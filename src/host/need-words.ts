import type { HostNeedKind } from './raw-host.js'

interface NeedWords {
  /** After "its": what the host loses with the function. */
  readonly noun: string
  /** After the function: what it does for the host. */
  readonly does: string
}

/** Words for everything that a host can need a function for. */
export const NEED_WORDS = {
  'boot-disk': { noun: 'boot disk', does: 'carries the boot disk' },
  'root-filesystem': { noun: 'root file system', does: 'carries the root file system' },
  'mounted-filesystem': {
    noun: 'mounted file system',
    does: 'carries a mounted file system',
  },
  'storage-in-use': {
    noun: 'storage in use',
    does: 'carries disks that the host has put together and uses',
  },
  swap: { noun: 'swap space', does: 'carries swap space in use' },
  'active-route': { noun: 'network route', does: 'carries the traffic of the host' },
  console: { noun: 'console', does: 'shows the console of the host' },
  bmc: { noun: 'management controller', does: 'leads to the management controller of the host' },
  keyboard: { noun: 'keyboard', does: 'has a keyboard of the host behind it' },
} as const satisfies Record<HostNeedKind, NeedWords>
