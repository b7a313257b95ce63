import { isStated } from '../document/stated.js'
import type { SceneLink } from '../drawing/scene.js'
import type { RelatedFunction } from '../inspect/document.js'
import type { SceneOptions } from './scene-options.js'

/** Width and speed of the link that leads to functions; null: none does, or it was not read. */
export function linkAbove(
  functions: readonly RelatedFunction[],
  { links }: Pick<SceneOptions, 'links'>,
): SceneLink | null {
  const found = functions.flatMap(({ parent, sriov }) =>
    // A VF stands below its PF, to which no link of its own leads.
    isStated(parent) && parent !== null && !isVf(sriov) ? (links.get(parent) ?? []) : [],
  )
  if (found.length === 0) return null
  const [widths, speeds] = [found.map(({ width }) => width), found.map(({ speed }) => speed)]
  return { width: `×${range(widths)}`, speed: `${range(speeds)} GT/s` }
}

function isVf(sriov: RelatedFunction['sriov']): boolean {
  return isStated(sriov) && sriov?.role === 'vf'
}

function range(numbers: readonly number[]): string {
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)]
  return least === most ? String(least) : `${least}–${most}`
}
