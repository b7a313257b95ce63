import fc from 'fast-check'
import { type Definitions, type JsonSchema, resolved } from './schema.js'

/** Any value that fits the schema; texts without a pattern are names, and no list is empty. */
export function sampleOf(schema: JsonSchema, $defs: Definitions): fc.Arbitrary<unknown> {
  const of = (each: JsonSchema) => sampleOf(each, $defs)
  if (schema.$ref !== undefined) return of(resolved(schema, $defs))
  if ('const' in schema) return fc.constant(schema.const)
  const values = schema.enum ?? schema.examples
  if (values !== undefined) return fc.constantFrom(...values)
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(of))
  if (schema.allOf !== undefined) {
    return fc.tuple(...schema.allOf.map(of)).map((parts) => Object.assign({}, ...parts))
  }
  const { type } = schema
  if (typeof type === 'object')
    return fc.oneof(...type.map((each) => of({ ...schema, type: each })))
  return typed(type ?? '', schema, of)
}

function typed(
  type: string,
  schema: JsonSchema,
  of: (schema: JsonSchema) => fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> {
  const { minimum = 0, maximum = 300, properties = {} } = schema
  switch (type) {
    case 'null':
      return fc.constant(null)
    case 'boolean':
      return fc.boolean()
    case 'integer':
      return fc.integer({ min: minimum, max: maximum })
    case 'number':
      return fc.double({ min: minimum, max: maximum, noNaN: true })
    case 'string':
      return schema.pattern === undefined
        ? fc.constantFrom('vfio-pci', 'eth0', 'win10')
        : fc.stringMatching(new RegExp(schema.pattern))
    case 'array':
      return arrayOf(schema, of)
    case 'object':
      return fc.record(
        Object.fromEntries(Object.entries(properties).map(([key, each]) => [key, of(each)])),
        { requiredKeys: [...(schema.required ?? [])] },
      )
    default:
      throw new Error(`no sample of ${JSON.stringify(schema).slice(0, 100)}`)
  }
}

function arrayOf(
  { items, maxItems = 3, uniqueItems = false }: JsonSchema,
  of: (schema: JsonSchema) => fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> {
  if (items === undefined) return fc.constant([])
  const length = { minLength: 1, maxLength: maxItems }
  return uniqueItems
    ? fc.uniqueArray(of(items), { ...length, comparator: 'SameValue' })
    : fc.array(of(items), length)
}
