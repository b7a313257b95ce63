import { createHmac, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import type { Pseudonyms } from '../capture/redact/redaction.js'
import { type HostTree, isFailure } from '../host/tree/tree.js'

/** Identity of an installation (machine-id(5)): confidential, and only to be used through a keyed hash. */
const MACHINE_ID = '/etc/machine-id'

/** Where a tree states the host's name. */
const NAME_FILES = ['proc/sys/kernel/hostname', 'etc/hostname']

/**
 * Pseudonyms for a capture of a host. Those of one live host are the same in all its captures, so that they can be compared, and
 * mean nothing to who does not know its machine-id; of a copy they are made up anew each time.
 */
export function pseudonymsFor(tree: HostTree): Pseudonyms {
  const salt = (tree.source.kind === 'live' ? machineId() : undefined) ?? randomBytes(32)
  return saltedPseudonyms(salt)
}

export function saltedPseudonyms(salt: string | Uint8Array): Pseudonyms {
  return (what, value) =>
    createHmac('sha256', salt).update(`vfio-reset capture\0${what}\0${value}`).digest('hex')
}

/** Names that the host goes by: whole, and its first label. */
export function hostNamesOf(tree: HostTree): readonly string[] {
  const told = NAME_FILES.map((file) => tree.readText(file))
  const names = told.flatMap((text) => (isFailure(text) ? [] : [text.trim()]))
  if (tree.source.kind === 'live') names.push(hostname())
  const labels = names.map((name) => name.split('.', 1).join(''))
  return [...new Set([...names, ...labels])]
    .filter((name) => /^[A-Za-z0-9.-]{1,253}$/.test(name))
    .sort((a, b) => b.length - a.length)
}

function machineId(): string | undefined {
  try {
    const text = readFileSync(MACHINE_ID, 'utf8').trim()
    return /^[0-9a-f]{32}$/.test(text) ? text : undefined
  } catch {
    return undefined
  }
}
