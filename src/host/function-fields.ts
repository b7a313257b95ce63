import { gapOf, malformedText, missingWhy } from './failure.js'
import { DEVICES, type FunctionFile, type FunctionFolder, hasFile } from './function-folders.js'
import { type Known, known, type Observed, type Unknown, unknown } from './gap.js'
import { type HostTree, isFailure } from './tree.js'
import { joinPath } from './tree-path.js'

/** Reads single attributes of functions, and says of a missing one what it means that it is missing. */
export interface FieldReader {
  /** Text of an attribute that every function of a present kernel has. */
  text(folder: FunctionFolder, name: FunctionFile): Observed<string>
  /** Text of an attribute that not every kernel or function has; null: the host has no such file. */
  optional(folder: FunctionFolder, name: FunctionFile): Observed<string | null>
  /** Target of a link; null: the folder has no such link, and that is the kernel's answer. */
  link(folder: FunctionFolder, name: FunctionFile): Observed<string | null>
  /** Value of an attribute that is not there but should be. One gap for all where no function of the tree has it. */
  missing(folder: FunctionFolder, name: FunctionFile): Unknown
  /** Value of an attribute that is not there and need not be: null on a live host, a gap in a copy. */
  none(folder: FunctionFolder, name: FunctionFile): Observed<null>
  /** At least one function of the tree has the file. */
  isAnywhere(name: FunctionFile): boolean
}

/** The host says there is none. */
export const NONE = known(null)

/** Texts that are kept to be shared: states such as `D0` and `active`, the same for thousands of functions. */
const SHARED_TEXTS = 64
const SHARED_LENGTH = 24

/** `anywhere`: files that at least one function of the tree has. */
export function createFieldReader(tree: HostTree, anywhere: number): FieldReader {
  const missingEverywhere = new Map<FunctionFile, Unknown>()
  const texts = new Map<string, Known<string>>()

  function shared(text: string): Known<string> {
    const same = texts.get(text)
    if (same !== undefined) return same
    const made = known(text)
    if (text.length <= SHARED_LENGTH && texts.size < SHARED_TEXTS) texts.set(text, made)
    return made
  }

  function missing(folder: FunctionFolder, name: FunctionFile): Unknown {
    if (folder.unlisted !== null) return unknown(folder.unlisted)
    const why = missingWhy(tree.origin)
    if (hasFile(anywhere, name)) {
      return unknown({ path: joinPath(folder.path, name), why, detail: 'no such file' })
    }
    const same = missingEverywhere.get(name)
    if (same !== undefined) return same
    const detail = 'no function of this tree has the file'
    const made = unknown({ path: `${DEVICES}/*/${name}`, why, detail })
    missingEverywhere.set(name, made)
    return made
  }

  function none(folder: FunctionFolder, name: FunctionFile): Observed<null> {
    return tree.origin.kind === 'live' && folder.unlisted === null ? NONE : missing(folder, name)
  }

  function text(folder: FunctionFolder, name: FunctionFile): Observed<string> {
    if (!hasFile(folder.files, name)) return missing(folder, name)
    const path = joinPath(folder.path, name)
    const found = tree.readText(path)
    return isFailure(found) ? unknown(gapOf(tree.origin, path, found)) : shared(found)
  }

  return {
    text,
    optional: (folder, name) =>
      hasFile(folder.files, name) ? text(folder, name) : none(folder, name),
    link(folder, name) {
      if (folder.unlisted !== null) return unknown(folder.unlisted)
      if (!hasFile(folder.files, name)) return NONE
      const path = joinPath(folder.path, name)
      const target = tree.readLink(path)
      return isFailure(target) ? unknown(gapOf(tree.origin, path, target)) : known(target)
    },
    missing,
    none,
    isAnywhere: (name) => hasFile(anywhere, name),
  }
}

/** Makes of a text what it stands for; a text that stands for nothing is a gap that quotes it. */
export function parsed<T>(
  text: Observed<string>,
  path: string,
  parse: (text: string) => T | undefined,
): Observed<T> {
  if (!text.known) return text
  const value = parse(text.value)
  return value === undefined ? unknown(malformedText(path, text.value)) : known(value)
}

/** `0x%04x` and its like. */
export function parseHex(text: string): number | undefined {
  return /^0x[0-9a-f]{1,8}$/i.test(text) ? Number(text) : undefined
}

/** A decimal number, not negative. */
export function parseDecimal(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined
}
