import { gunzipSync } from 'node:zlib'
import { readTar } from '../../src/host/archive/tar.js'
import type { HostFiles } from './host-files.js'

const LIMITS = {
  entries: 10_000,
  pathLength: 1024,
  depth: 64,
  fileBytes: 2 ** 24,
  keptBytes: 2 ** 28,
}

/** Files and links of a gzip tar by path; folders are left out, a leading `./` is dropped. */
export function readTarGz(archive: Uint8Array): HostFiles {
  const entries = readTar(gunzipSync(archive), LIMITS)
  const files: HostFiles = {}
  for (const entry of entries) {
    const path = entry.path.replace(/^\.\//, '')
    if (entry.kind === 'file') files[path] = entry.bytes
    if (entry.kind === 'link') files[path] = { link: entry.target }
  }
  return files
}
