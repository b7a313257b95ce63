import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

/** Writes the JSON Schema of every document (`src/report/schema.ts`) into `share/schema`, where it is shipped. */
export async function makeSchemas(root) {
  const folder = join(root, 'share/schema')
  mkdirSync(folder, { recursive: true })
  const { jsonSchemas } = await importSource(root, 'src/report/schema.ts')
  for (const [kind, schema] of jsonSchemas()) {
    writeFileSync(join(folder, `${kind}.schema.json`), `${JSON.stringify(schema, null, 2)}\n`)
  }
}

/** Node runs no TypeScript yet, so the file and all that it imports become one module in memory. */
async function importSource(root, path) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [path],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    logLevel: 'warning',
  })
  const [{ contents }] = outputFiles
  return import(`data:text/javascript;base64,${Buffer.from(contents).toString('base64')}`)
}
