import { append } from '../text/lists.js'
import { drawnNodes, type Scene, type SceneNode, SIGNS } from './scene.js'

/** Lines of text that say all that a card of the picture says. */
export function nodeLines(node: SceneNode, sets: readonly string[]): readonly string[] {
  const { name, what, facts, acs, link, mark, alert, hidden, devices } = node
  return [
    name,
    what,
    facts,
    ...(link === null ? [] : [`link ${link.width} ${link.speed}`]),
    ...(acs === null ? [] : [acs.text]),
    ...(mark === null || mark.kind === 'none' ? [] : [`${SIGNS[mark.kind]} ${mark.text}`]),
    ...(alert === null ? [] : [`! ${alert}`]),
    ...sets,
    ...(devices > 1 ? [`${devices} alike`] : hidden > 0 ? [`${hidden} more below`] : []),
  ].filter((line) => line !== '')
}

/** What each node is reset together with, in words. */
export function setsByMember(scene: Scene): ReadonlyMap<string, readonly string[]> {
  const names = new Map([...drawnNodes(scene)].map(({ id, name }) => [id, name]))
  const labels = new Map<string, string[]>()
  for (const { kind, label, members } of scene.sets) {
    for (const id of members) {
      if (kind === 'dev-set') append(labels, id, label || OWN_SET)
      const others = members.filter((each) => each !== id).map((each) => names.get(each) ?? each)
      if (kind === 'reset' && others.length > 0) append(labels, id, togetherText(others))
    }
  }
  return labels
}

/** Stands for a set that holds the function alone. */
const OWN_SET = 'dev_set of its own'

/** More names than this are counted. */
const NAMED = 3

function togetherText(others: readonly string[]): string {
  const more = others.length - NAMED
  const rest = more > 0 ? ` and ${more} more` : ''
  return `reset together with ${others.slice(0, NAMED).join(', ')}${rest}`
}

/** A line between two nodes that one reset affects: each set is a chain of its members. */
export interface SetLine {
  readonly from: string
  readonly to: string
  readonly label: string
}

/** Lines of all sets; only the first of a set has its label. */
export function setLines({ sets }: Scene): readonly SetLine[] {
  return sets.flatMap(({ label, members }) =>
    members.slice(1).map((to, place) => ({
      from: members[place] ?? to,
      to,
      label: place === 0 ? label : '',
    })),
  )
}

/** An arrow for what can be reached sideways, from the first card that lets requests through. */
export function passageLines({ passages }: Scene): readonly Omit<SetLine, 'label'>[] {
  return passages.flatMap(({ from, to }) => {
    const [first] = from
    return first === undefined
      ? []
      : to.filter((id) => id !== first).map((id) => ({ from: first, to: id }))
  })
}
