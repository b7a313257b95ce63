import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  parseDocument,
} from 'yaml'
import type { ScenarioProblem } from './scenario.js'

/** A value of a YAML file and the line where it starts, from 1. */
export type YamlValue = YamlScalar | YamlList | YamlMap

export interface YamlScalar {
  readonly kind: 'scalar'
  readonly line: number
  readonly value: unknown
  /** As it is written, without quotes: `6.10` is not 6.1. */
  readonly source: string
}

export interface YamlList {
  readonly kind: 'list'
  readonly line: number
  readonly items: readonly YamlValue[]
}

export interface YamlMap {
  readonly kind: 'map'
  readonly line: number
  readonly entries: readonly YamlEntry[]
}

export interface YamlEntry {
  readonly key: string
  readonly line: number
  readonly value: YamlValue
}

/** Bytes that a scenario may have. */
export const SCENARIO_LIMIT = 1_048_576

/** Pieces of syntax, some 3,000 steps: the library needs seconds for a million, and minutes where all are wrong. */
const MOST_TOKENS = 100_000
const MOST_DEPTH = 16
/** Values after all aliases are followed, and how often one may be followed. */
const MOST_VALUES = 100_000
const MOST_ALIASES = 100

/**
 * Reads YAML 1.2 without trusting it: no duplicate keys, no tags, aliases followed within bounds. What comes out knows its
 * lines and the source text of its scalars, which plain objects would not.
 */
export function parseYaml(text: string): YamlValue | ScenarioProblem {
  if (Buffer.byteLength(text) > SCENARIO_LIMIT) {
    return { line: null, problem: `it is larger than ${SCENARIO_LIMIT} bytes` }
  }
  const excess = excessOf(text)
  if (excess !== null) return { line: null, problem: excess }
  const lines = new LineCounter()
  const lineAt = (offset: number): number => Math.max(1, lines.linePos(offset).line)
  const document = parseDocument(text, { ...OPTIONS, lineCounter: lines })
  const [fault] = [...document.errors, ...document.warnings]
  if (fault !== undefined) {
    return { line: lineAt(fault.pos[0]), problem: `it is not YAML: ${firstLine(fault.message)}` }
  }
  const { contents } = document
  if (contents === null) return { line: null, problem: 'it is empty' }
  const reading: Reading = { document, lineAt, values: 0, aliases: 0 }
  return convert(contents, reading, 0)
}

export function isYamlProblem(result: YamlValue | ScenarioProblem): result is ScenarioProblem {
  return 'problem' in result
}

/** Duplicate keys are looked for by `entriesOf`: the library compares each key of a map with all others. */
const OPTIONS = {
  version: '1.2',
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'error',
} as const

/** What the library should not be given: its parser recurses once for each bracket, and its lexer does not. */
function excessOf(text: string): string | null {
  let tokens = 0
  let depth = 0
  for (const token of new Lexer().lex(text)) {
    tokens += 1
    if (token === '[' || token === '{') depth += 1
    else if (token === ']' || token === '}') depth -= 1
    if (depth > MOST_DEPTH) return TOO_DEEP
    if (tokens > MOST_TOKENS) return 'it is longer than any scenario needs to be'
  }
  return null
}

const TOO_DEEP = 'its values nest too deep'

interface Reading {
  readonly document: Document.Parsed
  readonly lineAt: (offset: number) => number
  values: number
  aliases: number
}

function convert(node: unknown, reading: Reading, depth: number): YamlValue | ScenarioProblem {
  if (isAlias(node)) return follow(node, reading, depth)
  const line = lineOf(node, reading)
  reading.values += 1
  if (reading.values > MOST_VALUES) return { line, problem: 'its aliases expand to too much' }
  if (depth > MOST_DEPTH) return { line, problem: TOO_DEEP }
  if (isSeq(node)) return listOf(node.items, line, reading, depth)
  if (isMap(node)) return mapOf(node.items, line, reading, depth)
  if (isScalar(node)) {
    const source = typeof node.value === 'string' ? node.value : (node.source ?? '')
    return { kind: 'scalar', line, value: node.value, source }
  }
  return { kind: 'scalar', line, value: null, source: '' }
}

function follow(alias: Alias, reading: Reading, depth: number): YamlValue | ScenarioProblem {
  const line = lineOf(alias, reading)
  reading.aliases += 1
  if (reading.aliases > MOST_ALIASES) return { line, problem: 'it follows too many aliases' }
  const target = alias.resolve(reading.document)
  return target === undefined
    ? { line, problem: `there is no anchor &${alias.source} before *${alias.source}` }
    : convert(target, reading, depth + 1)
}

function listOf(
  nodes: readonly unknown[],
  line: number,
  reading: Reading,
  depth: number,
): YamlList | ScenarioProblem {
  const items: YamlValue[] = []
  for (const node of nodes) {
    const item = convert(node, reading, depth + 1)
    if (isYamlProblem(item)) return item
    items.push(item)
  }
  return { kind: 'list', line, items }
}

function mapOf(
  pairs: readonly { readonly key: unknown; readonly value: unknown }[],
  line: number,
  reading: Reading,
  depth: number,
): YamlMap | ScenarioProblem {
  const entries: YamlEntry[] = []
  const seen = new Set<string>()
  for (const pair of pairs) {
    const key = convert(pair.key, reading, depth + 1)
    if (isYamlProblem(key)) return key
    if (key.kind !== 'scalar') return { line: key.line, problem: 'a key must be a word' }
    if (seen.has(key.source)) {
      return { line: key.line, problem: `the key "${key.source}" is given twice in one mapping` }
    }
    seen.add(key.source)
    const value =
      pair.value === null ? nothingAt(key.line) : convert(pair.value, reading, depth + 1)
    if (isYamlProblem(value)) return value
    entries.push({ key: key.source, line: key.line, value })
  }
  return { kind: 'map', line, entries }
}

function nothingAt(line: number): YamlScalar {
  return { kind: 'scalar', line, value: null, source: '' }
}

function lineOf(node: unknown, { lineAt }: Reading): number {
  return isNode(node) && node.range ? lineAt(node.range[0]) : 1
}

function firstLine(message: string): string {
  if (message.includes('call stack')) return TOO_DEEP
  return message.split('\n', 1).join('')
}
