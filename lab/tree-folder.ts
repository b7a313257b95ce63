import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { RecordedTree } from './agent/protocol.js'

/** Lays a recorded tree out as a folder that `--root` takes. */
export async function writeTree({ entries }: RecordedTree, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  for (const [path, kind, content] of entries) {
    const place = join(folder, path)
    await mkdir(dirname(place), { recursive: true })
    if (kind === 'folder') await mkdir(place, { recursive: true })
    if (kind === 'link') await symlink(content, place)
    if (kind === 'file') await writeFile(place, Buffer.from(content, 'base64'))
  }
}
