import { readdirSync, readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { Static } from 'typebox'
import { describe, expect, it } from 'vitest'
import { HostError, UsageError } from '../../src/cli/errors.js'
import type { ExitCode } from '../../src/cli/exit-code.js'
import { jsonText } from '../../src/cli/json-text.js'
import { describeError, type ErrorDocument as ErrorReport } from '../../src/cli/report-error.js'
import { TOOL } from '../../src/cli/tool.js'
import type { PciAddress } from '../../src/host/pci-address.js'
import type { RawHost } from '../../src/host/raw-host.js'
import type { InspectReport } from '../../src/inspect/document.js'
import { inspectReport } from '../../src/inspect/inspect-report.js'
import { DEFAULT_POLICIES } from '../../src/policy/find-policy.js'
import { POLICIES } from '../../src/policy/policies/index.js'
import { type PoliciesReport, policiesReport } from '../../src/policy/report/policies-document.js'
import { type ErrorDocument, jsonSchemas, type PoliciesDocument } from '../../src/report/schema.js'
import type { InspectDocument } from '../../src/report/schema-inspect.js'
import { analyseHost } from '../../src/vfio/analysed-host.js'
import { LABS, loadFixture, loadLabState, REAL_HOSTS } from '../support/fixtures.js'

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

const ajv = new Ajv2020({ strict: true, strictTypes: false })

/** Where a document does not fit the shipped schema of its kind; empty: it does. */
function misfits(document: object): readonly string[] {
  const kind = 'kind' in document ? String(document.kind) : ''
  const schema = JSON.parse(readFileSync(new URL(`${kind}.schema.json`, SHIPPED), 'utf8'))
  const validate = ajv.getSchema(schema.$id) ?? ajv.compile(schema)
  if (validate(document) === true) return []
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

/** A document as a reader of it gets it. */
function written(document: object): object {
  return JSON.parse([...jsonText(document)].join(''))
}

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

describe('fits the schema of inspect', () => {
  const hosts: readonly (readonly [string, () => Promise<RawHost>])[] = [
    ...REAL_HOSTS.map((name) => [name, () => loadFixture(name)] as const),
    ...LABS.map((name) => [`${name} s1`, () => loadLabState(name, 's1')] as const),
  ]

  it.each(hosts)('%s, the whole host', async (_, load) => {
    expect(misfits(written(inspect(await load(), null)))).toEqual([])
  })

  it.each(hosts)('%s, each function asked about by all policies', async (_, load) => {
    const raw = await load()
    const targets = raw.functions.map(({ address }) => address)
    expect(misfits(written(inspect(raw, targets)))).toEqual([])
  })
})

describe('does not fit the schema of inspect', async () => {
  const whole = written(inspect(await loadFixture('hwloc-domain-32bit'), null))
  const changed = (change: (document: Mutable) => void) => {
    const document = structuredClone(whole) as Mutable
    change(document)
    return misfits(document)
  }

  it.each(Object.keys(whole).filter((key) => key !== 'kind'))('a document without %s', (key) => {
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

it('the list of policies fits', () => {
  expect(misfits(written(policiesReport(TOOL)))).toEqual([])
})

it.each([
  new UsageError('No such device.', { hint: 'There is one near.' }),
  new HostError('Cannot read.', { path: 'sys', errno: 'EACCES' }),
  new TypeError('not a function'),
])('the document of an error fits: $name', (error) => {
  expect(misfits(written(describeError(error)))).toEqual([])
})

function inspect(raw: RawHost, targets: readonly PciAddress[] | null): InspectReport {
  return inspectReport({
    host: analyseHost(raw),
    targets,
    query: {
      policies: targets === null ? DEFAULT_POLICIES : POLICIES,
      owning: new Set(),
      brief: targets === null,
    },
    tool: TOOL,
    names: new Map(),
  })
}

type Mutable = Record<string, unknown>

function deviceOf(document: object): Mutable {
  const { devices } = document as { devices: readonly Mutable[] }
  const [device] = devices
  if (device === undefined) throw new Error('no devices')
  return device
}
