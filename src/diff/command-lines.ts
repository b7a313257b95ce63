import type { RawHost } from '../host/raw-host.js'

/**
 * Parameters that change which functions share a group, or whether there are groups at all
 * (`docs/reference/groups.md#what-sets-the-bits`).
 */
const ISOLATION =
  /^(?:intel_iommu|amd_iommu|iommu|iommu\..*|intremap|pci|pcie_acs_override|arm-smmu.*)=|^(?:nointremap|iommu=|noiommu)/

export interface CommandLineDifference {
  /** Words that only one side has; null: the command line of a side was not read. */
  readonly words: Sides | null
  /** Those of them that matter to isolation. */
  readonly isolation: Sides
}

interface Sides {
  readonly before: readonly string[]
  readonly after: readonly string[]
}

const NOTHING: Sides = { before: [], after: [] }

/** Words of two command lines that differ. Their order is not compared: where it matters, a word stands twice. */
export function diffCommandLines(before: RawHost, after: RawHost): CommandLineDifference {
  const [was, is] = [before.system.commandLine, after.system.commandLine]
  if (!was.known || !is.known) return { words: null, isolation: NOTHING }
  const both = `${was.value} ${is.value}`
  const hidden = new Set(redactedKeys(both))
  const hidesWords = REDACTED_WORD.test(both)
  const isTold = (word: string) => !hidden.has(keyOf(word)) && (!hidesWords || ISOLATION.test(word))
  const words = {
    before: missing(was.value, is.value).filter(isTold),
    after: missing(is.value, was.value).filter(isTold),
  }
  const isolation = {
    before: words.before.filter((word) => ISOLATION.test(word)),
    after: words.after.filter((word) => ISOLATION.test(word)),
  }
  return { words, isolation }
}

/**
 * Words of `text` that `other` lacks. The name of the kernel's file changes with its release, which is told by itself.
 */
function missing(text: string, other: string): readonly string[] {
  const there = new Set(other.split(/\s+/))
  return text
    .split(/\s+/)
    .filter((word) => word !== '' && !word.startsWith('BOOT_IMAGE=') && !there.has(word))
}

/** A word that a capture keeps to itself, with its name: nobody knows which of the other side's it is. */
const REDACTED_WORD = /(?:^|\s)redacted-/

/** Parameters whose value a capture keeps to itself. */
function redactedKeys(text: string): readonly string[] {
  return text
    .split(/\s+/)
    .filter((word) => word.includes('=redacted-'))
    .map(keyOf)
}

function keyOf(word: string): string {
  return word.split('=', 1).join('')
}
