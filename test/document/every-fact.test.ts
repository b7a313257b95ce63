import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { causeText, changeSentence } from '../../src/diff/report/change-words.js'
import { tellIsolation } from '../../src/iommu/finding-words.js'
import { tellReason } from '../../src/policy/reason-words.js'
import { tellPreflight } from '../../src/preflight/report/check-words.js'
import { tellStep } from '../../src/simulation/report/step-words.js'
import { sampleOf } from '../support/sample.js'
import { type JsonSchema, membersOf, shippedSchema } from '../support/schema.js'

/** The facts of a union, as the schema of the document states them. */
function factsOf(document: string, union: string) {
  const { $defs } = shippedSchema(document)
  return membersOf({ $ref: `#/$defs/${union}` }, $defs).map(
    (each): [string, fc.Arbitrary<unknown>] => [kindOf(each), sampleOf(each, $defs)],
  )
}

function kindOf({ properties }: JsonSchema): string {
  const kind = properties?.['kind']
  if (kind === undefined) throw new Error('a fact has a kind')
  return String(kind.const ?? kind.enum)
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
  test.each(factsOf('preflight', 'PreflightReason'))('preflight, %s', (_kind, facts) => {
    holds(facts, (fact) => tellPreflight(fact).sentence, SENTENCE)
  })

  test.each(factsOf('simulate', 'StepReason'))('simulate, %s', (_kind, facts) => {
    holds(facts, (fact) => tellStep(fact).sentence, SENTENCE)
  })

  test.each(factsOf('inspect', 'Reason'))('inspect, %s', (_kind, facts) => {
    holds(facts, (fact) => tellReason(fact).sentence, SENTENCE)
  })

  test.each(factsOf('inspect', 'IsolationFinding'))('isolation, %s', (_kind, facts) => {
    holds(facts, (fact) => tellIsolation(fact).sentence, SENTENCE)
  })

  test.each(factsOf('diff', 'Change'))('diff, %s', (_kind, facts) => {
    holds(facts, (fact) => changeSentence(fact), /\S$/)
  })

  test.each(factsOf('diff', 'DiffCause'))('cause, %s', (_kind, facts) => {
    holds(facts, (fact) => causeText(fact), /\S$/)
  })
})
