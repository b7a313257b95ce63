import { readdirSync, readFileSync } from 'node:fs'
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'

const SHIPPED = new URL('../../share/schema/', import.meta.url)
const ENDING = '.schema.json'

/** A JSON Schema as far as ours go. */
export interface JsonSchema {
  readonly $ref?: string
  readonly description?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly examples?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
  readonly type?: string | readonly string[]
  readonly items?: JsonSchema
  readonly additionalProperties?: boolean | JsonSchema
  readonly maxItems?: number
  readonly uniqueItems?: boolean
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
}

export type Definitions = Readonly<Record<string, JsonSchema>>

/** The schema of one kind of document. */
export interface DocumentSchema extends JsonSchema {
  readonly $id: string
  readonly $defs: Definitions
}

/** The kinds of documents for which a schema ships. */
export const SCHEMA_KINDS: readonly string[] = readdirSync(SHIPPED).map((name) =>
  name.replace(ENDING, ''),
)

export function shippedSchema(kind: string): DocumentSchema {
  return JSON.parse(readFileSync(new URL(`${kind}${ENDING}`, SHIPPED), 'utf8'))
}

/** What a `$ref` refers to. */
export function resolved(schema: JsonSchema, $defs: Definitions): JsonSchema {
  return schema.$ref === undefined ? schema : ($defs[schema.$ref.replace('#/$defs/', '')] ?? {})
}

/** The members of a union; a schema that is none is its own only member. */
export function membersOf(schema: JsonSchema, $defs: Definitions): readonly JsonSchema[] {
  const found = resolved(schema, $defs)
  return found.anyOf?.flatMap((each) => membersOf(each, $defs)) ?? [found]
}

export function compiledSchema(schema: JsonSchema): ValidateFunction {
  return new Ajv2020({ strict: true, strictTypes: false }).compile(schema)
}

const compiled = new Map<string, ValidateFunction>()

/** Where a document breaks the schema that ships for its kind; empty: nowhere. */
export function schemaErrors(kind: string, document: unknown): readonly ErrorObject[] {
  const validate = compiled.get(kind) ?? compiledSchema(shippedSchema(kind))
  compiled.set(kind, validate)
  return validate(document) ? [] : (validate.errors ?? [])
}
