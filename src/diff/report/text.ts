import { errnoText } from '../../document/errno-text.js'
import type { DeviceName, Source } from '../../document/values.js'
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
  const { sources, changes } = report
  return finish(
    [
      ...paragraph(`Before  ${sourceText(sources.before)}`, style, { next: 8 }),
      ...paragraph(`After   ${sourceText(sources.after)}`, style, { next: 8 }),
      '',
      ...paragraph(summary(report), style, { tone: 'strong' }),
      ...[...groupBy(changes, changeTitle)].flatMap(([title, list]) => [
        ...heading(title, style),
        ...mergePolicies(list).flatMap((entry) => entryLines(entry, names, style)),
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

function summary({ same, changes }: DiffReport): string {
  if (same) return 'No difference that matters.'
  const flips = changes.filter(({ kind }) => kind === 'verdict').length
  const count = changes.length === 1 ? '1 difference' : `${changes.length} differences`
  if (flips === 0) return `${count}; no verdict changed.`
  return `${count}, among them ${flips === 1 ? '1 verdict that changed' : `${flips} verdicts that changed`}.`
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

function entryLines({ change, policies }: Entry, names: DiffNames, style: Style): string[] {
  const { devices, cause } = change
  const by = policies.length === 0 ? '' : `${policies.join(', ')}: `
  const sentence = `${by}${changeSentence(change)}`
  const because =
    cause === null ? [] : paragraph(`because of ${causeText(cause)}`, style, { by: 6, next: 8 })
  if (devices.length === 0) {
    return [...paragraph(`${sentence}.`, style, { by: 2, next: 4 }), ...because]
  }
  const tone = toneOf(change)
  const sign = tone === 'bad' ? `${glyphsOf(style).attention} ` : ''
  return [
    ...deviceLines(devices, names, sign, style, tone),
    ...paragraph(`${sentence}.`, style, { by: 4, next: 6 }),
    ...because,
  ]
}

function deviceLines(
  devices: readonly PciAddress[],
  names: DiffNames,
  sign: string,
  style: Style,
  tone: Tone | undefined,
): string[] {
  const toned = tone === undefined ? {} : { tone }
  if (devices.length > NAMED) {
    const text = `${sign}${devices.length} functions: ${listText(devices)}`
    return paragraph(text, style, { by: 2, next: 4, ...toned })
  }
  return devices.flatMap((address) =>
    paragraph(`${sign}${address}${nameText(names.get(address))}`, style, {
      by: 2,
      next: 4,
      ...toned,
    }),
  )
}

function nameText(name: DeviceName | undefined): string {
  const text = name?.device ?? name?.class ?? null
  return text === null ? '' : `  ${text}`
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
