import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where the project lives, as home.json says: the one place to fill in. What it leaves open, no package states. */
export function homeOf(root) {
  const stated = JSON.parse(readFileSync(join(root, 'scripts/package/home.json'), 'utf8'))
  return Object.fromEntries(Object.entries(stated).filter(([, address]) => address !== null))
}
