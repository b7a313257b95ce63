import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

/**
 * `npm run test:packages`: makes the packages and tries them. `--sample` is what CI has time for: one release of Debian, this
 * processor, three versions of Node. `--packages FOLDER` takes those that `npm run package` made.
 */
const ROOT = fileURLToPath(new URL('..', import.meta.url))
const { values } = parseArgs({
  options: { sample: { type: 'boolean' }, packages: { type: 'string' } },
})

const made = mkdtempSync(join(tmpdir(), 'vfio-reset-made-'))
try {
  const folder = values.packages ?? made
  const some = values.sample ? ['--arch', process.arch] : []
  const isMade =
    values.packages !== undefined ||
    node(['scripts/package.mjs', '--output', made, ...some], {}) === 0
  process.exitCode = isMade
    ? node(['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.packages.config.ts'], {
        VFIO_RESET_PACKAGES: folder,
        ...(values.sample ? { VFIO_RESET_SAMPLE: '1' } : {}),
      })
    : 1
} finally {
  rmSync(made, { recursive: true, force: true })
}

function node(argv, env) {
  const { status } = spawnSync(process.execPath, argv, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  })
  return status ?? 1
}
