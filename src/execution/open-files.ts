import type { CallResult, KernelCalls } from '../uapi/kernel-calls.js'

export type FileKind = 'device' | 'group' | 'container' | 'iommufd'

/** The files that a run has open, by owner and name, so that each is closed once on every path. */
export interface OpenFiles {
  /** Keeps an open file; a second one of the same name is kept beside the first. */
  readonly keep: (kind: FileKind, owner: string, name: string, fd: number) => void
  /** The latest open file of that name; undefined: none. */
  readonly find: (kind: FileKind, owner: string, name: string) => number | undefined
  /** Whether a file of that name was ever opened. */
  readonly wasOpen: (kind: FileKind, owner: string, name: string) => boolean
  /** Closes the latest file of that name; false: none is open. */
  readonly close: (kind: FileKind, owner: string, name: string) => boolean
  /** Closes all: devices first, latest first, so that groups and contexts outlive what hangs on them (`vfio.md` 4.5). */
  readonly closeAll: () => void
}

const CLOSING_ORDER: readonly FileKind[] = ['device', 'group', 'container', 'iommufd']

export function openFiles(kernel: KernelCalls): OpenFiles {
  const files = new Map<FileKind, Map<string, number[]>>()
  const listOf = (kind: FileKind, owner: string, name: string): number[] => {
    const ofKind = files.get(kind) ?? new Map<string, number[]>()
    files.set(kind, ofKind)
    const key = `${owner}\0${name}`
    const list = ofKind.get(key) ?? []
    ofKind.set(key, list)
    return list
  }
  const known = (kind: FileKind, owner: string, name: string) =>
    files.get(kind)?.get(`${owner}\0${name}`)

  return {
    keep: (kind, owner, name, fd) => {
      listOf(kind, owner, name).push(fd)
    },
    find: (kind, owner, name) => known(kind, owner, name)?.at(-1),
    wasOpen: (kind, owner, name) => known(kind, owner, name) !== undefined,
    close: (kind, owner, name) => {
      const fd = known(kind, owner, name)?.pop()
      if (fd !== undefined) kernel.close(fd)
      return fd !== undefined
    },
    closeAll: () => {
      for (const kind of CLOSING_ORDER) {
        const fds = [...(files.get(kind)?.values() ?? [])].flat().reverse()
        files.delete(kind)
        for (const fd of fds) kernel.close(fd)
      }
    },
  }
}

/** Opens a node and keeps it. */
export function openAndKeep(
  kernel: KernelCalls,
  files: OpenFiles,
  file: {
    readonly kind: FileKind
    readonly owner: string
    readonly name: string
    readonly path: string
  },
): CallResult {
  const result = kernel.open(file.path)
  if (result.ok) files.keep(file.kind, file.owner, file.name, result.value)
  return result
}
