import { readdirSync, readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { Static } from 'typebox'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/cli/errors.js'
import type { ExitCode } from '../../src/cli/exit-code.js'
import { describeError, type ErrorDocument as ErrorReport } from '../../src/cli/report-error.js'
import type { InspectReport } from '../../src/report/model.js'
import type { PoliciesReport } from '../../src/report/policies-report.js'
import { type ErrorDocument, jsonSchemas, type PoliciesDocument } from '../../src/report/schema.js'
import type { InspectDocument } from '../../src/report/schema-inspect.js'
import { runMain } from '../support/run-main.js'

/** `T` with everything in it readonly, as reports are. */
type Immutable<T> = T extends string | number | boolean | null | undefined
  ? T
  : { readonly [K in keyof T]: Immutable<T[K]> }

/** `true` when each of the two can stand for the other. */
type Agree<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false

/** An error never ends in "answered". */
type ErrorOnly = ErrorReport & { readonly exitCode: Exclude<ExitCode, 0> }

// Each compiles only while the schema and the types that the code writes by say the same.
true satisfies Agree<Immutable<Static<typeof InspectDocument>>, InspectReport>
true satisfies Agree<Immutable<Static<typeof PoliciesDocument>>, PoliciesReport>
true satisfies Agree<Immutable<Static<typeof ErrorDocument>>, ErrorOnly>

const SHIPPED = new URL('../../share/schema/', import.meta.url)

describe('the shipped schemas', () => {
  it.each([...jsonSchemas()])('%s is what the definitions give', (kind, schema) => {
    const shipped = readFileSync(new URL(`${kind}.schema.json`, SHIPPED), 'utf8')
    expect(JSON.parse(shipped)).toEqual(schema)
  })

  it('are all of them', () => {
    const kinds = readdirSync(SHIPPED).map((name) => name.replace('.schema.json', ''))
    expect(new Set(kinds)).toEqual(new Set(jsonSchemas().keys()))
  })
})
