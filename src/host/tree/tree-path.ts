/** Longest path that is followed, as the kernel's PATH_MAX. */
const PATH_LIMIT = 4096

/** Links that are followed on the way to one file, as the kernel's MAXSYMLINKS. */
export const LINK_LIMIT = 40

/** Folder of a path in a tree; `''` is the root. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '' : path.slice(0, slash)
}

/** Last component of a path or of a link's target. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

export function joinPath(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}

/** A path without the slashes at its end. */
export function withoutSlashes(path: string): string {
  let end = path.length
  while (end > 0 && path[end - 1] === '/') end -= 1
  return path.slice(0, end)
}

/**
 * Where a link leads, by path arithmetic: `target` as written in the link at `path`. An absolute target starts at the
 * root of the tree. undefined: it leads out of the tree, or is too long to be followed.
 */
export function resolveLink(path: string, target: string): string | undefined {
  if (target.length > PATH_LIMIT) return undefined
  const start = target.startsWith('/') ? '' : parentOf(path)
  const parts = start === '' ? [] : start.split('/')
  const steps = target.split('/').filter((step) => step !== '' && step !== '.')
  for (const step of steps) {
    if (step !== '..') parts.push(step)
    else if (parts.pop() === undefined) return undefined
  }
  const resolved = parts.join('/')
  return resolved.length > PATH_LIMIT ? undefined : resolved
}
