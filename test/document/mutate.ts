import fc from 'fast-check'

/** A place in a document and what is done there, as numbers; both are taken modulo what there is. */
export interface Mutation {
  /** Which child to go to at each level; the way ends where it is exhausted, or at a leaf. */
  readonly way: readonly number[]
  readonly change: number
}

export function mutations(): fc.Arbitrary<Mutation> {
  return fc.record({
    way: fc.array(fc.nat(), { minLength: 1, maxLength: 8 }),
    change: fc.nat(),
  })
}

/** A copy of a document that differs in one place, and what was done to it. Nothing but the way there is copied. */
export function mutant(
  document: object,
  { way, change }: Mutation,
): { readonly spoilt: object; readonly what: string } {
  const [first = 0, ...rest] = way
  const keys = Object.keys(document)
  const key = keys[first % keys.length] ?? ''
  const value: unknown = Reflect.get(document, key)
  if (rest.length > 0 && isParent(value)) {
    const { spoilt, what } = mutant(value, { way: rest, change })
    return { spoilt: withValue(document, key, spoilt), what: `${key}.${what}` }
  }
  const changes = changesOf(value)
  const chosen = change % (changes.length + 1)
  if (chosen === changes.length) return { spoilt: without(document, key), what: `${key} left out` }
  const changed = changes[chosen]
  const what = `${key} was ${text(value)}, is ${text(changed)}`
  return { spoilt: withValue(document, key, changed), what }
}

function isParent(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0
}

function withValue(parent: object, key: string, value: unknown): object {
  if (!Array.isArray(parent)) return { ...parent, [key]: value }
  return parent.map((each, index) => (String(index) === key ? value : each))
}

function without(parent: object, key: string): object {
  if (Array.isArray(parent)) return parent.filter((_, index) => String(index) !== key)
  return Object.fromEntries(Object.entries(parent).filter(([name]) => name !== key))
}

const ANYTHING: readonly unknown[] = [
  null,
  {},
  [],
  [null],
  7,
  -1,
  0.5,
  'NONE OF THESE',
  '',
  true,
  { unknown: 'denied' },
  { unknown: 'perhaps' },
]

/** What could stand there instead: another type, or a value of the same type that fits no pattern, range or list. */
function changesOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return [...ANYTHING, [...value, ...value], [...value, null]]
  if (typeof value === 'string') return [...ANYTHING, value.toUpperCase(), `${value} `, [value]]
  if (typeof value === 'number') return [...ANYTHING, -value - 2, value + 0.5, String(value)]
  return ANYTHING
}

function text(value: unknown): string {
  return JSON.stringify(value).slice(0, 60)
}
