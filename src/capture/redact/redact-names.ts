import { unmangle } from '../../host/needs/mounts.js'
import { joinPath, parentOf } from '../../host/tree/tree-path.js'
import { isModuleName, isPlainName } from './plain-names.js'
import { isPseudonym, type Redactor, type Secret } from './redaction.js'

const MAC = /^(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}$/i
/** udev names an interface after its MAC where nothing better is known. */
const MAC_NAME = /^((?:lower_|upper_)?(?:en|wl|ww)x)([0-9a-f]{12})$/i
const BARE_MAC = /^[0-9a-f]{12}$/i
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i
/** Eight bytes, as lspci prints a Device Serial Number. */
const SERIAL = /^(?:[0-9a-f]{2}[-:]){7}[0-9a-f]{2}$/i
const IPV4 = /^(?:\d{1,3}\.){3}\d{1,3}$/
const IPV6 = /^(?=.*:.*:)[0-9a-f:]{2,39}(?:%\w+)?$/i
const ADDRESS =
  /\b(?:\d{1,3}\.){3}\d{1,3}\b|\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b|\b[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){4,7}\b/i

/** Whether a MAC or an address of the network stands in a text, which may look like numbers otherwise. */
export function holdsAddress(text: string): boolean {
  return ADDRESS.test(text)
}

const INTERFACES_BESIDE = /^(lower_|upper_)(.+)$/

/**
 * One name or word, replaced unless it is plain. `isPlain` knows more words than the kernel's own. The same value has one
 * pseudonym, wherever and however it is written.
 */
export function redactName(
  name: string,
  redactor: Redactor,
  isPlain: (name: string) => boolean = isPlainName,
): string {
  if (name === '' || isPseudonym(name) || isPlain(name)) return name
  const [, prefix, mac] = MAC_NAME.exec(name) ?? []
  if (prefix !== undefined && mac !== undefined) {
    const write = (pseudonym: string) => prefix + pseudonym.replaceAll(':', '')
    return redactor.replace('mac-address', name, { key: withColons(mac), write })
  }
  const [, beside, other] = INTERFACES_BESIDE.exec(name) ?? []
  if (beside !== undefined && other !== undefined) {
    return beside + redactName(other, redactor, isPlain)
  }
  if (MAC.test(name)) return redactMac(name, redactor, name.replaceAll('-', ':').toLowerCase())
  if (BARE_MAC.test(name)) return redactMac(name, redactor, withColons(name))
  const key = unmangle(name)
  return redactor.replace(kindOf(name), name, { key, write: (pseudonym) => pseudonym })
}

/**
 * A path of which every name is replaced that is not plain; names of drivers and modules stay. `folder`: where a relative one
 * begins.
 */
export function redactPath(path: string, redactor: Redactor, folder = ''): string {
  let at = path.startsWith('/') ? '' : folder
  const names = path.split('/').map((name) => {
    const redacted = redactPart(name, at, redactor)
    if (name === '..') at = parentOf(at)
    else if (name !== '' && name !== '.') at = joinPath(at, name)
    return redacted
  })
  return names.join('/')
}

/** Below `drivers`, `sys/module`, and among those that a module is held by. */
const OF_MODULES = /(?:^|\/)(?:drivers|module|module\/[^/]+\/holders)$/
const OF_SLOTS = /(?:^|\/)pci\/slots$/
const OF_DISKS = /(?:^|\/)by-[a-z]+$/
const OF_NETWORKS = /(?:^|\/)qemu\/networks$/

/** One name in a folder. */
export function redactPart(name: string, folder: string, redactor: Redactor): string {
  if (name === '' || name === '.' || name === '..') return name
  if (OF_MODULES.test(folder) && isModuleName(name)) return name
  if (OF_SLOTS.test(folder)) return redactor.replace('slot-label', name)
  if (OF_DISKS.test(folder)) return redactor.replace('disk-name', name)
  if (OF_NETWORKS.test(folder) && name.endsWith('.xml')) {
    return `${redactName(name.slice(0, -'.xml'.length), redactor)}.xml`
  }
  return redactName(name, redactor)
}

/** Between them stand the names of a list, of an option and its value, of a quoted text. */
const SEPARATORS = /([\s=,;()[\]"'<>]+)/

/** The text of an attribute or a list: every word, and every name in a path, is replaced that is not plain. */
export function redactWords(text: string, redactor: Redactor): string {
  return text
    .split(SEPARATORS)
    .map((word, at) => (at % 2 === 1 ? word : redactWord(word, redactor)))
    .join('')
}

function redactWord(word: string, redactor: Redactor): string {
  const [, bare = word, end = ''] = /^(.*[^:])(:)$/.exec(word) ?? []
  if (!bare.includes('/')) return redactName(bare, redactor) + end
  // Several paths in one word: sources of a file system, layers of an overlay.
  const paths = bare.split(/:(?=\/)/).map((path) => redactPath(path, redactor))
  return paths.join(':') + end
}

function redactMac(name: string, redactor: Redactor, key: string): string {
  return redactor.replace('mac-address', name, { key, write: (pseudonym) => pseudonym })
}

function kindOf(name: string): Secret {
  if (UUID.test(name)) return 'uuid'
  if (SERIAL.test(name)) return 'serial-number'
  return IPV4.test(name) || IPV6.test(name) ? 'network-address' : 'name'
}

/** The same MAC has one pseudonym however it is written. */
function withColons(digits: string): string {
  return (digits.toLowerCase().match(/../g) ?? []).join(':')
}
