import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { definitionsOf } from './schema/definitions.mjs'
import { documentSchema } from './schema/document-schema.mjs'

/** Lists the documents. */
const SOURCE = { file: 'src/cli/documents.ts', type: 'Documents' }
const ENDING = '.schema.json'

/** Writes the JSON Schema of every document, made from its TypeScript type, into `folder`: `share/schema` is shipped. */
export function makeSchemas(root, folder = join(root, 'share/schema')) {
  const definitions = definitionsOf(join(root, SOURCE.file), SOURCE.type)
  const documents = Object.entries(definitions[SOURCE.type].properties)
  mkdirSync(folder, { recursive: true })
  for (const name of readdirSync(folder)) rmSync(join(folder, name))
  for (const [kind, { $ref }] of documents) {
    const schema = documentSchema(kind, $ref, definitions)
    writeFileSync(join(folder, `${kind}${ENDING}`), `${JSON.stringify(schema, null, 2)}\n`)
  }
}

// Called as a program with a folder, it writes there.
const [, program, folder] = process.argv
if (program === fileURLToPath(import.meta.url)) {
  makeSchemas(fileURLToPath(new URL('..', import.meta.url)), folder)
}
