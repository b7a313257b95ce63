import { append } from '../text/lists.js'
import { type Scene, type SceneNode, SIGNS } from './scene.js'

/** Lines of text that say all that a card of the picture says. */
export function nodeLines(node: SceneNode, sets: readonly string[]): readonly string[] {
  const { name, what, facts, acs, mark, alert, hidden } = node
  return [
    name,
    what,
    facts,
    ...(acs === null ? [] : [acs.text]),
    ...(mark === null || mark.kind === 'none' ? [] : [`${SIGNS[mark.kind]} ${mark.text}`]),
    ...(alert === null ? [] : [`! ${alert}`]),
    ...sets,
    ...(hidden > 0 ? [`${hidden} more below`] : []),
  ].filter((line) => line !== '')
}

/** Labels of the dev_sets that hold a node. */
export function setsByMember({ sets }: Scene): ReadonlyMap<string, readonly string[]> {
  const labels = new Map<string, string[]>()
  for (const { kind, label, members } of sets) {
    if (kind !== 'dev-set') continue
    for (const id of members) append(labels, id, label || OWN_SET)
  }
  return labels
}

/** Stands for a set that holds the function alone. */
const OWN_SET = 'dev_set of its own'
