import { readFileSync } from 'node:fs'
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'

const compiled = new Map<string, ValidateFunction>()

/** Where a document breaks the schema that ships for its kind; empty: nowhere. */
export function schemaErrors(kind: string, document: unknown): readonly ErrorObject[] {
  const validate = compiled.get(kind) ?? compile(kind)
  compiled.set(kind, validate)
  return validate(document) ? [] : (validate.errors ?? [])
}

function compile(kind: string): ValidateFunction {
  const file = new URL(`../../share/schema/${kind}.schema.json`, import.meta.url)
  return new Ajv2020({ strict: true, strictTypes: false }).compile(
    JSON.parse(readFileSync(file, 'utf8')),
  )
}
