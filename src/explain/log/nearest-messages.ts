import { CATALOGUE } from '../catalogue/catalogue.js'
import type { KnownMessage } from '../catalogue/message.js'
import { fixedWords } from '../catalogue/template.js'

/** A known text that resembles an unknown one. */
export interface NearMessage {
  readonly known: KnownMessage
  /** Share of words in common, 0 to 1 (Dice). */
  readonly likeness: number
}

/** Below this the resemblance is that of any two sentences. */
const LEAST = 0.35
const MOST = 3

/** Words that say nothing about which message it is. */
const COMMON: ReadonlySet<string> = new Set([
  ...['a', 'an', 'and', 'the', 'to', 'of', 'in', 'on', 'for', 'is', 'was', 'with', 'by', 'it'],
  ...[
    'kvm',
    'qemu',
    'error',
    'internal',
    'warning',
    'kernel',
    'vfio',
    'pci',
    'dev',
    'device',
    'devices',
  ],
])

/** The known texts most like `text`, best first; none where nothing is alike. */
export function nearestMessages(text: string): readonly NearMessage[] {
  const words = wordsOf(text)
  const seen = new Set<string>()
  return CATALOGUE.map((known) => ({
    known,
    likeness: likeness(words, wordsOf(fixedWords(known.text))),
  }))
    .filter(({ likeness }) => likeness >= LEAST)
    .sort((a, b) => b.likeness - a.likeness)
    .filter(({ known: { id } }) => !seen.has(id) && seen.add(id))
    .slice(0, MOST)
}

function wordsOf(text: string): ReadonlySet<string> {
  const words = text.toLowerCase().match(/[a-z][a-z_]+/g) ?? []
  return new Set(words.filter((word) => !COMMON.has(word)))
}

function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 || b.size === 0) return 0
  let common = 0
  for (const word of a) if (b.has(word)) common++
  return (2 * common) / (a.size + b.size)
}
