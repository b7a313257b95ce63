import { errnoText } from '../../document/errno-text.js'
import type { Source } from '../../document/values.js'
import type { PciAddress } from '../../host/pci-address.js'
import { finish, heading, paragraph } from '../../text/layout.js'
import { groupBy } from '../../text/lists.js'
import type { Printable } from '../../text/printable.js'
import { glyphsOf, type Style, type Tone } from '../../text/style.js'
import type { Change, VerdictChange } from '../change.js'
import {
  causeText,
  changeSentence,
  changeTitle,
  INCOMPARABLE_WORDS,
  listText,
} from './change-words.js'
import type { DiffNames, DiffReport } from './document.js'

/** Functions of one change that are named each on its own; more are counted. */
const NAMED = 4

/** `diff` for people: what flipped, then what else is different, each with its cause. */
export function renderDiff(report: DiffReport, names: DiffNames, style: Style): Printable {
  const { sources } = report
  const changes = shownChanges(report)
  const facts = { names, replaced: replacedAmong(changes) }
  return finish(
    [
      ...paragraph(report.summary, style, { tone: 'strong' }),
      ...paragraph(`Before  ${sourceText(sources.before)}`, style, { next: 8 }),
      ...paragraph(`After   ${sourceText(sources.after)}`, style, { next: 8 }),
      ...[...groupBy(changes, changeTitle)].flatMap(([title, list]) => [
        ...heading(title, style),
        ...mergePolicies(list).flatMap((entry) => entryLines(entry, facts, style)),
      ]),
      ...incomparableLines(report, style),
    ],
    style,
  )
}

function sourceText({ kind, path, kernelRelease, kernelReleaseFrom }: Source): string {
  const what = path === null ? (kind === 'live' ? 'this host' : 'the demo host') : `${kind} ${path}`
  const release = kernelReleaseFrom === 'assumed' ? 'kernel not recorded' : `Linux ${kernelRelease}`
  return `${what}, ${release}`
}

/** Of two machines only what they have in common can have changed. */
function shownChanges({ changes, machine }: DiffReport): readonly Change[] {
  if (!machine.different) return changes
  return changes.filter(({ kind }) => kind === 'kernel-release' || kind === 'command-line')
}

/** Addresses at which another function is now. */
function replacedAmong(changes: readonly Change[]): ReadonlySet<PciAddress> {
  const of = (kind: Change['kind']) =>
    new Set(changes.flatMap((change) => (change.kind === kind ? change.devices : [])))
  const come = of('function-added')
  return new Set([...of('function-gone')].filter((address) => come.has(address)))
}

/** A change as it is shown: what was replaced is told once, by what is there now. */
function shownDevices({ kind, devices }: Change, replaced: ReadonlySet<PciAddress>) {
  return kind === 'function-gone' ? devices.filter((address) => !replaced.has(address)) : devices
}

interface Entry {
  readonly change: Change
  /** Policies that changed alike; empty for what is no verdict. */
  readonly policies: readonly string[]
}

/** Policies that flipped in the same way for the same functions are told together. */
function mergePolicies(changes: readonly Change[]): readonly Entry[] {
  const found = new Map<string, { readonly change: Change; readonly policies: string[] }>()
  for (const change of changes) {
    const key = change.kind === 'verdict' ? flipKey(change) : JSON.stringify(change)
    const entry = found.get(key) ?? { change, policies: [] }
    if (change.kind === 'verdict') entry.policies.push(change.policy)
    found.set(key, entry)
  }
  return [...found.values()]
}

function flipKey({ devices, before, after, cause }: VerdictChange): string {
  const ending = (side: VerdictChange['before']) => [side.outcome, errnoText(side)]
  return JSON.stringify([devices, ending(before), ending(after), cause])
}

/** What the text says of functions. */
interface FunctionWords {
  readonly names: DiffNames
  readonly replaced: ReadonlySet<PciAddress>
}

function entryLines({ change, policies }: Entry, facts: FunctionWords, style: Style): string[] {
  const { cause } = change
  const devices = shownDevices(change, facts.replaced)
  if (devices.length === 0 && change.devices.length > 0) return []
  const by = policies.length === 0 ? '' : `${policies.join(', ')}: `
  const sentence = `${by}${changeSentence(change)}`
  const because =
    cause === null ? [] : paragraph(`because ${causeText(cause)}`, style, { by: 6, next: 8 })
  if (devices.length === 0) {
    return [...paragraph(`${sentence}.`, style, { by: 2, next: 4 }), ...because]
  }
  const tone = toneOf(change)
  const sign = tone === 'bad' ? `${glyphsOf(style).attention} ` : ''
  return [
    ...deviceLines({ ...change, devices }, facts, sign, style),
    ...paragraph(`${sentence}.`, style, { by: 4, next: 6 }),
    ...because,
  ]
}

function deviceLines(change: Change, facts: FunctionWords, sign: string, style: Style): string[] {
  const { devices } = change
  const tone = toneOf(change)
  const toned = tone === undefined ? {} : { tone }
  const replaces = devices.some((address) => facts.replaced.has(address))
  if (devices.length > NAMED && !replaces) {
    const text = `${sign}${devices.length} functions: ${listText(devices)}`
    return paragraph(text, style, { by: 2, next: 4, ...toned })
  }
  return devices.flatMap((address) =>
    paragraph(`${sign}${address}${nameText(address, change, facts)}`, style, {
      by: 2,
      next: 4,
      ...toned,
    }),
  )
}

/** What is gone is named by the side that it was on. */
function nameText(address: PciAddress, { kind }: Change, { names, replaced }: FunctionWords) {
  const [was, is] = [names.before.get(address), names.after.get(address)]
  if (kind === 'function-added' && replaced.has(address)) {
    return `  ${was ?? 'a function'} replaced by ${is ?? 'another one'}`
  }
  const name = kind === 'function-gone' ? was : is
  return name === undefined ? '' : `  ${name}`
}

/** What got worse: a verdict that was better, a group that lost its isolation. */
function toneOf(change: Change): Tone | undefined {
  if (change.kind === 'groups-joined' || change.kind === 'groups-lost') return 'bad'
  if (change.kind !== 'verdict') return undefined
  if (change.after.outcome === 'permitted') return 'good'
  return change.after.outcome === 'refused' ? 'bad' : 'unsure'
}

function incomparableLines({ incomparable }: DiffReport, style: Style): string[] {
  if (incomparable.length === 0) return []
  const parts = incomparable.map(({ what, devices }) =>
    devices.length === 0
      ? INCOMPARABLE_WORDS[what]
      : `${INCOMPARABLE_WORDS[what]} of ${devices.length === 1 ? '1 function' : `${devices.length} functions`}`,
  )
  return [
    '',
    ...paragraph(`Not compared, since one side does not show it: ${parts.join(', ')}.`, style, {
      tone: 'unsure',
    }),
  ]
}
