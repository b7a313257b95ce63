import type { CallResult, KernelCalls } from '../uapi/kernel-calls.js'

/** Containers and iommufds go by names of one kind: a call that takes the one can be given the other. */
export type FileKind = 'device' | 'group' | 'context'

/** The files that a run has open, by owner and name, so that each is closed once on every path. */
export interface OpenFiles {
  /** Keeps an open file; a second one of the same name is kept beside the first. */
  readonly keep: (kind: FileKind, owner: string, name: string, fd: number) => void
  /** The latest open file of that name; undefined: none. */
  readonly find: (kind: FileKind, owner: string, name: string) => number | undefined
  /** Whether a file of that name was ever opened. */
  readonly wasOpen: (kind: FileKind, owner: string, name: string) => boolean
  /** Closes the latest file of that name; undefined: none is open. */
  readonly close: (kind: FileKind, owner: string, name: string) => Promise<CallResult | undefined>
  /** Closes all: devices first, latest first, so that groups and contexts outlive what hangs on them. */
  readonly closeAll: () => Promise<void>
}

const CLOSING_ORDER: readonly FileKind[] = ['device', 'group', 'context']

interface KeptFile {
  readonly kind: FileKind
  readonly key: string
  readonly fd: number
}

export function openFiles(kernel: KernelCalls): OpenFiles {
  let open: readonly KeptFile[] = []
  const seen = new Set<string>()

  const find = (key: string): KeptFile | undefined => open.findLast((each) => each.key === key)
  // Struck off before it is closed: whatever comes of that, the number is no longer ours.
  const close = (file: KeptFile): Promise<CallResult> => {
    open = open.filter((each) => each !== file)
    return kernel.close(file.fd)
  }

  return {
    keep: (kind, owner, name, fd) => {
      const key = keyOf(kind, owner, name)
      seen.add(key)
      open = [...open, { kind, key, fd }]
    },
    find: (kind, owner, name) => find(keyOf(kind, owner, name))?.fd,
    wasOpen: (kind, owner, name) => seen.has(keyOf(kind, owner, name)),
    close: async (kind, owner, name) => {
      const file = find(keyOf(kind, owner, name))
      return file === undefined ? undefined : close(file)
    },
    closeAll: async () => {
      const latestFirst = [...open].reverse()
      const ordered = CLOSING_ORDER.flatMap((kind) =>
        latestFirst.filter((file) => file.kind === kind),
      )
      // A close that fails keeps none of the others from being tried.
      for (const file of ordered) await close(file)
    },
  }
}

function keyOf(kind: FileKind, owner: string, name: string): string {
  return `${kind}\0${owner}\0${name}`
}
