import { readdirSync, readFileSync } from 'node:fs'
import { type DocumentSchema, type JsonSchema, resolved } from '../support/schema.js'

/** The kinds that version 1 had. */
export const FIRST_KINDS: readonly string[] = readdirSync(new URL('schema-1', import.meta.url)).map(
  (name) => name.replace(/\.json$/, ''),
)

/** The schema of one kind as version 1 had it, kept by hand then. */
export function firstSchema(kind: string): DocumentSchema {
  return JSON.parse(readFileSync(new URL(`schema-1/${kind}.json`, import.meta.url), 'utf8'))
}

/** The values that a schema lists, by the names of the fields that hold them. */
export type Listed = ReadonlyMap<string, ReadonlySet<unknown>>

export function listedIn(schema: DocumentSchema): Listed {
  const listed = new Map<string, Set<unknown>>()
  const walk = (each: JsonSchema, field: string): void => {
    const { const: only, enum: values = [], anyOf = [], items, properties = {} } = resolvedIn(each)
    for (const value of only === undefined ? values : [only]) {
      listed.set(field, (listed.get(field) ?? new Set()).add(value))
    }
    for (const member of anyOf) walk(member, field)
    if (items !== undefined) walk(items, field)
    for (const [name, part] of Object.entries(properties)) walk(part, name)
  }
  const resolvedIn = (each: JsonSchema) => merged(resolved(each, schema.$defs))
  walk(schema, '')
  return listed
}

/** The schemas of version 1 put steps of `verify` together of two parts. */
function merged({ allOf = [], ...schema }: JsonSchema): JsonSchema {
  return { ...schema, anyOf: [...(schema.anyOf ?? []), ...allOf] }
}

/** Fields whose lists may grow: they say of what kind something is, or where it comes from. */
const GROWING: readonly string[] = ['kind', 'id', 'policy', 'do', 'why', 'origin', 'project']

/**
 * A document as a reader of version 1 sees it: without the elements of lists that are of a kind which it does not know. Lists
 * of kinds may grow, and readers have to pass over what is new to them.
 */
export function knownPart(value: unknown, known: Listed): unknown {
  if (Array.isArray(value)) {
    return value.filter((each) => !isNews(each, known)).map((each) => knownPart(each, known))
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, knownPart(each, known)]),
  )
}

function isNews(value: unknown, known: Listed): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.entries(value).some(([key, each]) =>
    typeof each === 'string'
      ? GROWING.includes(key) && known.get(key)?.has(each) === false
      : isNews(each, known),
  )
}

/** A schema that lists no more than that, without definitions of its own. */
export function knownSchema({ $defs, ...schema }: DocumentSchema, known: Listed): JsonSchema {
  const of = (each: JsonSchema, field: string): JsonSchema => {
    const { anyOf, items, properties, ...rest } = resolved(each, $defs)
    return {
      ...rest,
      ...(rest.enum === undefined ? {} : { enum: knownValues(rest.enum, known.get(field)) }),
      ...(anyOf === undefined ? {} : { anyOf: members(anyOf, field) }),
      ...(items === undefined ? {} : { items: of(items, field) }),
      ...(properties === undefined ? {} : { properties: fields(properties) }),
    }
  }
  const members = (all: readonly JsonSchema[], field: string) => {
    const each = all.map((member) => of(member, field))
    return orAll(each.filter(isPossible), each)
  }
  const fields = (all: Readonly<Record<string, JsonSchema>>) =>
    Object.fromEntries(Object.entries(all).map(([name, each]) => [name, of(each, name)]))
  const isPossible = ({ properties = {} }: JsonSchema) =>
    Object.entries(properties).every(
      ([name, each]) => !('const' in each) || known.get(name)?.has(each.const) !== false,
    )
  return of(schema, '')
}

function knownValues(values: readonly unknown[], known: ReadonlySet<unknown> | undefined) {
  return orAll(
    values.filter((value) => known?.has(value)),
    values,
  )
}

/** Where version 1 knows none of them, it does not look, or takes any text. */
function orAll<T>(some: readonly T[], all: readonly T[]): readonly T[] {
  return some.length === 0 ? all : some
}
