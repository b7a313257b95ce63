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
  const at = (path: string): Place => ({
    path,
    redactor: createRedactor(path, pseudonyms, redactions),
    hostNames,
  })
  const names = new Map<string, string>()

  /** A path is told once, however often it is used. */
  const redactPath = (path: string): string => {
    const known = names.get(path)
    if (known !== undefined) return known
    const renamed = renamePath(at(path))
    names.set(path, renamed)
    return renamed
  }

  const entries = new Map<string, MemoryEntry>()
  for (const [path, entry] of recording.entries) {
    const renamed = redactPath(path)
    entries.set(renamed, redactEntry(entry, at(renamed)))
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

/** A place in the recording where something is replaced. */
interface Place {
  readonly path: string
  readonly redactor: Redactor
  readonly hostNames: readonly string[]
}

function renamePath({ path, redactor, hostNames }: Place): string {
  const named = path.replace(SLOT, (_, folder: string, name: string) => {
    return folder + redactor.replace('slot-label', name)
  })
  const told = redactText(named, redactor)
  return told.startsWith('dev/') ? redactHostNames(told, redactor, hostNames) : told
}

function redactEntry(entry: MemoryEntry, place: Place): MemoryEntry {
  const { path, redactor } = place
  if (entry === null || (typeof entry === 'object' && 'failure' in entry)) return entry
  if (typeof entry === 'string') return redactFile(entry, place)
  if ('link' in entry) return { link: redactNames(entry.link, place) }
  if (!CONFIG.test(path)) return entry
  if (entry instanceof Uint8Array) return redactConfig(entry, redactor)
  return { ...entry, bytes: redactConfig(entry.bytes, redactor) }
}

/** Sysfs holds the kernel's own words, in which a host's name would be found by chance only. */
function redactNames(text: string, { path, redactor, hostNames }: Place): string {
  const told = redactText(text, redactor)
  return path.startsWith('sys/') ? told : redactHostNames(told, redactor, hostNames)
}

function redactFile(text: string, place: Place): string {
  const { path, redactor, hostNames } = place
  if (path === 'proc/cmdline')
    return redactCommandLine(redactHostNames(text, redactor, hostNames), redactor)
  if (path === 'proc/version') return redactBuilder(text, redactor)
  return PROCESS_NAME.test(path) ? redactCommand(text, redactor) : redactNames(text, place)
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
