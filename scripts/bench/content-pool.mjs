import { copyFileSync, linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'

/** Links that one file gets; file systems stop at 65,000 (ext4) or later. */
const LINKS_A_FILE = 60_000

/**
 * Puts the same content into many places as hard links to one file: a tree of 65,536 functions would else take gigabytes.
 * `folder` is used while the tree grows and removed by `close`.
 */
export function createPool(folder) {
  const entries = new Map()
  let files = 0
  mkdirSync(folder, { recursive: true })

  function create(content, mode) {
    const path = `${folder}/${files}`
    files += 1
    writeFileSync(path, content, { mode })
    return path
  }

  /** What `put` wants: content and mode under a key that stands for both. */
  function entry(key, content, mode = 0o444) {
    const found = entries.get(key)
    if (found !== undefined) return found
    const made = { path: create(content, mode), links: 0 }
    entries.set(key, made)
    return made
  }

  function put(shared, path) {
    if (shared.links === LINKS_A_FILE) {
      const copy = `${folder}/${files}`
      files += 1
      copyFileSync(shared.path, copy)
      shared.path = copy
      shared.links = 0
    }
    shared.links += 1
    linkSync(shared.path, path)
  }

  return { entry, put, close: () => rmSync(folder, { recursive: true }) }
}
