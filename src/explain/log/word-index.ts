import { append } from '../../text/lists.js'
import type { Template } from '../catalogue/template.js'

/** Finds in one pass over a line which of many templates can match it. */
export interface WordIndex {
  /** Places of the templates, in their order. */
  readonly candidates: (text: string) => readonly number[]
}

/** Words of logs that say little: they choose a template only where it has nothing better. */
const EVERYWHERE: ReadonlySet<string> = new Set([
  ...[
    'a',
    'an',
    'and',
    'the',
    'to',
    'of',
    'in',
    'on',
    'for',
    'is',
    'was',
    'with',
    'by',
    'it',
    'at',
  ],
  ...['from', 'not', 'no', 'as', 'be', 'are', 'this', 'has', 'have', 'been', 'can', 'could', 'or'],
  ...['error', 'errors', 'failed', 'fail', 'failure', 'warning', 'kernel', 'pci', 'pcie', 'dev'],
  ...[
    'device',
    'devices',
    'driver',
    'bus',
    'reset',
    'gpu',
    'file',
    'memory',
    'group',
    'set',
    'get',
  ],
  ...['open', 'read', 'write', 'bar', 'link', 'up', 'down', 'host', 'vm', 'domain', 'address'],
  ...['request', 'new', 'state', 'power', 'interrupt', 'enabled', 'disabled', 'unable', 'cannot'],
  ...[
    'systemd',
    'user',
    'waiting',
    '1',
    'v3',
    'rev',
    'out',
    'use',
    'info',
    'start',
    'slot',
    'port',
    'status',
    'type',
    'id',
    'irq',
    'mem',
    'lspci',
    'vfio',
  ],
])

const NONE: readonly number[] = []

/** Every template is found by the rarest of its words, so that a line costs one look-up for each of its words. */
export function wordIndex(templates: readonly Template[]): WordIndex {
  const uses = new Map<string, number>()
  for (const { words } of templates) {
    for (const word of new Set(words)) uses.set(word, (uses.get(word) ?? 0) + 1)
  }
  const byHash = new Map<number, number[]>()
  for (const [place, { words }] of templates.entries()) {
    const hash = hashOf(rarest(words, uses))
    append(byHash, hash, place)
  }
  return {
    candidates(text) {
      let found: Set<number> | null = null
      eachWord(text, (hash) => {
        const places = byHash.get(hash)
        if (places === undefined) return
        found ??= new Set()
        for (const place of places) found.add(place)
      })
      return found === null ? NONE : [...(found as Set<number>)].sort((a, b) => a - b)
    },
  }
}

function rarest(words: readonly string[], uses: ReadonlyMap<string, number>): string {
  const cost = (word: string): number =>
    (uses.get(word) ?? 0) + (EVERYWHERE.has(word) ? 1_000 : 0) - Math.min(word.length, 20) / 100
  const [first, ...rest] = words
  if (first === undefined) throw new Error('a text without a word of its own cannot be found')
  return rest.reduce((best, word) => (cost(word) < cost(best) ? word : best), first)
}

const SEED = 0x811c9dc5
const BACKSLASH = 0x5c

/** What each character is in a word, in lower case; 0: it is in none. */
const IN_WORD = Uint8Array.from({ length: 128 }, (_, code) => {
  const sign = String.fromCharCode(code).toLowerCase()
  return /[a-z0-9_]/.test(sign) ? sign.charCodeAt(0) : 0
})

/** The words of a text as hashes. A written-out `\n` or `\u001b` parts words, and is none. */
function eachWord(text: string, take: (hash: number) => void): void {
  let hash = SEED
  let isIn = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    const sign = code < 128 ? (IN_WORD[code] ?? 0) : 0
    if (sign !== 0) {
      hash = Math.imul(hash ^ sign, 16_777_619)
      isIn = true
      continue
    }
    if (isIn) {
      take(hash)
      hash = SEED
      isIn = false
    }
    if (code === BACKSLASH) at++
  }
  if (isIn) take(hash)
}

function hashOf(word: string): number {
  let result = SEED
  eachWord(word, (hash) => {
    result = hash
  })
  return result
}
