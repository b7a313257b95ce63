import { type Printable, printableJson } from '../../text/printable.js'

/**
 * A JSON document in pieces, so that the report of a large host never stands in memory as one string. Laid out for line
 * tools: one line a field, and one line an element where the field is an array. Any iterable field is written as an array
 * and asked for one element at a time; a function is asked for the field when its turn comes.
 */
export function* jsonText(document: object): Generator<Printable> {
  let separator = '{\n'
  for (const [key, field] of Object.entries(document)) {
    const value = typeof field === 'function' ? field() : field
    if (value === undefined) continue
    yield printableJson(`${separator}${JSON.stringify(key)}: `)
    if (isIterable(value)) yield* elements(value)
    else yield printableJson(JSON.stringify(value))
    separator = ',\n'
  }
  yield printableJson(separator === ',\n' ? '\n}\n' : '{}\n')
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value
}

function* elements(values: Iterable<unknown>): Generator<Printable> {
  let separator = '[\n  '
  for (const value of values) {
    yield printableJson(separator)
    // A string of its own: put together with others it would be copied before it is looked at.
    yield printableJson(JSON.stringify(value))
    separator = ',\n  '
  }
  yield printableJson(separator === ',\n  ' ? '\n]' : '[]')
}

/** Commands whose `-o` names a format and no file. */
const LISTING: ReadonlySet<string> = new Set(['inspect', 'policies', 'diff'])

/**
 * Whether `--json` or, after the name of a command that lists, `-o json` stands on a command line, before the `--` that ends the flags. Needed before, and in spite of, parsing:
 * an error in the command line is told as JSON too.
 */
export function isJsonWanted(argv: readonly string[]): boolean {
  const words = flagWords(argv)
  if (words.includes('--json')) return true
  if (!LISTING.has(words[0] ?? '')) return false
  return words.some((word, place) =>
    /^(?:-o|--output)$/.test(word)
      ? words[place + 1] === 'json'
      : /^(?:-o=?|--output=)json$/.test(word),
  )
}

/** The words before the `--` that ends the flags. */
export function flagWords(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--')
  return end === -1 ? argv : argv.slice(0, end)
}
