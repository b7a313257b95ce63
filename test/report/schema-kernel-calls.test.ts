import type { Static } from 'typebox'
import { expect, it } from 'vitest'
import type { ResetReport } from '../../src/execution/report/reset-document.js'
import type { VerifyReport } from '../../src/execution/report/verify-document.js'
import { jsonSchemas } from '../../src/report/schema.js'
import type { ResetDocument } from '../../src/report/schema-reset.js'
import type { VerifyDocument } from '../../src/report/schema-verify.js'

/** `T` with everything in it readonly, as reports are. */
type Immutable<T> = T extends string | number | boolean | null | undefined
  ? T
  : { readonly [K in keyof T]: Immutable<T[K]> }

// Compile only while every report fits its schema; that documents do is part of every JSON test of the commands.
type FittingReset = ResetReport extends Immutable<Static<typeof ResetDocument>> ? true : false
type FittingVerify = VerifyReport extends Immutable<Static<typeof VerifyDocument>> ? true : false
true satisfies FittingReset
true satisfies FittingVerify

it('there is a schema for what the kernel was asked', () => {
  expect([...jsonSchemas().keys()]).toEqual(expect.arrayContaining(['verify', 'reset']))
})
