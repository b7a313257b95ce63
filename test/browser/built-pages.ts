import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Enough for a machine that is busy with other work. */
export const HOOK_MS = 60_000

/** Pages that the built tool writes. */
export interface BuiltPages {
  readonly folder: string
  /** The page of a host; each is made once. */
  readonly pageOf: (...host: readonly string[]) => Promise<string>
  readonly remove: () => void
}

export function builtPages(): BuiltPages {
  const folder = mkdtempSync(join(tmpdir(), 'page-'))
  const made = new Map<string, Promise<string>>()
  return {
    folder,
    pageOf(...host) {
      const key = host.join(' ')
      const file = join(folder, `${made.size}.html`)
      const making = made.get(key) ?? tool('report', ...host, '--html', file).then(() => file)
      made.set(key, making)
      return making
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Standard output of the built tool. */
export async function tool(...argv: readonly string[]): Promise<string> {
  const { stdout } = await execa('node', [join(ROOT, 'bin/run.js'), ...argv])
  return stdout
}
