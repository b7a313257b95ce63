import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sampleOf } from '../support/sample.js'
import { compiledSchema, type DocumentSchema, shippedSchema } from '../support/schema.js'
import { WRITTEN } from './documents.js'
import { FIRST_KINDS, firstSchema, knownPart, knownSchema, listedIn } from './first-version.js'
import { mutant, mutations } from './mutate.js'

/*
 * Whoever reads documents by the schemas of version 1 must be able to go on: what those refuse, the schemas of today refuse
 * too. The number of the version may differ, lists of kinds may have grown, and version 2 changed what `CHANGED` lists.
 */

/** Fields of version 1 that hold in version 2 what they did not hold then (CHANGELOG.md, "Version 2 of the JSON documents"). */
const CHANGED: readonly RegExp[] = [
  // The way in, and with it the policy, belong to each function: null where those of one VM differ.
  /\/vms\/\d+\/(?:via|policy)$/,
  // A bridge that was not captured is unknown, and no root bus.
  /\/(?:related|devices)\/\d+\/parent$/,
  // A long list is stated once, under `sets`.
  /\/devices\/\d+\/hotReset\/(?:unaccounted|groups|devSet|blockers)$/,
  /\/devices\/\d+\/hotReset\/verdicts\/\d+\/reasons$/,
  /\/devices\/\d+\/hotReset\/verdicts\/\d+\/requires\/(?:bind|release|groups|devices)$/,
  /\/devices\/\d+\/coupled\/(?:direct|claimCost)$/,
  // A step can say what somebody wants, in place of a verb.
  /\/steps\/\d+\/do$/,
  // More is warned of, more is redacted, and more is a reason to have no plan.
  /\/warnings\/\d+\/kind$/,
  /\/redactions\/\d+\/what$/,
  /\/noPlan$/,
]

const MUTATIONS = 100
const SAMPLES = 150

const SCHEMAS = new Map(
  FIRST_KINDS.map((kind) => {
    const schema = firstSchema(kind)
    return [
      kind,
      {
        first: butForChanges(judge(schema)),
        now: judge(shippedSchema(kind)),
        known: listedIn(schema),
      },
    ]
  }),
)

function schemasOf(document: object) {
  const kind = 'kind' in document ? String(document.kind) : ''
  const schemas = SCHEMAS.get(kind)
  if (schemas === undefined) throw new Error(`no schema of ${kind}`)
  return schemas
}

type Misfits = (document: object) => readonly Misfit[]

interface Misfit {
  readonly path: string
  readonly message: string
}

/** Where a document breaks a schema, whichever version it states; empty: nowhere. */
function judge(schema: DocumentSchema): Misfits {
  const validate = compiledSchema(schema)
  const version = Number(schema.$id.split(':').at(-1))
  return (document) => {
    validate('schemaVersion' in document ? { ...document, schemaVersion: version } : document)
    return (validate.errors ?? []).map(({ instancePath, message = '' }) => ({
      path: instancePath,
      message,
    }))
  }
}

/** Without the misfits that are meant, and those of whatever holds them. */
function butForChanges(judged: Misfits): Misfits {
  return (document) => {
    const misfits = judged(document)
    const meant = misfits.filter(({ path }) => CHANGED.some((each) => each.test(path)))
    return misfits.filter(
      ({ path }) => !meant.some((each) => `${each.path}/`.startsWith(`${path}/`)),
    )
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
