import { describeFunction, isBridge, portWords } from '../document/function-text.js'
import { type SceneMark, VM_NAMES } from '../drawing/scene.js'
import type { RelatedFunction } from '../inspect/document.js'
import { groupNumbersOf } from '../inspect/report-index.js'
import { isOnOwnBus } from '../inspect/text/tree/tree-facts.js'
import { counted } from '../text/english.js'
import { acsOf } from './acs-mark.js'
import { addressRange } from './address-range.js'
import type { Stack, Tree } from './forest.js'
import type { SceneOptions } from './scene-options.js'
import { alertOf, type CardFacts, driversText, markOf } from './topology-card.js'

/** Functions that share a card. */
type Several = Pick<Tree, 'kind' | 'functions' | 'devices'>

/** The card of VFs of a PF, or of chipset functions of a bus, that are alike. */
export function severalCard({ kind, functions }: Several, options: SceneOptions): CardFacts {
  const [first] = functions
  const name = counted(functions.length, kind === 'virtual-functions' ? 'VF' : 'other function')
  const what = rangeOf(functions, options)
  const facts = [
    ...(kind === 'virtual-functions' ? driversText(functions, options) : []),
    ...groupCount(functions),
    ...(isOnOwnBus(first) ? ['bus of their own'] : []),
    ...givenText(functions, options),
  ].join(' · ')
  const mark = sharedMark(functions, options)
  return {
    ...NOBODY,
    kind: 'several',
    name,
    what,
    facts,
    mark,
    alert: functions.map((each) => alertOf(each, options)).find((alert) => alert !== null) ?? null,
    description: [name, what, facts, ...(mark === null ? [] : [mark.text])].join(', '),
  }
}

/** One card for the functions that have the same place in devices that are alike. */
export function stackedCard(
  { kind, functions, devices }: Several,
  options: SceneOptions,
): CardFacts {
  const [first] = functions
  const range = rangeOf(functions, options)
  const facts = [
    ...driversText(functions, options),
    ...groupCount(functions),
    ...givenText(functions, options),
  ].join(' · ')
  const bridge = isBridge(first)
  const words = bridge ? portWords(first) : describeFunction(first)
  const mark = sharedMark(functions, options)
  const acs = bridge ? acsOf(first) : null
  return {
    ...NOBODY,
    kind: bridge ? 'port' : 'function',
    devices,
    name: bridge
      ? counted(devices, 'port')
      : kind === 'virtual-functions'
        ? counted(functions.length, 'VF')
        : `${functions.length} × ${range}`,
    what: bridge ? range : words,
    facts,
    acs,
    mark,
    description: [
      `${counted(devices, 'device')} alike`,
      range,
      words,
      facts,
      ...(acs === null ? [] : [acs.text]),
      ...(mark === null ? [] : [mark.text]),
    ].join(', '),
  }
}

/** The card of a stack that is open: its devices stand to the right of it. */
export function stackCard({ rows, units }: Stack, options: SceneOptions): CardFacts {
  const name = `${units.length} alike`
  const facts = rangeOf(rows[0].functions, options)
  const { what, description } = stackedCard(rows[0], options)
  return { ...NOBODY, kind: 'several', name, what, facts, description: `${name}, ${description}` }
}

/** A card that nobody can be given, and of which nothing is known yet. */
const NOBODY = {
  devices: 1,
  acs: null,
  mark: null,
  alert: null,
  owner: null,
  asked: false,
} as const

function rangeOf(functions: readonly RelatedFunction[], { index }: SceneOptions): string {
  return addressRange(functions.map(({ address }) => index.short(address)))
}

/** How many of several functions each VM has. */
function givenText(functions: Tree['functions'], { given }: SceneOptions): string[] {
  return (['a', 'b'] as const).flatMap((vm) => {
    const count = functions.filter(({ address }) => given?.get(address) === vm).length
    return count === 0 ? [] : [`${count} to ${VM_NAMES[vm]}`]
  })
}

function groupCount(functions: readonly RelatedFunction[]): string[] {
  const groups = groupNumbersOf(functions)
  const [first] = groups
  if (first === undefined) return []
  return [groups.length === 1 ? `group ${first}` : counted(groups.length, 'group')]
}

function sharedMark(functions: Tree['functions'], options: SceneOptions): SceneMark | null {
  const marks = functions.flatMap((each) => markOf(each, options) ?? [])
  const [first] = marks
  if (first === undefined) return null
  if (marks.every(({ text }) => text === first.text)) return first
  const refused = marks.filter(({ kind }) => kind === 'no').length
  const harmless = marks.filter(({ kind }) => kind === 'harmless').length
  if (refused > 0) return { kind: 'no', text: `${refused} of ${functions.length} refused` }
  if (harmless > 0) {
    return { kind: 'harmless', text: `${harmless} of ${functions.length} harmless` }
  }
  return { kind: 'unsure', text: 'cannot tell for all' }
}
