import type { NamedFunction } from '../../document/names.js'
import type { DeviceName } from '../../document/values.js'
import type { PciAddress } from '../../host/pci-address.js'
import { PCI_BASE_CLASS_BRIDGE } from '../../pci/registers.js'
import { nearest } from './nearest.js'

/** The names of a host's functions, which are looked up once a DEVICE argument is one. */
export type NamesOf = () => ReadonlyMap<PciAddress, DeviceName>

/** Shorter beginnings of a word say too little: `in` begins Intel, and much else. */
const SHORTEST_BEGINNING = 3

/**
 * The functions in whose name (vendor, device and class in pci.ids) every word of `text` stands, in whatever order:
 * `3090`, `nvidia audio`. Where no function has the words themselves, those that have words which begin so: `x550`
 * is of an X550T. Bridges only where nothing else has them.
 */
export function functionsNamed(
  text: string,
  functions: readonly NamedFunction[],
  names: ReturnType<NamesOf>,
): readonly PciAddress[] {
  const asked = wordsOf(text)
  if (asked.length === 0) return []
  const named = functions.map((each) => ({ each, words: nameWords(names.get(each.address)) }))
  const having = (has: (words: readonly string[], word: string) => boolean) => {
    const all = named.filter(({ words }) => asked.every((word) => has(words, word)))
    const endpoints = all.filter(({ each }) => !isBridge(each))
    return (endpoints.length > 0 ? endpoints : all).map(({ each }) => each.address)
  }
  const exact = having((words, word) => words.includes(word))
  return exact.length > 0 ? exact : having(hasBeginning)
}

/** The word of the host's names that `text` was probably meant to be; undefined: none is near. */
export function nearName(text: string, names: ReturnType<NamesOf>): string | undefined {
  const words = new Set([...names.values()].flatMap(nameWords))
  return nearest(
    text.toLowerCase(),
    [...words].filter((word) => word.length >= SHORTEST_BEGINNING),
  )
}

function hasBeginning(words: readonly string[], asked: string): boolean {
  return asked.length >= SHORTEST_BEGINNING && words.some((word) => word.startsWith(asked))
}

function nameWords(name: DeviceName | undefined): readonly string[] {
  return [name?.vendor, name?.device, name?.class].flatMap((part) => wordsOf(part ?? ''))
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}

function isBridge({ classCode }: NamedFunction): boolean {
  return classCode.known && classCode.value >>> 16 === PCI_BASE_CLASS_BRIDGE
}
