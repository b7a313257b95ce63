/** Kind of a value that could identify the host or its users. */
export type Secret =
  | 'serial-number'
  | 'mac-address'
  | 'host-name'
  /** Name of a process. */
  | 'command'
  /** A value on the kernel command line. */
  | 'command-line'
  | 'uuid'
  | 'network-address'
  | 'slot-label'
  | 'disk-name'
  /** Name of an interface, a volume, a folder or another thing that somebody named; a word that is no word of the kernel's. */
  | 'name'
  /** Part of a release or a version that no distribution has. */
  | 'release'
  /** Who built the kernel, and where. */
  | 'builder'

/** One replacement. */
export interface Redaction {
  /** File it stood in, or the path whose name it was part of. */
  readonly path: string
  readonly what: Secret
  readonly before: string
  readonly after: string
}

/**
 * Gives every value of a kind a pseudonym of hexadecimal digits: the same value the same one, and nobody without the key can
 * find the value by trying.
 */
export type Pseudonyms = (what: Secret, value: string) => string

/** Replaces values in one place, and notes each replacement. */
export interface Redactor {
  /** Pseudonym of a value; one that is a pseudonym already stays. */
  readonly replace: (what: Secret, before: string, spelling?: Spelling) => string
}

/** A value that can be written in several ways, and has one pseudonym in all of them. */
export interface Spelling {
  /** The value as it is given its pseudonym. */
  readonly key: string
  /** How the pseudonym is written here. */
  readonly write: (pseudonym: string) => string
}

/** How a pseudonym of each kind looks: of the form of the value where something parses it, and known again by its mark. */
const FORMS: Readonly<Record<Secret, (digits: string) => string>> = {
  'serial-number': (digits) => `redacted-serial-${digits.slice(0, 8)}`,
  // Locally administered, and "rd" in ASCII.
  'mac-address': (digits) =>
    `02:72:64:${digits.slice(0, 2)}:${digits.slice(2, 4)}:${digits.slice(4, 6)}`,
  'host-name': (digits) => `redacted-host-${digits.slice(0, 8)}`,
  command: (digits) => `redacted-${digits.slice(0, 6)}`,
  'command-line': (digits) => `redacted-${digits.slice(0, 8)}`,
  uuid: (digits) => `00000000-7264-4000-8000-${digits.slice(0, 12)}`,
  'network-address': (digits) => `redacted-address-${digits.slice(0, 8)}`,
  'slot-label': (digits) => `redacted-slot-${digits.slice(0, 8)}`,
  'disk-name': (digits) => `redacted-disk-${digits.slice(0, 8)}`,
  name: (digits) => `redacted-name-${digits.slice(0, 8)}`,
  release: (digits) => `redacted-${digits.slice(0, 8)}`,
  builder: (digits) => `redacted-builder-${digits.slice(0, 8)}`,
}

const PSEUDONYM =
  /^(?:redacted-(?:(?:serial|host|address|slot|disk|name|builder)-)?[0-9a-f]{6,8}|02:72:64(?::[0-9a-f]{2}){3}|00000000-7264-4000-8000-[0-9a-f]{12})$/

/** Whether a value was replaced before: redacting twice changes nothing. */
export function isPseudonym(value: string): boolean {
  return PSEUDONYM.test(value)
}

/** Replacements in one place, noted into `redactions`. */
export function createRedactor(
  path: string,
  pseudonyms: Pseudonyms,
  redactions: Redaction[],
): Redactor {
  return {
    replace(what, before, { key, write } = { key: before, write: (text) => text }) {
      if (isPseudonym(key)) return before
      const after = write(FORMS[what](pseudonyms(what, key)))
      if (after !== before) redactions.push({ path, what, before, after })
      return after
    },
  }
}
