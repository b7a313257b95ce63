import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jsonText } from '../../src/cli/output/json-text.js'
import { readHost } from '../../src/host/read/read-host.js'
import { openDirectoryTree } from '../../src/host/tree/directory-tree.js'
import { isFailure } from '../../src/host/tree/tree.js'
import { type InspectAnswer, inspectAnswer } from '../../src/inspect/inspect-report.js'
import { inspectDocument } from '../../src/inspect/shared-sets.js'
import { POLICIES } from '../../src/policy/policies/index.js'
import { remembered } from '../../src/text/lists.js'
import { analyseHost } from '../../src/vfio/analysed-host.js'

const SCRIPT = fileURLToPath(new URL('../../scripts/synthetic-host.mjs', import.meta.url))

let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vfio-reset-sets-'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }), 120_000)

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

const answers = new Map<string, InspectAnswer>()

function answerOf(shape: string, count: number): InspectAnswer {
  return remembered(answers, `${shape} ${count}`, () => readAnswer(shape, count))
}

function readAnswer(shape: string, count: number): InspectAnswer {
  const root = join(folder, `${shape}-${count}`)
  execFileSync(process.execPath, [SCRIPT, root, '--functions', `${count}`, '--shape', shape])
  const tree = openDirectoryTree({ root, live: false })
  if (isFailure(tree)) throw new Error(tree.detail)
  return inspectAnswer({
    host: analyseHost(readHost(tree, { wake: false, holders: true })),
    targets: null,
    query: { policies: POLICIES, owning: new Set(), brief: true },
    tool: { name: 'vfio-reset', version: '0' },
    names: new Map(),
  })
}

function written(document: object): { readonly [key: string]: Json } {
  return JSON.parse([...jsonText(document)].join(''))
}

/** As a reader puts the lists back: what the set has about the function itself gives way to what the function says of itself. */
function inPlace(value: Json, sets: Json, self: Json): Json {
  if (Array.isArray(value)) return value.map((each) => inPlace(each, sets, self))
  if (typeof value !== 'object' || value === null) return value
  const fields = value as { readonly [key: string]: Json }
  if (typeof fields['set'] !== 'string') {
    return Object.fromEntries(
      Object.entries(fields).map(([key, each]) => [key, inPlace(each, sets, self)]),
    )
  }
  const list = (sets as { readonly [id: string]: readonly Json[] })[fields['set']] ?? []
  const own = fields['own'] as readonly Json[] | undefined
  return own === undefined ? list : [...own, ...list.filter((each) => about(each) !== self)]
}

function about(entry: Json): Json | undefined {
  const isReason = typeof entry === 'object' && entry !== null && 'address' in entry
  return isReason ? (entry as { readonly address: Json }).address : entry
}

/** The same whatever the order of lists. */
function unordered(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(unordered).sort().join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([key, each]) => `${key}:${unordered(each as Json)}`)
    .join()}}`
}

/** Bytes of a document without the one list that always stands in place. */
function bytesOf(document: { readonly [key: string]: Json }): number {
  return JSON.stringify(document, (key, value) => (key === 'affected' ? [] : value)).length
}

describe.each(['one-bus', 'one-group', 'one-pf'])('functions of the shape %s', (shape) => {
  test('are written with nothing lost', () => {
    const answer = answerOf(shape, 128)
    const { devices, sets, ...rest } = written(inspectDocument(answer))
    const { devices: whole, ...others } = written(answer)
    expect(Object.keys(sets as object).length).toBeGreaterThan(0)
    expect(rest).toEqual(others)
    for (const [index, device] of (whole as readonly { readonly address: Json }[]).entries()) {
      const read = inPlace(
        (devices as readonly Json[])[index] ?? null,
        sets ?? null,
        device.address,
      )
      expect(unordered(read)).toBe(unordered(device as unknown as Json))
    }
  }, 120_000)

  test('make a document that grows as they do', () => {
    const [small, large] = [128, 256].map((count) =>
      bytesOf(written(inspectDocument(answerOf(shape, count)))),
    )
    expect((large ?? 0) / (small ?? 1)).toBeLessThan(2.4)
  }, 120_000)
})

test('a host of few functions has no sets', () => {
  const answer = answerOf('one-bus', 60)
  expect(written(inspectDocument(answer))).toEqual(written(answer))
})
