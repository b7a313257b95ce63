import type { Listing, Recording } from '../../host/archive/recording-tree.js'
import type { MemoryEntry } from '../../host/tree/memory-tree.js'
import type { ReadFailure } from '../../host/tree/tree.js'
import { redactCommandLine } from './redact-command-line.js'
import { redactConfig } from './redact-config.js'
import { redactHostNames, redactText } from './redact-text.js'
import { createRedactor, type Pseudonyms, type Redaction, type Redactor } from './redaction.js'

export interface RedactedRecording {
  readonly recording: Recording
  /** In the order of paths. */
  readonly redactions: readonly Redaction[]
}

export interface RedactionOptions {
  readonly pseudonyms: Pseudonyms
  /** Names that the host goes by. */
  readonly hostNames: readonly string[]
}

/** Where names are labels that somebody gave: slots. */
const SLOT = /^(sys\/bus\/pci\/slots\/)([^/]+)/

const CONFIG = /^sys\/devices\/.*\/config$/
const PROCESS_NAME = /^proc\/\d+\/comm$/

/** Programs that hold VFIO files on many hosts: their names tell nothing about one of them. */
const KNOWN_PROGRAMS =
  /^(?:qemu|kvm|libvirtd|virtqemud|cloud-hyp|crosvm|firecracker|dpdk|spdk|vfio-reset|vfio-pci|containerd|nvidia|testpmd)/

/**
 * A recording in which what identifies host, owner or parts is replaced by pseudonyms: in names and in contents alike, so that
 * everything still fits together and no verdict changes.
 */
export function redactRecording(
  recording: Recording,
  options: RedactionOptions,
): RedactedRecording {
  const { pseudonyms, hostNames } = options
  const redactions: Redaction[] = []
  const at = (path: string) => createRedactor(path, pseudonyms, redactions)
  const names = new Map<string, string>()

  /** A path is told once, however often it is used. */
  const redactPath = (path: string): string => {
    const known = names.get(path)
    if (known !== undefined) return known
    const renamed = renamePath(path, at(path), hostNames)
    names.set(path, renamed)
    return renamed
  }

  const entries = new Map<string, MemoryEntry>()
  for (const [path, entry] of recording.entries) {
    const renamed = redactPath(path)
    entries.set(renamed, redactEntry(renamed, entry, at(renamed), hostNames))
  }
  const listings = new Map<string, Listing>()
  for (const [path, { folder, names: listed }] of recording.listings) {
    const places = listed.map((name) => nameIn(folder, redactPath(`${folder}/${name}`)))
    listings.set(redactPath(path), { folder: redactPath(folder), names: places })
  }
  const failures = new Map<string, ReadFailure>()
  for (const [path, failed] of recording.failures) failures.set(redactPath(path), failed)
  return {
    recording: { origin: recording.origin, entries, listings, failures },
    redactions: distinct(redactions),
  }
}

function nameIn(folder: string, path: string): string {
  return folder === '' ? path : path.slice(path.lastIndexOf('/') + 1)
}

function renamePath(path: string, redactor: Redactor, hostNames: readonly string[]): string {
  const named = path.replace(SLOT, (_, folder: string, name: string) => {
    return folder + redactor.replace('slot-label', name)
  })
  const told = redactText(named, redactor)
  return told.startsWith('dev/') ? redactHostNames(told, redactor, hostNames) : told
}

function redactEntry(
  path: string,
  entry: MemoryEntry,
  redactor: Redactor,
  hostNames: readonly string[],
): MemoryEntry {
  if (entry === null || (typeof entry === 'object' && 'failure' in entry)) return entry
  if (typeof entry === 'string') return redactFile(path, entry, redactor, hostNames)
  if ('link' in entry)
    return { link: redactHostNamesIn(path, redactText(entry.link, redactor), redactor, hostNames) }
  if (!CONFIG.test(path)) return entry
  if (entry instanceof Uint8Array) return redactConfig(entry, redactor)
  return { ...entry, bytes: redactConfig(entry.bytes, redactor) }
}

/** Sysfs holds the kernel's own words, in which a host's name would be found by chance only. */
function redactHostNamesIn(
  path: string,
  text: string,
  redactor: Redactor,
  hostNames: readonly string[],
): string {
  return path.startsWith('sys/') ? text : redactHostNames(text, redactor, hostNames)
}

function redactFile(
  path: string,
  text: string,
  redactor: Redactor,
  hostNames: readonly string[],
): string {
  if (path === 'proc/cmdline')
    return redactCommandLine(redactHostNames(text, redactor, hostNames), redactor)
  if (path === 'proc/version') return redactBuilder(text, redactor)
  if (PROCESS_NAME.test(path)) return redactCommand(text, redactor)
  return redactHostNamesIn(path, redactText(text, redactor), redactor, hostNames)
}

/** `Linux version X (user@host) (compiler) …`: of a kernel that somebody built at home the host is theirs. */
function redactBuilder(text: string, redactor: Redactor): string {
  return text.replace(/\(([^()\s@]+@[^()\s@]+)\)/, (_, builder: string) => {
    return `(${redactor.replace('builder', builder)})`
  })
}

function redactCommand(text: string, redactor: Redactor): string {
  const name = text.trimEnd()
  return name === '' || KNOWN_PROGRAMS.test(name) ? text : `${redactor.replace('command', name)}\n`
}

/** Paths are renamed wherever they occur; each replacement is told once. */
function distinct(redactions: readonly Redaction[]): readonly Redaction[] {
  const unique = new Map(
    redactions.map((each) => [`${each.path}\0${each.what}\0${each.before}`, each]),
  )
  return [...unique.values()].sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)))
}
