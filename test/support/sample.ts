import fc from 'fast-check'

/** A JSON Schema as far as ours go. */
export interface JsonSchema {
  readonly $ref?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
  readonly type?: string
  readonly items?: JsonSchema
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly pattern?: string
  readonly minimum?: number
}

export type Definitions = Readonly<Record<string, JsonSchema>>

/** Any value that fits the schema; texts without a pattern are names, and no list is empty. */
export function sampleOf(schema: JsonSchema, $defs: Definitions): fc.Arbitrary<unknown> {
  const of = (each: JsonSchema) => sampleOf(each, $defs)
  if (schema.$ref !== undefined) return of($defs[schema.$ref.replace('#/$defs/', '')] ?? {})
  if ('const' in schema) return fc.constant(schema.const)
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(of))
  if (schema.allOf !== undefined) {
    return fc.tuple(...schema.allOf.map(of)).map((parts) => Object.assign({}, ...parts))
  }
  switch (schema.type) {
    case 'null':
      return fc.constant(null)
    case 'boolean':
      return fc.boolean()
    case 'integer':
      return fc.integer({ min: schema.minimum ?? 0, max: 300 })
    case 'string':
      return schema.pattern === undefined
        ? fc.constantFrom('vfio-pci', 'eth0', 'win10')
        : fc.stringMatching(new RegExp(schema.pattern))
    case 'array':
      return fc.array(of(schema.items ?? {}), { minLength: 1, maxLength: 3 })
    case 'object':
      return fc.record(
        Object.fromEntries(
          Object.entries(schema.properties ?? {}).map(([key, each]) => [key, of(each)]),
        ),
      )
    default:
      throw new Error(`no sample of ${JSON.stringify(schema).slice(0, 100)}`)
  }
}
