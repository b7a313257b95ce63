import { append } from '../text/lists.js'
import { SIGNS } from './draw-picture.js'
import { drawnNodes, type Scene, type SceneNode } from './scene.js'

/**
 * The scene for Graphviz: `dot -Tsvg`. Groups are clusters; Graphviz has no overlapping ones, so what is reset
 * together stands in the labels and as a double border.
 */
export function dotText(scene: Scene, title: string): string {
  const names = new Map([...drawnNodes(scene)].map(({ id }, place) => [id, `n${place}`]))
  const inSet = setsByMember(scene)
  const grouped = new Set<string>()
  const lines = [
    'digraph topology {',
    `  graph [rankdir=LR, label=${quoted(title)}, labelloc=t, fontname="sans-serif", compound=true];`,
    '  node [shape=box, style="rounded,filled", fillcolor=white, fontname="sans-serif", fontsize=10];',
    '  edge [arrowhead=none];',
  ]
  const line = (node: SceneNode, indent: string): string =>
    `${indent}${names.get(node.id)} [${attributes(node, inSet.get(node.id) ?? []).join(', ')}];`
  const byId = new Map([...drawnNodes(scene)].map((node) => [node.id, node]))
  scene.groups.forEach(({ label, members }, place) => {
    const drawn = members.flatMap((id) => byId.get(id) ?? [])
    if (drawn.length === 0) return
    lines.push(
      `  subgraph cluster_${place} {`,
      `    graph [label=${quoted(label)}, style="rounded,filled", fillcolor="#f2f2f2"];`,
      ...drawn.map((node) => line(node, '    ')),
      '  }',
    )
    for (const { id } of drawn) grouped.add(id)
  })
  for (const node of byId.values()) if (!grouped.has(node.id)) lines.push(line(node, '  '))
  scene.roots.forEach(({ title: root, nodes }, place) => {
    lines.push(`  root${place} [label=${quoted(root)}, shape=plain, style=""];`)
    for (const { id } of nodes) lines.push(`  root${place} -> ${names.get(id)};`)
  })
  for (const { id, children } of byId.values()) {
    for (const child of children) lines.push(`  ${names.get(id)} -> ${names.get(child.id)};`)
  }
  return `${[...lines, '}'].join('\n')}\n`
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

function attributes(node: SceneNode, sets: readonly string[]): string[] {
  const { mark, kind } = node
  const colour = mark?.kind === 'no' ? '#b3261e' : mark?.kind === 'yes' ? '#17713a' : null
  return [
    `label=${quoted(nodeLines(node, sets).join('\n'))}`,
    ...(kind === 'port' ? ['fillcolor="#e4e8ee"'] : []),
    ...(colour === null ? [] : [`color="${colour}"`, 'penwidth=2']),
    ...(sets.length > 0 ? ['peripheries=2'] : []),
  ]
}

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

/** A quoted ID of DOT; a backslash of the text stays one, only line breaks become escapes. */
function quoted(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replace(CONTROL, '\ufffd')
  return `"${escaped}"`
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose.
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g
