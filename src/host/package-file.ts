import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'

/** In place of the folder of the package: its files are inside of the executable (`scripts/package/one-file.mjs`). */
export const INSIDE = 'node:sea'

/** A file that is part of the package, by its name there. Throws what the file system says; a Node without such files has none. */
export function packageFile(packageRoot: string, name: string): Buffer {
  if (packageRoot !== INSIDE) return readFileSync(join(packageRoot, name))
  return Buffer.from(process.getBuiltinModule('node:sea').getAsset(name))
}
