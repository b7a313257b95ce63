import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cyclonedxEsbuildPlugin } from '@cyclonedx/cyclonedx-esbuild'
import { build } from 'esbuild'
import { slimOclif } from '../slim-oclif.mjs'

/**
 * What is really bundled, with versions and licences, as CycloneDX: told by the bundler, since `npm sbom` knows only what
 * is installed beside the tool.
 */
export async function makeSbom({ root, scratch }) {
  const outdir = join(scratch, 'sbom')
  mkdirSync(outdir, { recursive: true })
  await build({
    absWorkingDir: root,
    entryPoints: ['src/main.ts'],
    outdir,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['typescript', 'ts-node', 'tsx'],
    loader: { '.node': 'empty' },
    logLevel: 'error',
    plugins: [
      slimOclif,
      cyclonedxEsbuildPlugin({ outputFile: 'bom.json', outputReproducible: true, validate: false }),
    ],
  })
  return readFileSync(join(outdir, 'bom.json'), 'utf8')
}
