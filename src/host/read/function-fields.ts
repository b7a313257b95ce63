import { type Known, known, type Observed, type Unknown, unknown } from '../gap.js'
import { gapOf, malformedText, missingWhy } from '../tree/failure.js'
import { type HostTree, isFailure } from '../tree/tree.js'
import { joinPath, nameOf } from '../tree/tree-path.js'
import { DEVICES, type FunctionFile, type FunctionFolder, hasFile } from './function-folders.js'

/** Reads single attributes of functions, and says of a missing one what it means that it is missing. */
export interface FieldReader {
  /** Notes which files the function has. What a missing file means depends on whether others have it. */
  note(folder: FunctionFolder): void
  /** Text of an attribute that every function of a present kernel has. */
  text(folder: FunctionFolder, name: FunctionFile): Observed<string>
  /** Text of an attribute that not every kernel or function has; null: the host has no such file. */
  optional(folder: FunctionFolder, name: FunctionFile): Observed<string | null>
  /** What the last name of a link's target stands for; null: there is no such link, and that is the kernel's answer. */
  named<T>(
    folder: FunctionFolder,
    name: FunctionFile,
    parse: (name: string) => T | undefined,
  ): Observed<T | null>
  /** Value of an attribute that is not there but should be; to be settled when all functions are noted. */
  missing(folder: FunctionFolder, name: FunctionFile): Unknown
  /** Value of an attribute that is not there and need not be: null on a live host, a gap in a copy. */
  none(folder: FunctionFolder, name: FunctionFile): Observed<null>
  /** The value for good: a file that others have is missing here, one that nobody has is missing everywhere. */
  settle<T>(folder: FunctionFolder, value: Observed<T>): Observed<T>
  /** At least one function has the file. */
  isAnywhere(name: FunctionFile): boolean
}

/** The host says there is none. */
export const NONE = known(null)

/** Values that are kept to be shared: ids and states are the same for thousands of functions. */
const SHARED_VALUES = 1024

export function createFieldReader(tree: HostTree): FieldReader {
  const everywhere = new Map<FunctionFile, Unknown>()
  const why = missingWhy(tree.origin)
  const share = createSharer<string>()
  let anywhere = 0

  function missing(folder: FunctionFolder, name: FunctionFile): Unknown {
    if (folder.unlisted !== null) return unknown(folder.unlisted)
    const same = everywhere.get(name)
    if (same !== undefined) return same
    const detail = 'no function of this tree has the file'
    const made = unknown({ path: `${DEVICES}/*/${name}`, why, detail })
    everywhere.set(name, made)
    return made
  }

  function none(folder: FunctionFolder, name: FunctionFile): Observed<null> {
    return tree.origin.kind === 'live' && folder.unlisted === null ? NONE : missing(folder, name)
  }

  function text(folder: FunctionFolder, name: FunctionFile): Observed<string> {
    if (!hasFile(folder.files, name)) return missing(folder, name)
    const path = joinPath(folder.path, name)
    const found = tree.readText(path)
    return isFailure(found) ? unknown(gapOf(tree.origin, path, found)) : share(found)
  }

  return {
    note(folder) {
      anywhere |= folder.files
    },
    text,
    optional: (folder, name) =>
      hasFile(folder.files, name) ? text(folder, name) : none(folder, name),
    named(folder, name, parse) {
      if (folder.unlisted !== null) return unknown(folder.unlisted)
      if (!hasFile(folder.files, name)) return NONE
      const path = joinPath(folder.path, name)
      const target = tree.readLink(path)
      if (isFailure(target)) return unknown(gapOf(tree.origin, path, target))
      const value = parse(nameOf(target))
      return value === undefined ? unknown(malformedText(path, target)) : known(value)
    },
    missing,
    none,
    settle(folder, value) {
      if (value.known) return value
      for (const [name, shared] of everywhere) {
        if (value !== shared || !hasFile(anywhere, name)) continue
        return unknown({ path: joinPath(folder.path, name), why, detail: 'no such file' })
      }
      return value
    },
    isAnywhere: (name) => hasFile(anywhere, name),
  }
}

/** Gives the same object for the same value, up to a number of values. */
export function createSharer<T>(): (value: T) => Known<T> {
  const values = new Map<T, Known<T>>()
  return (value) => {
    const same = values.get(value)
    if (same !== undefined) return same
    const made = known(value)
    if (values.size < SHARED_VALUES) values.set(value, made)
    return made
  }
}

/**
 * Reads what the text of an attribute stands for; a text that stands for nothing is a gap that quotes it. Equal texts share a
 * value.
 */
export function createParser<T>(
  fields: FieldReader,
  parse: (text: string) => T | undefined,
): (folder: FunctionFolder, name: FunctionFile) => Observed<T> {
  const values = new Map<string, Known<T>>()
  return (folder, name) => {
    const text = fields.text(folder, name)
    if (!text.known) return text
    const same = values.get(text.value)
    if (same !== undefined) return same
    const value = parse(text.value)
    if (value === undefined) return unknown(malformedText(joinPath(folder.path, name), text.value))
    const made = known(value)
    if (values.size < SHARED_VALUES) values.set(text.value, made)
    return made
  }
}

/** `0x%04x` and its like. */
export function parseHex(text: string): number | undefined {
  return /^0x[0-9a-f]{1,8}$/i.test(text) ? Number(text) : undefined
}

/** A decimal number, not negative. */
export function parseDecimal(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined
}
