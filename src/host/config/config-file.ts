import { readSync } from 'node:fs'
import { withRegularFile } from '../tree/attribute-file.js'
import { isFailure, type ReadFailure } from '../tree/tree.js'
import { createWalkRecord } from './config-record.js'
import { type ConfigSpace, EXTENDED_SIZE } from './config-space.js'
import { type ConfigReader, walkConfig } from './config-walk.js'

/** Walks one `config` file, by its absolute path, by `pread`s of a few bytes. */
export type ConfigFileReader = (path: string) => ConfigSpace | ReadFailure

/** More than the longest walk reads, to the end of a capability at the end of the space. */
const SCRATCH_SIZE = EXTENDED_SIZE + 256

/** Config spaces that are kept to be shared: far more than a host has models of functions. */
const SHARED_SPACES = 4096

/**
 * A reader of `config` files. In the kernel's own each dword is an access to the bus, so they are read in pieces, also where a
 * container has them in another place; a copy is read at once. `isLive`: their sizes are the kernel's. Functions of one model often answer all reads alike: those get the same object, so a host with thousands of functions
 * holds few of them.
 */
export function createConfigReader({ isLive }: { readonly isLive: boolean }): ConfigFileReader {
  const shared = new Map<string, ConfigSpace>()
  const record = createWalkRecord()
  const scratch = Buffer.allocUnsafe(SCRATCH_SIZE)

  function walk(file: number, size: number, isKernels: boolean): ConfigSpace | ReadFailure {
    const read = isLive || isKernels ? piecesOf(file) : wholeOf(file)
    record.start(size)
    const space = walkConfig(read, { size, sizeIsKernels: isLive })
    if (isFailure(space)) return space
    const key = record.key()
    const same = shared.get(key)
    if (same !== undefined) return same
    if (shared.size < SHARED_SPACES) shared.set(key, space)
    return space
  }

  function piecesOf(file: number): ConfigReader {
    return (offset, length) =>
      record.add(scratch.subarray(0, readSync(file, scratch, 0, length, offset)))
  }

  function wholeOf(file: number): ConfigReader {
    const end = readSync(file, scratch, 0, SCRATCH_SIZE, 0)
    return (offset, length) => record.add(scratch.subarray(offset, Math.min(offset + length, end)))
  }

  return (path) => withRegularFile(path, walk)
}
