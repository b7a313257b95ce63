/** A stream of numbers that a seed determines (mulberry32), and what can be drawn from it. */
export function createRandom(...seeds) {
  let state = 0
  for (const part of seeds.join('/'))
    state = Math.imul(state ^ part.charCodeAt(0), 0x9e3779b1) >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (count) => Math.floor(next() * count)
  const pick = (list) => list[below(list.length)]
  return {
    below,
    pick,
    chance: (share) => next() < share,
    some: (list, most) => Array.from({ length: 1 + below(most) }, () => pick(list)),
    bytes: (count) => Buffer.from(Array.from({ length: count }, () => below(256))),
  }
}

/** What names and values of strangers can hold: what acts on terminals, pages, shells, drawings and parsers. */
export const STRANGE = [
  '\u001b]0;PWNED\u0007',
  '\u001b[2J\u001b[31m',
  '\u009b31m',
  '\u202eevil\u202c',
  'a\nb\rc\td',
  '\u200b\ufeff\u2028',
  '<img src=x onerror=alert(1)>',
  '</script><script>alert(1)</script>',
  '<!--',
  '@zqping #1 !2 [x](javascript:alert(1))',
  '"];x[label="',
  '"]:::x; click A call alert()',
  ['$(touch zq) `id` $', '{x} $', '{ $'].join(''),
  "'; touch zq; '",
  '|| | & ; > <',
  '../../../../../../etc/passwd',
  '/',
  '.',
  '..',
  '',
  ' ',
  '%s%n%d',
  '__proto__',
  'constructor',
  'toString',
  '--json',
  '-',
  '\\',
  '\u{1f600}\u{10ffff}',
  'A'.repeat(5000),
  ' '.repeat(3000),
  '"'.repeat(500),
  '('.repeat(2000),
  '9'.repeat(400),
  '0x',
  '-1',
  '18446744073709551616',
  'null',
  'NaN',
]

/** The text, changed in one to a few places. */
export function mutateText(random, text) {
  let changed = text
  for (let round = 1 + random.below(4); round > 0; round--) {
    const at = random.below(changed.length + 1)
    const to = Math.min(changed.length, at + random.below(40))
    const way = random.below(6)
    if (way === 0) changed = changed.slice(0, at) + random.pick(STRANGE) + changed.slice(at)
    else if (way === 1) changed = changed.slice(0, at) + changed.slice(to)
    else if (way === 2) changed = changed.slice(0, to) + changed.slice(at)
    else if (way === 3) changed = changed.slice(0, at)
    else if (way === 4) changed = replaceWord(random, changed)
    else changed = repeatPart(random, changed, at, to)
  }
  return changed
}

function replaceWord(random, text) {
  const words = [...text.matchAll(/[\w.:-]+/g)]
  const word = random.pick(words)
  if (word === undefined) return text
  return text.slice(0, word.index) + random.pick(STRANGE) + text.slice(word.index + word[0].length)
}

function repeatPart(random, text, at, to) {
  const part = text.slice(at, to)
  return text.slice(0, at) + part.repeat(1 + random.below(300)) + text.slice(at)
}

/** The bytes, changed in one to a few places. */
export function mutateBytes(random, bytes) {
  const changed = Buffer.from(bytes)
  for (let round = 1 + random.below(8); round > 0 && changed.length > 0; round--) {
    random.bytes(1 + random.below(8)).copy(changed, random.below(changed.length))
  }
  return random.chance(0.1) ? changed.subarray(0, random.below(changed.length + 1)) : changed
}
