import { type Definitions, type JsonSchema, membersOf, resolved } from './schema.js'

/**
 * One value that fits the schema but for its texts and numbers: those are the names of their fields, `<driver>`, so that a
 * sentence made of it shows what goes where. Of several forms that with the most to say is taken.
 */
export function exampleOf(schema: JsonSchema, $defs: Definitions, name = 'value'): unknown {
  const of = (each: JsonSchema, field = name) => exampleOf(each, $defs, field)
  if (schema.$ref !== undefined) return of(resolved(schema, $defs))
  if ('const' in schema) return schema.const
  if (schema.enum !== undefined) return schema.enum.find((each) => each !== null)
  if (schema.anyOf !== undefined) return of(schema.anyOf.find(hasMore) ?? {})
  if (schema.allOf !== undefined) return Object.assign({}, ...schema.allOf.map((each) => of(each)))
  const { type } = schema
  switch (typeof type === 'object' ? type.find((each) => each !== 'null') : type) {
    case 'boolean':
      return true
    case 'array':
      return [of(schema.items ?? {})]
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([field, each]) => [field, of(each, field)]),
      )
    default:
      return `<${name}>`
  }
}

/** Names of the fields that an object, or any member of a union, can have. */
export function fieldsOf(schema: JsonSchema, $defs: Definitions): readonly string[] {
  return membersOf(schema, $defs).flatMap(({ properties = {}, allOf = [] }) => [
    ...Object.keys(properties),
    ...allOf.flatMap((each) => fieldsOf(each, $defs)),
  ])
}

function hasMore({ type }: JsonSchema): boolean {
  return type !== 'null'
}
