import { statSync } from 'node:fs'
import type { HostTree } from '../host/tree/tree.js'
import { UsageError } from './errors.js'
import type { HostChoice } from './open-host.js'
import { openHost } from './open-host.js'

/** The host that one argument of `diff` means: `/` is this one, a folder is a tree, anything else a capture. */
export function openArgument(argument: string, packageRoot: string): Promise<HostTree> {
  if (argument === '') throw new UsageError('A host to compare is given by an empty word.')
  return openHost(choiceFor(argument), packageRoot)
}

function choiceFor(argument: string): HostChoice {
  return isFolder(argument) ? { root: argument } : { capture: argument }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
