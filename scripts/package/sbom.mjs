import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cyclonedxEsbuildPlugin } from '@cyclonedx/cyclonedx-esbuild'
import { build } from 'esbuild'
import { lateTable } from '../late-table.mjs'
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
    entryPoints: ['src/main.ts', 'src/supervisor/main.ts', 'src/page/main.ts'],
    outdir,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['typescript', 'ts-node', 'tsx'],
    loader: { '.node': 'empty' },
    logLevel: 'error',
    plugins: [
      slimOclif(),
      lateTable,
      cyclonedxEsbuildPlugin({ outputFile: 'bom.json', outputReproducible: true, validate: false }),
    ],
  })
  return withoutStandIns(readFileSync(join(outdir, 'bom.json'), 'utf8'))
}

/** What slim-oclif.mjs puts in the place of a package is no component. */
function withoutStandIns(text) {
  const bom = JSON.parse(text)
  const isStandIn = (ref) => ref.startsWith('VirtualComponent ')
  const dependencies = bom.dependencies
    .filter(({ ref }) => !isStandIn(ref))
    .map(({ dependsOn, ...each }) =>
      dependsOn === undefined
        ? each
        : { ...each, dependsOn: dependsOn.filter((ref) => !isStandIn(ref)) },
    )
  const components = bom.components.filter(({ name }) => !isStandIn(name))
  return `${JSON.stringify({ ...bom, components, dependencies }, null, 2)}\n`
}
