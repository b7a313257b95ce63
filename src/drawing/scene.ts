/**
 * What is drawn, before anybody has said where: a forest of nodes, and sets of nodes that belong together. Texts are
 * as the host has them; every writer escapes for its own format. Node ids are unique within a scene.
 */
export interface Scene {
  readonly roots: readonly SceneRoot[]
  readonly groups: readonly SceneGroup[]
  readonly sets: readonly SceneSet[]
  readonly passages: readonly ScenePassage[]
}

/** A root bus with what hangs on it. */
export interface SceneRoot {
  readonly title: string
  readonly nodes: readonly SceneNode[]
}

export interface SceneNode {
  readonly id: string
  /** Functions that the card stands for. */
  readonly functions: readonly string[]
  /** `several`: functions that are alike and share a card. */
  readonly kind: 'port' | 'function' | 'several'
  /** Devices that it stands for: more than one are drawn as a stack. */
  readonly devices: number
  /** First line: the address, or how many functions of what. */
  readonly name: string
  /** Second line: what it is. */
  readonly what: string
  /** Third line: driver, group. */
  readonly facts: string
  readonly acs: SceneAcs | null
  /** The link that leads to it; null: none, or not known. */
  readonly link: SceneLink | null
  readonly mark: SceneMark | null
  /** Why the host itself needs the function: `root file system`; null: it does not, as far as known. */
  readonly alert: string | null
  /** The VM that it is given to; null where nobody can be given it. */
  readonly owner: Vm | 'nobody' | null
  /** DEVICE was given, and this is it. */
  readonly asked: boolean
  /** All of it in one sentence, for tooltips and screen readers. */
  readonly description: string
  readonly children: readonly SceneNode[]
  /** Functions that are not drawn one by one because the node is folded. */
  readonly hidden: number
}

/** ACS of a port. `enforced`: nothing passes sideways; `open`: something may; `unread`: unknown. */
export interface SceneAcs {
  readonly text: string
  readonly state: 'enforced' | 'open' | 'unread'
}

/** A link as it is now: `×16`, `16 GT/s`. */
export interface SceneLink {
  readonly width: string
  readonly speed: string
}

/** A way sideways: requests from or from below some cards can reach others, without passing the IOMMU. */
export interface ScenePassage {
  readonly from: readonly string[]
  readonly to: readonly string[]
}

/** One of the two VMs that functions are given to. */
export type Vm = 'a' | 'b'

export const VM_NAMES = { a: 'VM A', b: 'VM B' } as const satisfies Record<Vm, string>

/**
 * The verdict on a hot reset. `harmless`: refused, but the function has a reset of its own; `none`: there is nothing to
 * ask.
 */
export interface SceneMark {
  readonly kind: 'yes' | 'harmless' | 'no' | 'unsure' | 'none'
  /** `refused EINVAL`. */
  readonly text: string
}

/** Signs of verdicts: the colour says the same. */
export const SIGNS = {
  yes: '✓',
  harmless: '○',
  no: '✗',
  unsure: '?',
  none: '–',
} as const satisfies Record<SceneMark['kind'], string>

/** An IOMMU group, drawn as a region. */
export interface SceneGroup {
  readonly label: string
  readonly members: readonly string[]
}

/** Functions that are reset together, drawn as an outline. */
export interface SceneSet {
  /** `dev-set`: VFIO keeps them as one set now; `reset`: a hot reset would reset them together. */
  readonly kind: 'dev-set' | 'reset'
  /** Empty: the outline says it all. */
  readonly label: string
  readonly members: readonly string[]
}

/** Every node of a scene that is drawn, parents before children. */
export function* drawnNodes(scene: Scene): Generator<SceneNode> {
  for (const { nodes } of scene.roots) yield* withChildren(nodes)
}

function* withChildren(nodes: readonly SceneNode[]): Generator<SceneNode> {
  const waiting = [...nodes].reverse()
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node
    for (const child of [...node.children].reverse()) waiting.push(child)
  }
}
