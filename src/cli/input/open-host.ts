import { statSync } from 'node:fs'
import { join } from 'node:path'
import { openUnpackedCapture } from '../../host/archive/archive-folder.js'
import { DEVICES } from '../../host/read/function-folders.js'
import { openDirectoryTree } from '../../host/tree/directory-tree.js'
import { attempt } from '../../host/tree/failure.js'
import { type HostTree, isFailure, type ReadFailure } from '../../host/tree/tree.js'
import { watch, watched } from '../../host/watch/watch.js'
import { HostError, UsageError } from '../errors.js'
import { openCapture, openDemo } from './open-capture.js'

/** Which host the user chose; none of them: the live one. */
export interface HostChoice {
  readonly root?: string | undefined
  readonly capture?: string | undefined
  readonly demo?: boolean | undefined
}

/** The tree of the chosen host. Throws a UsageError or HostError that says what is wrong with the choice. */
export async function openHost(choice: HostChoice, packageRoot: string): Promise<HostTree> {
  if (choice.demo === true) return openDemo(packageRoot)
  if (choice.capture !== undefined) return openCapture(choice.capture, choice.capture)
  const { root } = choice
  if (root === undefined || root === '/') return openLiveHost()
  const unpacked = openUnpackedCapture(root)
  if (unpacked === null) return openFolder(root)
  if (isFailure(unpacked)) throw rootError(root, unpacked)
  return unpacked
}

/** The host that this process runs on. */
export function openLiveHost(): HostTree {
  return openFolder('/')
}

function openFolder(root: string): HostTree {
  const live = root === '/'
  const tree = openDirectoryTree({ root, live })
  if (isFailure(tree)) throw rootError(root, tree)
  const functions = tree.list(DEVICES)
  if (isFailure(functions)) throw noPci(root, live, functions, tree)
  watch().expect(functions.length)
  return tree
}

function rootError(root: string, { errno, detail }: ReadFailure): UsageError | HostError {
  const facts = { path: root, errno: errno ?? undefined }
  if (errno === 'EACCES' || errno === 'EPERM') {
    return new HostError(`Cannot look into ${root}: permission denied.`, {
      ...facts,
      hint: 'Run as root, or give a folder that you may read.',
    })
  }
  const what =
    errno === 'ENOENT' ? 'it does not exist' : errno === 'ENOTDIR' ? 'it is no folder' : detail
  return new UsageError(`Cannot read the tree ${root}: ${what}.`, {
    ...facts,
    hint: '--root takes the folder that holds sys/; an archive goes to --capture.',
  })
}

function noPci(
  root: string,
  live: boolean,
  { errno, why, detail }: ReadFailure,
  tree: HostTree,
): UsageError | HostError {
  const path = join(root, DEVICES)
  const facts = { path, errno: errno ?? undefined }
  if (why === 'denied') {
    return new HostError(`Cannot list ${path}: permission denied.`, {
      ...facts,
      hint: 'Run as root.',
    })
  }
  if (!live && isFailure(tree.list('sys'))) {
    return new UsageError(`There is no sys/ in ${root}.`, {
      ...facts,
      hint: '--root takes the folder that holds sys/, not sys/ itself.',
    })
  }
  if (errno !== 'ENOENT') return new HostError(`Cannot list ${path}: ${detail}.`, facts)
  return new HostError(
    live
      ? `This host has no PCI bus: ${path} does not exist.`
      : `Nothing in ${root} lists the functions of a host: ${path} does not exist.`,
    facts,
  )
}

/** The host that one argument of `diff` means: `/` is this one, a folder is a tree, anything else a capture. */
export function hostNamed(argument: string): HostChoice {
  if (argument === '') throw new UsageError('A host to compare is given by an empty word.')
  return isFolder(argument) ? { root: argument } : { capture: argument }
}

function isFolder(path: string): boolean {
  return watched(path, () => attempt(() => statSync(path).isDirectory())) === true
}
