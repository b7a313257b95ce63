import type { Check } from './check.js'
import { CHECKS, type CheckId } from './index.js'

/** The check of this id. */
export function findCheck(id: CheckId): Check {
  const found = CHECKS.find((check) => check.id === id)
  if (found === undefined) throw new Error(`no check ${id}`)
  return found
}
