import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { runMain } from '../support/run-main.js'
import {
  type DocumentSchema,
  type JsonSchema,
  resolved,
  SCHEMA_KINDS,
  schemaErrors,
  shippedSchema,
} from '../support/schema.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

it('the shipped schemas are those that the types give: `npm run build` makes them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vfio-reset-schema-'))
  execFileSync(process.execPath, [join(ROOT, 'scripts/make-schema.mjs'), folder])
  const made = textsIn(folder)
  rmSync(folder, { recursive: true })
  expect(textsIn(join(ROOT, 'share/schema'))).toEqual(made)
}, 60_000)

function textsIn(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(folder).sort()
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
}

describe.each(SCHEMA_KINDS)('the schema of %s', (kind) => {
  const schema = shippedSchema(kind)
  const parts = [...partsOf(schema)]

  it('says of every field what it means', () => {
    const silent = parts.flatMap(([path, part]) =>
      Object.entries(part.properties ?? {})
        .filter(([, field]) => meaningOf(field, part, schema) === undefined)
        .map(([name]) => `${path}.${name}`),
    )
    expect(silent).toEqual([])
  })

  it('says of every number that it is whole, or within which bounds it is', () => {
    const open = parts.filter(([, { type, minimum }]) => type === 'number' && minimum === undefined)
    expect(open.map(([path]) => path)).toEqual([])
  })

  it('names no file that only the sources have', () => {
    const texts = parts.flatMap(([, { description }]) => description ?? [])
    expect(texts.filter((text) => /\.(?:md|m?[jt]s)\b/.test(text))).toEqual([])
  })

  it('has no definition that nothing uses', () => {
    const used = new Set(parts.map(([, { $ref }]) => $ref))
    const unused = Object.keys(schema.$defs).filter((name) => !used.has(`#/$defs/${name}`))
    expect(unused).toEqual([])
  })
})

/** Its own words, or those of the type; a `const` that tells the members of a union apart means what its member does. */
function meaningOf(field: JsonSchema, owner: JsonSchema, { $defs }: DocumentSchema) {
  const own = field.description ?? resolved(field, $defs).description
  return own ?? (field.const === undefined ? undefined : owner.description)
}

/** Every schema inside, with the way to it. */
function* partsOf(schema: JsonSchema, path = ''): Generator<readonly [string, JsonSchema]> {
  yield [path, schema]
  const { items, anyOf = [], properties = {}, additionalProperties } = schema
  const $defs = '$defs' in schema ? (schema as DocumentSchema).$defs : {}
  const inside = [
    ...Object.entries({ ...$defs, ...properties }),
    ...anyOf.map((each, index) => [String(index), each] as const),
    ...(items === undefined ? [] : [['items', items] as const]),
    ...(typeof additionalProperties === 'object' ? [['*', additionalProperties] as const] : []),
  ]
  for (const [name, part] of inside) yield* partsOf(part, `${path}.${name}`)
}

describe('does not fit the schema of inspect:', async () => {
  const { stdout } = await runMain('inspect', '--demo', '--json')
  const whole = JSON.parse(stdout) as Mutable
  const changed = (change: (document: Mutable) => void) => {
    const document = structuredClone(whole)
    change(document)
    return schemaErrors('inspect', document)
  }

  it.each(Object.keys(whole))('a document without %s', (key) => {
    expect(changed((document) => delete document[key])).not.toEqual([])
  })

  it.each(Object.keys(deviceOf(whole)))('a function without %s', (key) => {
    expect(changed((document) => delete deviceOf(document)[key])).not.toEqual([])
  })

  it('an unread value without its reason, or with a reason that is none', () => {
    expect(changed((document) => (deviceOf(document)['driver'] = {}))).not.toEqual([])
    expect(
      changed((document) => (deviceOf(document)['driver'] = { unknown: 'perhaps' })),
    ).not.toEqual([])
  })

  it('null for a value that every function has', () => {
    expect(changed((document) => (deviceOf(document)['vendorId'] = null))).not.toEqual([])
  })

  it('but a document that has grown still does', () => {
    expect(changed((document) => (document['more'] = 1))).toEqual([])
    expect(changed((document) => (deviceOf(document)['more'] = 1))).toEqual([])
  })
})

type Mutable = Record<string, unknown>

function deviceOf(document: object): Mutable {
  const { devices } = document as { devices: readonly Mutable[] }
  const [device] = devices
  if (device === undefined) throw new Error('no devices')
  return device
}
