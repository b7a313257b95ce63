import { type InputProblem, isInputProblem } from './vm-input.js'

/** A value of a JSON or YAML description, whose form nobody has checked. */
export type Value = unknown

/** Deeper than this no description nests. */
const MOST_DEPTH = 64

/** Values of all documents together, after aliases were followed. */
const MOST_VALUES = 100_000

/** The documents of a JSON or YAML text; one document for JSON. Only YAML needs the library, which is loaded for it. */
export async function parseDocuments(text: string): Promise<readonly Value[] | InputProblem> {
  const json = /^\s*[{[]/.test(text) ? parseJson(text) : null
  const documents = json ?? (await yamlDocuments(text))
  if (isInputProblem(documents)) return documents
  const excess = excessOf(documents)
  return excess === null ? documents : { problem: excess, line: null }
}

async function yamlDocuments(text: string): Promise<readonly Value[] | InputProblem> {
  const { parseYaml } = await import('./yaml-documents.js')
  return parseYaml(text)
}

/** null: it is no JSON. */
function parseJson(text: string): readonly Value[] | InputProblem | null {
  let document: Value
  try {
    document = JSON.parse(text)
  } catch {
    return null
  }
  const excess = excessOf([document])
  if (excess !== null) return { problem: excess, line: null }
  // Of two members of one name only the last is seen, and the other may be the one that counts.
  if (keysWritten(text) === keysIn(document)) return [document]
  return { problem: 'it has two members of one name', line: null }
}

/** Members in a JSON text: strings before a colon. */
function keysWritten(text: string): number {
  let count = 0
  for (const [, colon] of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g))
    if (colon !== undefined) count += 1
  return count
}

/** Members in a value. */
function keysIn(value: Value): number {
  if (typeof value !== 'object' || value === null) return 0
  const all = Object.values(value)
  const own = Array.isArray(value) ? 0 : all.length
  return all.reduce((sum: number, each: Value) => sum + keysIn(each), own)
}

/** null: the values are few and flat enough to be walked. */
function excessOf(documents: readonly Value[]): string | null {
  let level = documents
  let count = 0
  for (let depth = 0; level.length > 0; depth += 1) {
    count += level.length
    if (depth > MOST_DEPTH) return `it nests values more than ${MOST_DEPTH} deep`
    if (count > MOST_VALUES) return `it holds more than ${MOST_VALUES} values`
    level = level.flatMap((each) => inside(each))
  }
  return null
}

function inside(value: Value): readonly Value[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : []
}

/** What stands at a path of keys; undefined: nothing. */
export function at(value: Value, ...path: readonly string[]): Value {
  let found = value
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined
    found = Object.entries(found).find(([name]) => name === key)?.[1]
  }
  return found
}

/** The items of a list; none where there is no list. */
export function listAt(value: Value, ...path: readonly string[]): readonly Value[] {
  const found = at(value, ...path)
  return Array.isArray(found) ? found : []
}

/** The entries of an object; none where there is no object. */
export function entriesAt(
  value: Value,
  ...path: readonly string[]
): readonly (readonly [string, Value])[] {
  const found = at(value, ...path)
  return typeof found === 'object' && found !== null && !Array.isArray(found)
    ? Object.entries(found)
    : []
}

/** The words at a path; numbers as they are written, null for anything else. */
export function textAt(value: Value, ...path: readonly string[]): string | null {
  const found = at(value, ...path)
  return typeof found === 'string' || typeof found === 'number' ? String(found) : null
}

/** All words in a value, keys too. */
export function wordsIn(value: Value): readonly string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  const keys = Array.isArray(value) ? [] : Object.keys(value)
  return [...keys, ...inside(value).flatMap(wordsIn)]
}
