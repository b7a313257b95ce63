/** What a shell has to know of a command to complete its words. */
export interface CommandSpec {
  readonly name: string
  readonly summary: string
  readonly flags: readonly FlagSpec[]
  /** What its words without a dash are. */
  readonly words: WordSpec
}

export interface FlagSpec {
  /** Without the dashes. */
  readonly name: string
  /** The one letter that stands for it. */
  readonly char: string | null
  readonly summary: string
  /** What follows it; null: nothing, it is a switch. */
  readonly value: WordSpec | null
}

/** What can stand in a place: one of a few words, a file, a folder, a PCI function of this host, or anything. */
export type WordSpec =
  | { readonly kind: 'one-of'; readonly words: readonly string[] }
  | { readonly kind: 'file' | 'folder' | 'function' | 'text' }

/** A flag as it is typed: `--kernel`, and `-k` where it has a letter. */
export function dashedNames({ name, char }: FlagSpec): readonly string[] {
  return [`--${name}`, ...(char === null ? [] : [`-${char}`])]
}

/** Shells for which completions are made. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const

export type Shell = (typeof SHELLS)[number]

/**
 * Every PCI function of this host, one a line, as the shells list them without starting the tool. A name that is no address
 * never gets onto a command line, where a shell would read it.
 */
export const LIST_FUNCTIONS =
  'command ls /sys/bus/pci/devices 2>/dev/null | command grep -xE "[0-9a-f]+:[0-9a-f]+:[0-9a-f]+[.][0-7]"'

/** A word in single quotes. All shells read it alike as long as no backslash is in it, which fish takes for an escape. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
