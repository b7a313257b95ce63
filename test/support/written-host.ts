import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { HostFiles } from './host-files.js'

/** Writes a host from literals below a folder, for `--root`. */
export function writeHostFiles(root: string, files: HostFiles): void {
  for (const [path, entry] of Object.entries(files)) {
    const place = join(root, path)
    mkdirSync(dirname(place), { recursive: true })
    if (entry === null) mkdirSync(place, { recursive: true })
    else if (typeof entry === 'string' || entry instanceof Uint8Array) writeFileSync(place, entry)
    else if ('link' in entry) symlinkSync(entry.link, place)
  }
}
