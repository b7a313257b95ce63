/** One step of a pattern: what it can take, and how often. */
interface Step {
  /** Characters of ASCII that it can begin with, by code; those behind are `STRANGERS`. Empty: it takes none (an assertion). */
  readonly takes: ReadonlySet<number>
  /** It can be left out. */
  readonly isOptional: boolean
  /** It can go on for as long as the text does. */
  readonly isOpen: boolean
  /** Assertions that hold only where a run of characters begins: of any, or of those that make up words. */
  readonly starts: 'any' | 'words' | null
}

/** Characters that stand for all beyond ASCII. */
const STRANGERS = ['\u00e9', '\u00a0', '\u2028', '\u{1f600}', '\u009b']

/** Longest bounded repeat that counts as bounded. */
const BOUND = 4096
const OTHERS = 128
const ALL: readonly number[] = Array.from({ length: OTHERS + STRANGERS.length }, (_, code) => code)
const EVERYTHING: ReadonlySet<number> = new Set(ALL)
const NOTHING: ReadonlySet<number> = new Set()
const WORD: ReadonlySet<number> = new Set(
  ALL.filter((code) => code < OTHERS && /\w/.test(String.fromCharCode(code))),
)

/** What a pattern without an anchor begins with: any text is passed over. */
const START: Step = { takes: EVERYTHING, isOptional: true, isOpen: true, starts: null }

/**
 * What in a pattern takes more than linear time on some text; null: nothing. Two open repeats that can both take what lies between
 * them divide a run of it in as many ways as it is long, and a pattern without an anchor tries each place of a run that it begins
 * with. Only what can fail afterwards is tried again.
 */
export function superlinear(source: string, flags: string): string | null {
  const paths = createPatternReader(source, flags).read()
  for (const path of paths) {
    const isAnchored = path[0]?.starts === 'any'
    const found = pairIn(isAnchored ? path : [START, ...path])
    if (found !== null) return found
  }
  return null
}

function pairIn(path: readonly Step[]): string | null {
  for (const [at, first] of path.entries()) {
    if (!first.isOpen) continue
    for (let next = at + 1; next < path.length; next += 1) {
      const second = path[next]
      if (second === undefined) break
      const between = path.slice(at + 1, next).filter(({ isOptional }) => !isOptional)
      if (second.isOpen && isAmbiguous(first, between, second)) {
        const canFail = path.slice(next + 1).some(({ isOptional }) => !isOptional)
        if (canFail) return `step ${next} after step ${at}`
      }
    }
  }
  return null
}

function isAmbiguous(first: Step, between: readonly Step[], second: Step): boolean {
  const isOfWords = [...second.takes].every((code) => WORD.has(code))
  const isFromStart = first === START
  if (isFromStart && between.some(({ starts }) => starts === 'any')) return false
  if (isFromStart && isOfWords && between.some(({ starts }) => starts === 'words')) return false
  const both = common(first.takes, second.takes)
  return (
    both.size > 0 && between.every(({ takes }) => takes.size === 0 || common(takes, both).size > 0)
  )
}

function common(one: ReadonlySet<number>, other: ReadonlySet<number>): ReadonlySet<number> {
  return new Set([...one].filter((code) => other.has(code)))
}

/** Reads the syntax that the sources use; throws for anything else. */
function createPatternReader(source: string, flags: string) {
  let at = 0
  const isBlind = flags.includes('i')

  function read(): Step[][] {
    const paths = alternatives()
    if (at < source.length) throw new Error(`unread: ${source.slice(at)}`)
    return paths
  }

  function alternatives(): Step[][] {
    const all: Step[][] = []
    do all.push(...sequence())
    while (take('|'))
    return all
  }

  function sequence(): Step[][] {
    let paths: Step[][] = [[]]
    while (at < source.length && source[at] !== '|' && source[at] !== ')') {
      const [atom, quantity] = [atomPaths(), quantifier()]
      const repeated = repeat(atom, quantity)
      paths = paths.flatMap((path) => repeated.map((more) => [...path, ...more]))
      if (paths.length > 5000) throw new Error('too many paths')
    }
    return paths
  }

  function repeat(atom: Step[][], [least, most]: readonly [number, number]): Step[][] {
    const isOpen = most > BOUND
    if (!isOpen && least > 0) return atom
    const isPlain = atom.every((path) => path.every((step) => !step.isOpen))
    if (!isOpen) return isPlain ? atom.map((path) => path.map(optional)) : [...atom, []]
    // A loop over something longer is looked at as two turns of it.
    const single = atom.every((path) => path.length === 1 && path[0]?.isOpen === false)
    if (single) {
      const takes = new Set(atom.flatMap(([step]) => [...(step?.takes ?? [])]))
      return [[{ takes, isOptional: least === 0, isOpen: true, starts: null }]]
    }
    const twice = atom.flatMap((one) => atom.map((other) => [...one, ...other]))
    return least === 0 ? [...twice, []] : twice
  }

  function atomPaths(): Step[][] {
    if (take('(?:')) return closed(alternatives())
    if (take('(?<=') || take('(?=')) return asserted(closed(alternatives()))
    if (take('(?<!')) return [[{ ...assertion(), starts: 'any' }, ...drop(closed(alternatives()))]]
    if (take('(?!')) return asserted(closed(alternatives()))
    const named = /^\(\?<\w+>/.exec(source.slice(at))?.[0]
    if (named !== undefined && take(named)) return closed(alternatives())
    if (take('(')) return closed(alternatives())
    if (take('^')) return [[{ ...assertion(), starts: 'any' }]]
    if (take('$')) return [[assertion()]]
    if (take('\\b')) return [[{ ...assertion(), starts: 'words' }]]
    return [[{ takes: characters(), isOptional: false, isOpen: false, starts: null }]]
  }

  function closed(paths: Step[][]): Step[][] {
    if (!take(')')) throw new Error(`no end: ${source.slice(at)}`)
    return paths
  }

  function asserted(_: Step[][]): Step[][] {
    return [[assertion()]]
  }

  function drop(_: Step[][]): Step[] {
    return []
  }

  function assertion(): Step {
    return { takes: NOTHING, isOptional: false, isOpen: false, starts: null }
  }

  function optional(step: Step): Step {
    return { ...step, isOptional: true }
  }

  function quantifier(): readonly [number, number] {
    const found = quantity()
    take('?')
    return found
  }

  function quantity(): readonly [number, number] {
    if (take('*')) return [0, Number.POSITIVE_INFINITY]
    if (take('+')) return [1, Number.POSITIVE_INFINITY]
    if (take('?')) return [0, 1]
    const bounds = /^\{(\d+)(,?)(\d*)\}/.exec(source.slice(at))
    if (bounds === null) return [1, 1]
    const [whole, least = '1', comma, most] = bounds
    at += whole.length
    if (comma === '') return [Number(least), Number(least)]
    return [Number(least), most === '' ? Number.POSITIVE_INFINITY : Number(most)]
  }

  /** By asking the engine itself which characters one element takes. */
  function characters(): ReadonlySet<number> {
    const text = element()
    // What was captured before can be anything.
    if (/^\\[1-9k]/.test(text)) return EVERYTHING
    const one = new RegExp(`^${text}$`, `u${isBlind ? 'i' : ''}${flags.includes('s') ? 's' : ''}`)
    const isTaken = (code: number) =>
      one.test(STRANGERS[code - OTHERS] ?? String.fromCharCode(code))
    return new Set(ALL.filter(isTaken))
  }

  function element(): string {
    const start = at
    if (source[at] === '[') {
      at += 1
      while (source[at] !== ']') at += source[at] === '\\' ? 2 : 1
      at += 1
      return unicodeClass(source.slice(start, at))
    }
    if (source[at] === '\\') {
      const escaped = /^\\(?:u\{[0-9a-f]+\}|u[0-9a-f]{4}|x[0-9a-f]{2}|p\{[^}]+\}|k<\w+>|.)/i.exec(
        source.slice(at),
      )
      at += escaped?.[0].length ?? 2
      return unicodeEscape(source.slice(start, at))
    }
    at += 1
    const letter = source.slice(start, at)
    return /[\]{}/]/.test(letter) ? `\\${letter}` : letter
  }

  function take(text: string): boolean {
    if (!source.startsWith(text, at)) return false
    at += text.length
    return true
  }

  return { read }
}

/** Escapes that the flag `u` does not know lose their backslash. */
function unicodeEscape(text: string): string {
  return /^\\[^\w^$\\.*+?()[\]{}|/-]$/.test(text) ? text.slice(1) : text === '\\-' ? '-' : text
}

function unicodeClass(text: string): string {
  return text.replace(/\\(.)/gs, (whole, letter: string) => {
    if (letter === '-') return '\\x2d'
    return /[\w^$\\.*+?()[\]{}|/]/.test(letter) ? whole : letter
  })
}
