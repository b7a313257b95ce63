import { Ajv2020 } from 'ajv/dist/2020.js'
import type { Static } from 'typebox'
import { expect, it } from 'vitest'
import type { ExplainReport } from '../../src/explain/report/document.js'
import { jsonSchemas } from '../../src/report/schema.js'
import type { ExplainDocument } from '../../src/report/schema-explain.js'
import { fixtureMessages } from '../explain/fixture-messages.js'
import { explained } from '../explain/report/explain-of.js'
import { GPU, TWO_GROUPS } from '../support/hosts.js'

/** `T` with everything in it readonly, as reports are. */
type Immutable<T> = T extends string | number | boolean | null | undefined
  ? T
  : { readonly [K in keyof T]: Immutable<T[K]> }

// Compiles only while every report fits the schema.
type Written = ExplainReport extends Immutable<Static<typeof ExplainDocument>> ? true : false
true satisfies Written

const validate = new Ajv2020({ strict: true, strictTypes: false }).compile(
  jsonSchemas().get('explain') ?? false,
)

it.each([
  ['no host', null],
  ['a host', GPU],
  ['another host', TWO_GROUPS],
])('holds for every known message on %s, and for one that is not known', async (_, spec) => {
  const lines = fixtureMessages().map(({ line }) => line)
  const { report } = await explained(spec, ...lines, 'vfio: something else failed')
  const document = JSON.parse(JSON.stringify(report))
  expect(validate(document) ? [] : validate.errors).toEqual([])
  expect(document.messages.length).toBeGreaterThan(50)
  expect(document.unknown).toHaveLength(1)
})
