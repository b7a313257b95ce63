import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
export const FLEET = join(ROOT, 'share/fleet')

/** The tool as users start it. */
export function tool(...argv: readonly string[]): string {
  return execFileSync(process.execPath, [join(ROOT, 'bin/run.js'), ...argv], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  })
}

/**
 * Folder in which packages of Debian lie unpacked, as under `/`: nothing is installed, and no service started. Fetched once, into
 * the cache; null where there is no archive to fetch them from.
 */
export function unpacked(...packages: readonly string[]): string | null {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'vfio-reset')
  const folder = join(cache, `fleet-${packages.join('+')}`)
  if (existsSync(folder)) return folder
  mkdirSync(cache, { recursive: true })
  const work = mkdtempSync(join(tmpdir(), 'vfio-reset-packages-'))
  const partial = mkdtempSync(join(cache, '.partial-'))
  try {
    execFileSync('apt-get', ['-q=2', 'download', ...packages], { cwd: work, stdio: 'ignore' })
    for (const file of readdirSync(work)) {
      execFileSync('dpkg-deb', ['-x', join(work, file), partial])
    }
    renameSync(partial, folder)
    return folder
  } catch {
    return null
  } finally {
    rmSync(work, { recursive: true, force: true })
    rmSync(partial, { recursive: true, force: true })
  }
}

/** What a suite is called that runs only where `what` is there. */
export function called(name: string, isThere: boolean, what: string): string {
  return isThere ? name : `${name}: skipped, since there is no ${what} here`
}
