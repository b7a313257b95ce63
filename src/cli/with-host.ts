import { type ReadOptions, readHost } from '../host/read/read-host.js'
import type { HostTree } from '../host/tree/tree.js'
import { watch } from '../host/watch/watch.js'
import type { KernelRelease } from '../kernel/kernel-release.js'
import { type AnalysedHost, analyseHost } from '../vfio/analysed-host.js'
import { type HostChoice, openHost } from './input/open-host.js'

/** What the frame needs of a command. */
export interface Framed {
  /** Where the tool's own files are. */
  readonly config: { readonly root: string }
  /** Says on a terminal what takes so long. */
  readonly phase: (text: string) => Promise<void>
}

/** Which host a command wants. */
export interface TreeWish {
  /** What the command line says of it, or what opens it. */
  readonly from: HostChoice | (() => HostTree)
  /** What it waits for, in words. */
  readonly phase?: string
}

/** The same, and how it is to be read. */
export interface HostWish extends TreeWish, ReadOptions {
  /** Release whose rules answer; undefined: that of the host. */
  readonly kernel?: KernelRelease | undefined
  /** Throws where the command cannot do its work on this tree; asked before anything is read. */
  readonly check?: (tree: HostTree) => void
}

/** A host that was read. */
export interface OpenedHost {
  readonly tree: HostTree
  readonly host: AnalysedHost
}

/** The frame of commands: opens a host, reads it, and hands it on analysed. */
export function withHost<T>(
  command: Framed,
  wish: HostWish,
  use: (opened: OpenedHost) => T | Promise<T>,
): Promise<T> {
  return withTree(command, wish, (tree) => {
    wish.check?.(tree)
    const raw = readHost(tree, wish)
    watch().working()
    return use({ tree, host: analyseHost(raw, wish.kernel) })
  })
}

/** The same for those who read in a way of their own. */
export async function withTree<T>(
  command: Framed,
  { from, phase = 'reading the host' }: TreeWish,
  use: (tree: HostTree) => T | Promise<T>,
): Promise<T> {
  // Opening an archive reads all of it.
  await command.phase(phase)
  const tree = typeof from === 'function' ? from() : await openHost(from, command.config.root)
  await command.phase(phase)
  return use(tree)
}
