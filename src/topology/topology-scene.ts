import { isBridge } from '../document/function-text.js'
import { isStated } from '../document/stated.js'
import type {
  Scene,
  SceneGroup,
  SceneNode,
  ScenePassage,
  SceneRoot,
  SceneSet,
} from '../drawing/scene.js'
import type { PciAddress } from '../host/pci-address.js'
import type { RelatedFunction } from '../inspect/document.js'
import { isEndpoint } from '../inspect/text/overview/shown-functions.js'
import { verdictOf } from '../inspect/text/reset-text.js'
import { counted } from '../text/english.js'
import { escapeTerminal } from '../text/escape.js'
import { groupBy } from '../text/lists.js'
import { type Entry, entryId, functionsWithin, type Passage, type Tree } from './forest.js'
import { linkAbove } from './link-above.js'
import { resetMark } from './reset-mark.js'
import type { SceneOptions } from './scene-options.js'
import { severalCard, stackCard, stackedCard } from './several-card.js'
import { functionCard } from './topology-card.js'

/** The drawing of a report: its hierarchy as cards, groups as regions, what is reset together as outlines. */
export function topologyScene(options: SceneOptions): Scene {
  const { forest } = options
  const drawing: Drawing = { options, nodeOf: new Map() }
  const roots = forest.roots.map(
    ({ title, entries }): SceneRoot => ({ title, nodes: sceneNodes(entries, drawing) }),
  )
  return {
    roots,
    groups: sceneGroups(drawing),
    sets: sceneSets(drawing),
    passages: scenePassages(drawing),
  }
}

interface Drawing {
  readonly options: SceneOptions
  /** The card in which each drawn function stands. */
  readonly nodeOf: Map<PciAddress, Placed>
}

interface Placed {
  readonly id: string
  readonly functions: readonly PciAddress[]
}

function sceneNodes(entries: readonly Entry[], drawing: Drawing): readonly SceneNode[] {
  return entries.flatMap((entry) => {
    if (entry.kind !== 'stack') return sceneNode(entry, drawing)
    return drawing.options.folded.has(entryId(entry))
      ? entry.rows.flatMap((row, place) => {
          const hidden = place === 0 ? [...functionsWithin([entry])].length : 0
          return sceneNode(row, drawing, place === 0).map((node) => ({
            ...node,
            hidden: node.hidden + hidden,
          }))
        })
      : openStack(entry, drawing)
  })
}

/** The devices of a stack one by one, below a card that closes it again. */
function openStack(stack: Extract<Entry, { kind: 'stack' }>, drawing: Drawing): SceneNode {
  const functions = [...functionsWithin(stack.rows)]
  return {
    ...stackCard(stack, drawing.options),
    id: entryId(stack),
    functions: functions.map(({ address }) => address),
    link: null,
    children: sceneNodes(stack.units.flat(), drawing),
    hidden: 0,
  }
}

/**
 * Nothing: as things would be with what is ticked, there is no such function. The first card of a stack has its name, so
 * that the stack is closed does not mean that the card is folded.
 */
function sceneNode(tree: Tree, drawing: Drawing, isTop = false): readonly SceneNode[] {
  const { options, nodeOf } = drawing
  const [first, ...rest] = presentIn(tree.functions, options)
  if (first === undefined) return []
  const present: Tree = { ...tree, functions: [first, ...rest] }
  const id = entryId(tree)
  const functions = present.functions.map(({ address }) => address)
  const placed = { id, functions }
  for (const address of functions) nodeOf.set(address, placed)
  const isFolded = tree.below.length > 0 && !isTop && options.folded.has(id)
  const below = [...functionsWithin(tree.below)]
  const hidden = isFolded ? below.length : 0
  const isOne = tree.kind === 'function' && tree.devices === 1
  const card = isOne
    ? functionCard(first, options)
    : tree.devices > 1
      ? stackedCard(present, options)
      : severalCard(present, options)
  const facts = hidden > 0 && isOne ? hiddenText(below, drawing) : card.facts
  return [
    {
      ...card,
      id,
      functions,
      facts: escapeTerminal(facts),
      what: escapeTerminal(card.what),
      description: escapeTerminal(card.description),
      link: linkAbove(present.functions, options),
      children: isFolded ? [] : sceneNodes(tree.below, drawing),
      hidden,
    },
  ]
}

/** Functions as the report has them now. */
function presentIn(
  functions: readonly RelatedFunction[],
  { index }: SceneOptions,
): readonly RelatedFunction[] {
  return functions.flatMap(({ address }) => index.functions.get(address) ?? [])
}

/** `12 functions below, 3 refused`: refusals that do no harm are not counted. */
function hiddenText(below: readonly RelatedFunction[], drawing: Drawing): string {
  const { index, policy } = drawing.options
  let refused = 0
  for (const { address } of below) {
    const device = index.devices.get(address)
    if (device === undefined || !isEndpoint(device)) continue
    if (resetMark(device, verdictOf(device, policy)) === 'no') refused += 1
  }
  const marked = refused > 0 ? `, ${refused} refused` : ''
  return `${counted(below.length, 'function')} below${marked}`
}

function sceneGroups(drawing: Drawing): readonly SceneGroup[] {
  const groups = drawing.options.index.report.groups.map(({ id, devices }) => ({
    label: `group ${id}`,
    functions: devices,
  }))
  return enclosed(groups, drawing).map(({ members, sets: [first, ...others] }) => ({
    label: others.length === 0 ? first.label : `${others.length + 1} groups`,
    members,
  }))
}

/**
 * Outlines of the sets that VFIO keeps now, and of what a hot reset affects together, where that is more than one
 * function.
 */
function sceneSets(drawing: Drawing): readonly SceneSet[] {
  const now = drawing.options.index.report.devSets.map(({ key, members }) => ({
    label: key.kind === 'self' || members.length < 2 ? '' : `dev_set ${key.kind} ${key.of}`,
    functions: members,
  }))
  const resets = [...scopes(drawing)].map((functions) => ({ label: 'reset together', functions }))
  const outlines = enclosed(now, drawing).map(({ members, sets: [first, ...others] }): SceneSet => {
    const isNamed = first.label !== '' && others.length > 0
    const label = isNamed ? `${others.length + 1} dev_sets` : first.label
    return { kind: 'dev-set', label, members }
  })
  const seen = new Set(outlines.map(({ members }) => members.join(' ')))
  return [
    ...enclosed(resets, drawing)
      .filter(({ members }) => !seen.has(members.join(' ')))
      .map(({ members, sets: [{ label }, ...others] }): SceneSet => {
        const count = others.length === 0 ? '' : `, ${others.length + 1} sets`
        return { kind: 'reset', label: label + count, members }
      }),
    ...outlines,
  ]
}

/** Everything that a hot reset affects, once for all functions that share the reset. */
function* scopes({ options }: Drawing): Generator<readonly PciAddress[]> {
  const seen = new Set<string>()
  for (const device of options.index.report.devices) {
    const { affected, unaccounted, via } = device.hotReset
    if (isBridge(device) || !isStated(affected) || !isStated(unaccounted)) continue
    const key = `${isStated(via) ? via : '?'} ${affected.length} ${unaccounted.length}`
    if (affected.length + unaccounted.length < 2 || seen.has(key)) continue
    seen.add(key)
    yield [...affected, ...unaccounted]
  }
}

interface FunctionSet {
  readonly label: string
  readonly functions: readonly PciAddress[]
}

/** Cards that hold all of some sets and nothing else: of one, or of one in each device of a stack. */
interface Enclosed {
  readonly members: readonly string[]
  readonly sets: readonly [FunctionSet, ...FunctionSet[]]
}

/** Sets by the cards that they touch, as far as these hold all that the cards stand for. */
function enclosed(sets: readonly FunctionSet[], { nodeOf }: Drawing): readonly Enclosed[] {
  const touched = sets.map((set) => ({
    set,
    cards: [...new Set(set.functions.flatMap((address) => nodeOf.get(address) ?? []))],
  }))
  const byCards = groupBy(touched, ({ cards }) => cards.map(({ id }) => id).join(' '))
  return [...byCards.values()].flatMap((same): readonly Enclosed[] => {
    const [{ set, cards }, ...others] = same
    const all = [set, ...others.map((each) => each.set)]
    const inside = new Set(all.flatMap(({ functions }) => functions))
    const full = cards.filter(({ functions }) => functions.every((each) => inside.has(each)))
    if (full.length === 0) return []
    return [{ members: full.map(({ id }) => id), sets: [set, ...others.map((each) => each.set)] }]
  })
}

/** Ways sideways between what is drawn: cards all of whose functions have a part in them, in each device of a stack. */
function scenePassages(drawing: Drawing): readonly ScenePassage[] {
  const sets = (end: keyof Passage) =>
    drawing.options.forest.passages.map((passage, place) => ({
      label: `${place}`,
      functions: passage[end],
    }))
  const origins = enclosed(sets('from'), drawing)
  return enclosed(sets('to'), drawing).flatMap(({ members: to, sets: [{ label }] }) => {
    const from = origins.find((each) => each.sets.some((set) => set.label === label))?.members
    return from === undefined ? [] : [{ from, to }]
  })
}
