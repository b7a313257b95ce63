import { describeFunction } from '../document/function-text.js'
import { element, type Markup } from '../drawing/markup.js'
import { SIGNS, VM_NAMES } from '../drawing/scene.js'
import type { PciAddress } from '../host/pci-address.js'
import type { ReportIndex } from '../inspect/report-index.js'
import { type Standing, standingOf } from '../inspect/standing.js'
import {
  ALONE_KINDS,
  aloneTitle,
  withoutIommuTitle,
} from '../inspect/text/overview/overview-sections.js'
import { isEndpoint } from '../inspect/text/overview/shown-functions.js'
import type { UnitReport } from '../inspect/unit-report.js'
import { counted, listed } from '../text/english.js'
import { groupBy } from '../text/lists.js'
import { addressRange } from '../topology/address-range.js'
import { goTo, listItems, said } from './panel-parts.js'

/** The answer before any question: what cannot be used independently, each a button that shows it. */
export function answerPanel(index: ReportIndex, lit: readonly PciAddress[]): readonly Markup[] {
  const units = askedUnits(index)
  const withoutIommu = withoutIommuTitle(index.report)
  const standings = units.map((unit) => ({ unit, standing: standing(unit, index) }))
  const several = standings.flatMap((each) => (each.standing === null ? [each.unit] : []))
  const title =
    several.length === 0
      ? 'No function here shares a reset or a group that was read'
      : `${counted(several.length, 'thing')} cannot be used independently`
  return [
    element('h2', title),
    ...KINDS.flatMap(({ heading, holds }) =>
      section(withoutIommu ?? heading, several.filter(holds), index, lit),
    ),
    ...ALONE_KINDS.flatMap((kind) => {
      const alone = standings.filter((each) => each.standing === kind)
      if (alone.length === 0) return []
      const count = counted(alone.flatMap(({ unit }) => unit.devices).length, 'function')
      return [element('p', { class: 'soft' }, `${aloneTitle(kind, index.report)}: ${count}.`)]
    }),
  ]
}

function standing({ devices }: UnitReport, index: ReportIndex): Standing | null {
  const members = devices.flatMap((address) => index.devices.get(address) ?? [])
  return standingOf(members, index.report.host)
}

/** Units of something that somebody could be given; those of the chipset alone are left out. */
export function askedUnits({ report, devices }: ReportIndex): readonly UnitReport[] {
  return report.units.filter((unit) =>
    unit.devices.some((address) => {
      const device = devices.get(address)
      return device !== undefined && isEndpoint(device)
    }),
  )
}

const KINDS: readonly {
  readonly heading: string
  readonly holds: (unit: UnitReport) => boolean
}[] = [
  { heading: 'Must go together: one IOMMU group', holds: ({ kind }) => kind === 'group' },
  {
    heading: 'Must go together in part: one reset, some in one group',
    holds: ({ kind }) => kind === 'mixed',
  },
  {
    heading: 'Can be split, but not hot-reset alone: one reset',
    holds: ({ kind }) => kind === 'reset',
  },
  {
    heading: 'Not hot-reset alone; their groups were not read',
    holds: ({ kind }) => kind === null,
  },
]

/** Units beyond this many are counted. */
const LISTED = 24

function section(
  heading: string,
  units: readonly UnitReport[],
  index: ReportIndex,
  lit: readonly PciAddress[],
): readonly Markup[] {
  if (units.length === 0) return []
  return [
    element('h3', heading),
    element(
      'ul',
      { class: 'plain units' },
      ...listItems(alikeUnits(units, index), { most: LISTED, noun: 'unit' }, (alike) =>
        element('li', ...unitItem(alike, index, alike[0].devices[0] === lit[0])),
      ),
    ),
  ]
}

type Alike = readonly [UnitReport, ...UnitReport[]]

/** Units that consist of the same devices and are answered alike are one answer. */
function alikeUnits(units: readonly UnitReport[], index: ReportIndex): readonly Alike[] {
  const groups = groupBy(units, (unit) => {
    const found = unit.devices.flatMap((address) => index.functions.get(address) ?? [])
    return JSON.stringify([unit.kind, wholeAnswer(unit), found.map(describeFunction)])
  })
  return [...groups.values()]
}

/** The functions that a button stands for: of its unit, and of those that are alike. */
export function devicesOfAnswer(first: string, index: ReportIndex): readonly PciAddress[] {
  const alike = alikeUnits(askedUnits(index), index).find(([unit]) => unit.devices[0] === first)
  return (alike ?? []).flatMap(({ devices }) => devices)
}

function unitItem(alike: Alike, index: ReportIndex, isLit: boolean): readonly Markup[] {
  const [unit] = alike
  const [first] = unit.devices
  if (first === undefined) return []
  const { mark, text } = wholeAnswer(unit)
  const found = index.functions.get(first)
  const isOne = alike.length === 1
  const button = element(
    'button',
    {
      type: 'button',
      class: 'unit',
      'data-unit': first,
      'data-focus': `unit ${first}`,
      'aria-pressed': String(isLit),
      title: said(unit.summary),
    },
    element('strong', isOne ? namesOf(unit, index) : rangesOf(alike, index)),
    element(
      'span',
      { class: 'soft cut' },
      found === undefined ? '' : said(describeFunction(found)),
    ),
    element('span', { class: mark }, `${SIGNS[mark]} ${isOne ? 'all' : 'each'} to one VM: ${text}`),
  )
  if (!isLit) return [button]
  return [
    button,
    element('p', { class: 'soft' }, said(unit.summary)),
    ...(isOne ? [] : [element('p', { class: 'soft' }, ...listOf(alike, index))]),
    element('span', { class: 'give' }, giveButton('a', first), giveButton('b', first)),
  ]
}

/** Each of the units that are alike, as a button that shows it. */
function listOf(alike: Alike, index: ReportIndex): readonly (Markup | string)[] {
  return alike.flatMap(({ devices: [first] }, place) =>
    first === undefined
      ? []
      : [place === 0 ? 'The same of ' : ', ', goTo(first, { index }, 'alike')],
  )
}

function giveButton(vm: 'a' | 'b', first: PciAddress): Markup {
  return element(
    'button',
    { type: 'button', 'data-give': `${vm} ${first}`, 'data-focus': `give ${vm} ${first}` },
    `All to ${VM_NAMES[vm]}`,
  )
}

/** What the chosen policy answers whoever has the whole unit. */
function wholeAnswer({ verdicts, toBind }: UnitReport) {
  const [verdict] = verdicts
  if (verdict?.outcome === 'permitted') {
    return { mark: 'yes', text: toBind.length > 0 ? 'permitted, once bound' : 'permitted' } as const
  }
  if (verdict?.outcome === 'refused') return { mark: 'no', text: 'refused' } as const
  return { mark: 'unsure', text: 'cannot tell' } as const
}

/** More names than this are counted. */
const NAMED = 4

function namesOf({ devices }: UnitReport, { short }: ReportIndex): string {
  const names = devices.slice(0, NAMED).map(short)
  const more = devices.length - NAMED
  return more > 0 ? `${names.join(', ')} and ${more} more` : listed(names)
}

/** `11 × 08…bd:00.0 and 08…bd:00.1`. */
function rangesOf(alike: Alike, { short }: ReportIndex): string {
  const [{ devices }] = alike
  const ranges = devices
    .slice(0, NAMED)
    .map((_, place) => addressRange(alike.flatMap((unit) => unit.devices[place] ?? []).map(short)))
  const more = devices.length - NAMED
  return `${alike.length} × ${more > 0 ? `${ranges.join(', ')} and ${more} more` : listed(ranges)}`
}
