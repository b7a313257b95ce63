import type { HostNeedKind } from './raw-host.js'

/** What the host can need a function for; `keyboard` is asked only before a VM starts. */
export type NeedKind = HostNeedKind | 'keyboard'

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
  swap: { noun: 'swap space', does: 'carries swap space in use' },
  'active-route': { noun: 'network route', does: 'carries the traffic of the host' },
  console: { noun: 'console', does: 'shows the console of the host' },
  keyboard: { noun: 'keyboard', does: 'has a keyboard of the host behind it' },
} as const satisfies Record<NeedKind, NeedWords>
