import { readSync } from 'node:fs'
import { withRegularFile } from '../tree/attribute-file.js'
import type { ReadFailure } from '../tree/tree.js'
import type { ConfigSpace } from './config-space.js'
import { type ConfigReader, walkConfig } from './config-walk.js'

/** One `config` file to be walked. */
export interface ConfigFile {
  /** Absolute path. */
  readonly path: string
  /** The file is the kernel's own, not a copy of it. */
  readonly isKernels: boolean
}

/** Where the answers of the reads go besides into the walk. */
export type WrapReader = (read: ConfigReader, size: number) => ConfigReader

/** Longest read of a walk. */
const SCRATCH_SIZE = 256

/** Walks a `config` file by `pread`s of a few bytes. Can block for as long as the function is being reset. */
export function readConfigFile(
  { path, isKernels }: ConfigFile,
  wrap: WrapReader = (read) => read,
): ConfigSpace | ReadFailure {
  return withRegularFile(path, (file, size) =>
    walkConfig(wrap(fileReader(file), size), { size, sizeIsKernels: isKernels }),
  )
}

function fileReader(file: number): ConfigReader {
  const scratch = Buffer.allocUnsafe(SCRATCH_SIZE)
  return (offset, length) => scratch.subarray(0, readSync(file, scratch, 0, length, offset))
}
