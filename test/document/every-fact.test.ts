import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { causeText, changeSentence } from '../../src/diff/report/change-words.js'
import { tellIsolation } from '../../src/iommu/finding-words.js'
import { tellReason } from '../../src/policy/reason-words.js'
import { tellPreflight } from '../../src/preflight/report/check-words.js'
import { jsonSchemas } from '../../src/report/schema.js'
import { tellStep } from '../../src/simulation/report/step-words.js'
import { type JsonSchema, sampleOf } from '../support/sample.js'

/** Facts as the schemas of the documents state them, each put into words. */
function factsOf(document: string, pick: (schema: DocumentSchema) => JsonSchema | undefined) {
  const schema = jsonSchemas().get(document) as DocumentSchema
  const found = pick(schema)
  if (found === undefined) throw new Error(`${document} has no such facts`)
  return (found.anyOf ?? [found]).map((each): [string, fc.Arbitrary<unknown>] => [
    kindOf(each, schema),
    sampleOf(each, schema.$defs),
  ])
}

interface DocumentSchema extends JsonSchema {
  readonly $defs: Readonly<Record<string, JsonSchema>>
}

function kindOf(schema: JsonSchema, document: DocumentSchema): string {
  if (schema.$ref !== undefined) return schema.$ref
  const own = [schema, ...(schema.allOf ?? [])].map(({ properties }) => properties?.['kind']?.const)
  return String(own.find((kind) => kind !== undefined) ?? document.type)
}

/** What shows that a value went into a text that has no words for it. */
const LEAK = /undefined|\bnull\b|\[object|NaN|\bInfinity\b|\$\{/

function holds(facts: fc.Arbitrary<unknown>, tell: (fact: never) => string, ending: RegExp): void {
  fc.assert(
    fc.property(facts, (fact) => {
      const text = tell(fact as never)
      expect(text).not.toMatch(LEAK)
      expect(text).toMatch(ending)
      expect(text).not.toMatch(/ {2}| [.,;]|\.\.$/)
    }),
    { numRuns: 40 },
  )
}

const SENTENCE = /^\S.*[.)?!]$/

describe('every fact has a sentence for whatever it can state:', () => {
  test.each(
    factsOf('preflight', ({ properties }) => {
      const { reasons } = properties?.['checks']?.items?.properties ?? {}
      return reasons?.items
    }),
  )('preflight, %s', (_kind, facts) => {
    holds(facts, (fact) => tellPreflight(fact).sentence, SENTENCE)
  })

  test.each(factsOf('simulate', ({ $defs }) => $defs['stepReason']))(
    'simulate, %s',
    (_kind, facts) => {
      holds(facts, (fact) => tellStep(fact).sentence, SENTENCE)
    },
  )

  test.each(factsOf('inspect', ({ $defs }) => $defs['reason']))('inspect, %s', (_kind, facts) => {
    holds(facts, (fact) => tellReason(fact).sentence, SENTENCE)
  })

  test.each(factsOf('inspect', ({ $defs }) => $defs['finding']))(
    'isolation, %s',
    (_kind, facts) => {
      holds(facts, (fact) => tellIsolation(fact).sentence, SENTENCE)
    },
  )

  test.each(factsOf('diff', ({ properties }) => properties?.['changes']?.items))(
    'diff, %s',
    (_kind, facts) => {
      holds(facts, (fact) => changeSentence(fact), /\S$/)
    },
  )

  test.each(factsOf('diff', ({ $defs }) => $defs['cause']))('cause, %s', (_kind, facts) => {
    holds(facts, (fact) => causeText(fact), /\S$/)
  })
})
