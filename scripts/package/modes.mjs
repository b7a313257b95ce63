import { chmodSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** The same modes whatever the umask of whoever built it, or checked it out. */
export function normaliseModes(tree) {
  chmodSync(tree, 0o755)
  for (const entry of readdirSync(tree, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue
    const path = join(entry.parentPath ?? entry.path, entry.name)
    chmodSync(path, entry.isDirectory() || isProgram(path) ? 0o755 : 0o644)
  }
}

function isProgram(path) {
  return path.endsWith('/bin/run.js') || /\/share\/hooks\/[^./]+$/.test(path)
}
