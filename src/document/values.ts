import type { GapWhy } from '../host/gap.js'
import type { AnalysedHost } from '../vfio/analysed-host.js'

/** A value read from the host, or why it could not be. */
export type Stated<T> = T | { readonly unknown: GapWhy }

export interface Source {
  readonly kind: 'live' | 'directory' | 'capture'
  readonly path: string | null
  readonly kernelRelease: string | null
  readonly kernelReleaseFrom: 'host' | 'option' | 'assumed'
}

/** Names from the reader's pci.ids; null: the list does not know the ID. */
export interface DeviceName {
  readonly vendor: string | null
  readonly device: string | null
  readonly class: string | null
}

/** Where the facts come from, and the release whose rules answer. */
export function sourceReport({ raw, kernel }: Pick<AnalysedHost, 'raw' | 'kernel'>): Source {
  return { ...raw.source, kernelRelease: kernel.release.text, kernelReleaseFrom: kernel.from }
}
