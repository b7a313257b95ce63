import type { GapWhy } from '../host/gap.js'
import type { TreeOrigin } from '../host/tree/tree.js'
import type { KernelProfile } from '../vfio/kernel-profile.js'

/** A value read from the host, or why it could not be. */
export type Stated<T> = T | Unread

/** Stands in place of a value that could not be read. null is something else: the host has no such thing. */
export interface Unread {
  readonly unknown: GapWhy
}

/** Where the facts come from, and the kernel release whose rules answer. */
export interface Source extends TreeOrigin {
  /** Release whose rules answer, as text: `6.12.95`, `6.1.0-56-amd64`. null: no release's. */
  readonly kernelRelease: string | null
  /** Whether the host states that release, the option `--kernel` does, or the newest known one was assumed. */
  readonly kernelReleaseFrom: KernelProfile['from']
}

/** Names from the reader's own pci.ids, not from the host under study. */
export interface DeviceName {
  /** null: the list does not know the vendor ID. */
  readonly vendor: string | null
  /** null: the list does not know the device ID. */
  readonly device: string | null
  /** null: the list does not know the class. */
  readonly class: string | null
}

/**
 * Two hexadecimal digits, such as `a1`.
 * @pattern ^[0-9a-f]{2}$
 */
export type Hex8 = string

/**
 * Four hexadecimal digits, such as `10de`.
 * @pattern ^[0-9a-f]{4}$
 */
export type Hex16 = string

/**
 * Six hexadecimal digits, such as `030000`.
 * @pattern ^[0-9a-f]{6}$
 */
export type Hex24 = string
