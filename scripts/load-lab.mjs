import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')
/** Inside node_modules, so that the bundle finds the packages it leaves out. */
const OUT = join(ROOT, 'node_modules/.cache/vfio-reset-lab')

/** Builds the tool and the lab. Returns what a module of the lab exports, and what it wants to know of this machine. */
export async function loadLab(name) {
  const common = {
    absWorkingDir: ROOT,
    bundle: true,
    outdir: OUT,
    platform: 'node',
    target: 'node18.19',
  }
  await build({
    ...common,
    entryPoints: { main: 'lab/main.ts', 'time-in-guest': 'lab/time-in-guest.ts' },
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    packages: 'external',
  })
  // These run alone in guests, where each is one file.
  await build({
    ...common,
    entryPoints: { agent: 'lab/agent/main.ts', 'tool-server': 'lab/agent/tool-server.ts' },
    format: 'cjs',
    external: ['koffi'],
    supported: { 'dynamic-import': false },
    outExtension: { '.js': '.cjs' },
  })
  await import('./build.mjs')
  const lab = await import(pathToFileURL(join(OUT, `${name}.mjs`)).href)
  const cacheHome = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  const host = {
    repository: ROOT,
    node: process.execPath,
    scripts: OUT,
    defaultCache: join(cacheHome, 'vfio-reset-lab'),
    say: (line) => console.log(line),
  }
  return { lab, host }
}
