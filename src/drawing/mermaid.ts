import { nodeLines, passageLines, setLines, setsByMember } from './node-lines.js'
import { drawnNodes, type Scene, type SceneNode } from './scene.js'

/**
 * The scene as a Mermaid flowchart, which trackers and wikis draw from a fenced block. Groups of several functions
 * are subgraphs; what is reset together is joined by dotted lines and stands in the labels.
 */
export function mermaidText(scene: Scene, title: string): string {
  const nodes = [...drawnNodes(scene)]
  const names = new Map(nodes.map(({ id }, place) => [id, `n${place}`]))
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const sets = setsByMember(scene)
  const lines = [`%% ${entities(title)}`, 'flowchart LR']
  const line = (node: SceneNode): string => {
    const text = nodeLines(node, sets.get(node.id) ?? [])
      .map(entities)
      .join('<br/>')
    return `${names.get(node.id)}["${text}"]${classOf(node)}`
  }
  const grouped = new Set<string>()
  scene.groups.forEach(({ label, members }, place) => {
    if (members.length < 2) return
    lines.push(`  subgraph g${place}["${entities(label)}"]`)
    for (const node of members.flatMap((id) => byId.get(id) ?? [])) {
      lines.push(`    ${line(node)}`)
      grouped.add(node.id)
    }
    lines.push('  end')
  })
  for (const node of nodes) if (!grouped.has(node.id)) lines.push(`  ${line(node)}`)
  scene.roots.forEach(({ title: root, nodes: below }, place) => {
    lines.push(`  r${place}(["${entities(root)}"])`)
    for (const { id } of below) lines.push(`  r${place} --- ${names.get(id)}`)
  })
  for (const { id, children } of nodes) {
    for (const child of children) lines.push(`  ${names.get(id)} --- ${names.get(child.id)}`)
  }
  const sideLines = [
    ...setLines(scene).map(({ from, to, label }) => {
      const text = label === '' ? '' : `|"${entities(label)}"|`
      return `  ${names.get(from)} -.-${text} ${names.get(to)}`
    }),
    ...passageLines(scene).map(
      ({ from, to }) => `  ${names.get(from)} -. ACS ✗ .-> ${names.get(to)}`,
    ),
  ]
  // One line leads to every card.
  const room = Math.max(0, MOST_LINES - nodes.length)
  return `${[...lines, ...sideLines.slice(0, room), ...CLASSES].join('\n')}\n`
}

/** Mermaid refuses charts of more edges (`maxEdges`); the labels have all sets. */
const MOST_LINES = 500

const CLASSES = [
  '  classDef port fill:#e4e8ee,stroke:#8b96a3,color:#17202a',
  '  classDef permitted fill:#ffffff,stroke:#17713a,stroke-width:2px,color:#17202a',
  '  classDef refused fill:#ffffff,stroke:#b3261e,stroke-width:3px,color:#17202a',
  '  classDef harmless fill:#ffffff,stroke:#46515e,stroke-width:2px,color:#17202a',
  '  classDef unsure fill:#ffffff,stroke:#8a5a00,stroke-dasharray:4 3,color:#17202a',
]

const MARK_CLASSES = {
  yes: ':::permitted',
  harmless: ':::harmless',
  no: ':::refused',
  unsure: ':::unsure',
  none: '',
} as const

function classOf({ kind, mark }: SceneNode): string {
  if (kind === 'port') return ':::port'
  return mark === null ? '' : MARK_CLASSES[mark.kind]
}

/** Mermaid's own entities for everything that could be syntax, markup or Markdown to it: `#34;` is a quotation mark. */
function entities(text: string): string {
  return text.replace(/[^A-Za-z0-9 .,:/_+·✓✗-]/gu, (character) => `#${character.codePointAt(0)};`)
}
