import { closestMatch } from 'leven'

/** The candidate that `word` was probably meant to be, or undefined when none is near: a third of the letters may be wrong. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  return closestMatch(word, candidates, { maxDistance: Math.max(1, Math.round(word.length / 3)) })
}
