import { execFileSync } from 'node:child_process'

/** Set-up of the tests that start the built tool: they must never run on yesterday's. */
export function setup(): void {
  execFileSync(process.execPath, ['scripts/build.mjs', '--if-stale'], { stdio: 'inherit' })
}
