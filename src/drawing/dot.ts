import { SIDEWAYS } from './draw-picture.js'
import { nodeLines, passageLines, setLines, setsByMember } from './node-lines.js'
import { drawnNodes, type Scene, type SceneNode } from './scene.js'

/**
 * The scene for Graphviz: `dot -Tsvg`. Groups of several functions are clusters; Graphviz has no overlapping ones, so
 * what is reset together is joined by dotted lines and stands in the labels; a double border is a dev_set or reset, a red
 * arrow a way sideways.
 */
export function dotText(scene: Scene, title: string): string {
  const nodes = [...drawnNodes(scene)]
  const names = new Map(nodes.map(({ id }, place) => [id, `n${place}`]))
  const byId = new Map(nodes.map((node) => [node.id, node]))
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
  scene.groups.forEach(({ label, members }, place) => {
    const drawn = members.flatMap((id) => byId.get(id) ?? [])
    if (members.length < 2 || drawn.length === 0) return
    lines.push(
      `  subgraph cluster_${place} {`,
      `    graph [label=${quoted(label)}, style="rounded,filled", fillcolor="#f2f2f2"];`,
      ...drawn.map((node) => line(node, '    ')),
      '  }',
    )
    for (const { id } of drawn) grouped.add(id)
  })
  for (const node of nodes) if (!grouped.has(node.id)) lines.push(line(node, '  '))
  scene.roots.forEach(({ title: root, nodes }, place) => {
    lines.push(`  root${place} [label=${quoted(root)}, shape=plain, style=""];`)
    for (const { id } of nodes) lines.push(`  root${place} -> ${names.get(id)};`)
  })
  for (const { id, children } of nodes) {
    for (const child of children) lines.push(`  ${names.get(id)} -> ${names.get(child.id)};`)
  }
  for (const { from, to, label } of setLines(scene)) {
    lines.push(
      `  ${names.get(from)} -> ${names.get(to)} [style=dotted, constraint=false, label=${quoted(label)}];`,
    )
  }
  for (const { from, to } of passageLines(scene)) {
    lines.push(
      `  ${names.get(from)} -> ${names.get(to)} [style=dashed, constraint=false, color="#b3261e", arrowhead=normal, tooltip="${SIDEWAYS}"];`,
    )
  }
  return `${[...lines, '}'].join('\n')}\n`
}

function attributes(node: SceneNode, sets: readonly string[]): string[] {
  const { mark, kind } = node
  const colour = mark === null ? null : COLOURS[mark.kind]
  return [
    `label=${quoted(nodeLines(node, sets).join('\n'))}`,
    ...(kind === 'port' ? ['fillcolor="#e4e8ee"'] : []),
    ...(colour === null ? [] : [`color="${colour}"`, 'penwidth=2']),
    ...(sets.length > 0 ? ['peripheries=2'] : []),
  ]
}

const COLOURS = {
  yes: '#17713a',
  harmless: '#46515e',
  no: '#b3261e',
  unsure: null,
  none: null,
} as const

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
