import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sampleOf } from '../support/sample.js'
import { compiledSchema, type DocumentSchema, shippedSchema } from '../support/schema.js'
import { WRITTEN } from './documents.js'
import { FIRST_KINDS, firstSchema, knownPart, knownSchema, listedIn } from './first-version.js'
import { mutant, mutations } from './mutate.js'

/*
 * Whoever reads documents by the schemas of version 1 must be able to go on: what those refuse, the schemas of today refuse
 * too. The number of the version may differ, and lists of kinds may have grown.
 */

const MUTATIONS = 100
const SAMPLES = 150

const SCHEMAS = new Map(
  FIRST_KINDS.map((kind) => {
    const schema = firstSchema(kind)
    return [
      kind,
      { first: judge(schema), now: judge(shippedSchema(kind)), known: listedIn(schema) },
    ]
  }),
)

function schemasOf(document: object) {
  const kind = 'kind' in document ? String(document.kind) : ''
  const schemas = SCHEMAS.get(kind)
  if (schemas === undefined) throw new Error(`no schema of ${kind}`)
  return schemas
}

type Misfits = (document: object) => readonly string[]

/** Where a document breaks a schema, whichever version it states; empty: nowhere. */
function judge(schema: DocumentSchema): Misfits {
  const validate = compiledSchema(schema)
  const version = Number(schema.$id.split(':').at(-1))
  return (document) => {
    validate('schemaVersion' in document ? { ...document, schemaVersion: version } : document)
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
  }
}

describe.each(WRITTEN)('%s', (_name, make) => {
  it('fits the schemas of then and now, and what spoils it for then spoils it for now', async () => {
    for (const document of await make()) {
      const { first, now, known } = schemasOf(document)
      expect(now(document)).toEqual([])
      const seen = Object(knownPart(document, known))
      expect(first(seen)).toEqual([])
      fc.assert(
        fc.property(mutations(), (mutation) => {
          const { spoilt, what } = mutant(seen, mutation)
          const missed = now(spoilt).length === 0 ? first(spoilt) : []
          expect({ what, missed }).toEqual({ what, missed: [] })
        }),
        { seed: 1, numRuns: MUTATIONS, endOnFailure: true },
      )
    }
  }, 60_000)
})

it.each(FIRST_KINDS)('whatever the schema of %s allows, that of version 1 allows', (kind) => {
  const { first, now, known } = schemasOf({ kind })
  const schema = knownSchema(shippedSchema(kind), known)
  fc.assert(
    fc.property(sampleOf(schema, {}), (sample) => {
      const document = Object(sample)
      expect([...first(document), ...now(document)]).toEqual([])
    }),
    { seed: 1, numRuns: SAMPLES },
  )
})
