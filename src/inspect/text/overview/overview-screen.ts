import { describeFunction } from '../../../document/function-text.js'
import { tellGap } from '../../../host/gap-words.js'
import { NEED_WORDS } from '../../../host/need-words.js'
import { counted } from '../../../text/english.js'
import { firstScreen, type Piece, SEVERAL } from '../../../text/first-screen.js'
import { cut, displayWidth, pad, paragraph } from '../../../text/layout.js'
import { glyphsOf, paint, type Style, type Tone } from '../../../text/style.js'
import type { DeviceReport, InspectReport } from '../../document.js'
import { isHostNeed, type ReportIndex } from '../../report-index.js'
import type { UnitReport } from '../../unit-report.js'
import { tellWarning } from '../../warning-words.js'
import type { Block, Entry, OverviewEntries } from './overview-entries.js'
import { type OverviewSection, overviewSections } from './overview-sections.js'

/** The overview on one screen: the answer, then a line for each thing that one would give to a VM. */
export function overviewScreen(
  entries: OverviewEntries,
  index: ReportIndex,
  style: Style,
): readonly string[] {
  const { report } = index
  const view = { index, style }
  const pieces = [
    {
      lines: paragraph(report.summary, style, { tone: 'strong' as const }),
      rank: 0,
      called: 'the answer',
    },
    ...overviewSections(entries, report).flatMap((section, at) =>
      sectionPieces(section, at + 1, view),
    ),
    ...warningPieces(index, style),
    ...unknownPieces(report, style),
  ]
  return firstScreen(pieces, { most: SEVERAL, more: moreText(style) }, style)
}

function moreText(style: Style): string {
  const { yes, no, unsure } = glyphsOf(style)
  return `${yes} ${no} ${unsure}: can a VM that gets all of the line hot-reset it, once bound to vfio-pci? "vfio-reset inspect DEVICE" says why; --why shows groups, drivers, verdicts.`
}

interface ScreenView {
  readonly index: ReportIndex
  readonly style: Style
}

/** Lines beyond these of one kind give way to those of the next. */
const MOST_LINES = 7

function sectionPieces(
  { title, blocks, entries }: OverviewSection,
  rank: number,
  view: ScreenView,
): readonly Piece[] {
  const called = blocks.length > 0 ? 'more blocks' : 'more functions'
  const lines = [
    ...blocks.slice(0, SEVERAL).map((block) => blockLine(block, view)),
    ...entries.slice(0, SEVERAL).map((entry) => entryLine(entry, view)),
  ]
  const { style } = view
  return [
    { lines: paragraph(title, style, { tone: 'strong' }), rank, called },
    ...lines.map((line, at) => ({
      lines: [line],
      rank: at < MOST_LINES ? rank : rank + LATER,
      called,
    })),
  ]
}

/** What gives way comes after the first lines of every section. */
const LATER = 10

function blockLine({ unit, entries, more }: Block, view: ScreenView): string {
  const { index } = view
  const [first] = entries
  const device = first?.devices[0]
  if (device === undefined) return ''
  const others = unit.devices.length - 1
  const alike = more.length > 0 ? `${more.length + 1} x ` : ''
  return line(
    {
      unit: index.unitOf.get(device.address),
      address: `${index.short(device.address)}${others > 0 ? ` +${others}` : ''}`,
      what: `${alike}${describeFunction(device)}`,
      devices: unit.devices.flatMap((each) => index.devices.get(each) ?? []),
    },
    view,
  )
}

function entryLine({ devices }: Entry, view: ScreenView): string {
  const { index } = view
  const [device] = devices
  const others = devices.length - 1
  return line(
    {
      unit: index.unitOf.get(device.address),
      address: `${index.short(device.address)}${others > 0 ? ` +${others}` : ''}`,
      what: describeFunction(device),
      devices,
    },
    view,
  )
}

interface Told {
  readonly unit: UnitReport | undefined
  readonly address: string
  readonly what: string
  readonly devices: readonly DeviceReport[]
}

/** `✓ 0a:00.0 +1  VGA: NVIDIA GA102 …  bind 0a:00.1 first`: as wide as the place, and never wider. */
function line({ unit, address, what, devices }: Told, view: ScreenView): string {
  const { index, style } = view
  const { sign, tone } = markOf(unit, devices, view)
  const note = noteOf(unit, devices, index)
  const { yes, no, unsure, attention } = glyphsOf(style)
  const signs = Math.max(...[yes, no, unsure, attention].map(displayWidth))
  const column = Math.max(ADDRESS_WIDTH, displayWidth(address))
  const room = (style.width ?? WIDTH) - signs - column - GAPS
  // What it is comes before what is to be known of it; both are cut where there is no room.
  const told = cut(note, Math.max(0, room - LEAST_NAME))
  const rest = room - displayWidth(told)
  const name = pad(cut(what, rest), rest)
  return `  ${paint(pad(sign, signs), tone, style)} ${pad(address, column)} ${name}  ${told}`.trimEnd()
}

const WIDTH = 100
/** `0a:00.0 +3`, or the same with a domain. */
const ADDRESS_WIDTH = 11
/** Less of a name than this says nothing. */
const LEAST_NAME = 12
/** Columns between the parts of a line. */
const GAPS = 6

/** Whether whoever gets the whole unit can reset it; what is refused and does no harm is no alarm. */
function markOf(
  unit: UnitReport | undefined,
  devices: readonly DeviceReport[],
  { index, style }: ScreenView,
): { readonly sign: string; readonly tone: Tone } {
  const { yes, no, unsure, attention } = glyphsOf(style)
  if (hasNeed(devices, index)) return { sign: attention, tone: 'bad' }
  const outcomes = outcomesOf(unit)
  if (outcomes.has('permitted')) return { sign: yes, tone: 'good' }
  if (!isRefused(outcomes)) return { sign: unsure, tone: 'unsure' }
  return { sign: no, tone: isRefusedWithoutHarm(unit, devices) ? 'faint' : 'bad' }
}

/** What kernels answer whoever has the whole unit. */
function outcomesOf(unit: UnitReport | undefined): ReadonlySet<string> {
  const asked = (unit?.verdicts ?? []).filter(
    ({ hypothetical, reasons }) => !hypothetical && !reasons.some(({ kind }) => kind === 'no-cdev'),
  )
  return new Set(asked.map(({ outcome }) => outcome))
}

function isRefused(outcomes: ReadonlySet<string>): boolean {
  return outcomes.size === 1 && outcomes.has('refused')
}

function isRefusedWithoutHarm(
  unit: UnitReport | undefined,
  devices: readonly DeviceReport[],
): boolean {
  return isRefused(outcomesOf(unit)) && devices.every(({ hotReset }) => hotReset.harmless === true)
}

/** What the host cannot do without is nobody's to reset. */
function hasNeed(devices: readonly DeviceReport[], { warningsOf }: ReportIndex): boolean {
  return devices.some(({ address }) => (warningsOf.get(address) ?? []).some(isHostNeed))
}

/** What must be known before anybody takes it: the most important, in a few words. */
function noteOf(
  unit: UnitReport | undefined,
  devices: readonly DeviceReport[],
  { warningsOf, short }: ReportIndex,
): string {
  if (devices.some(({ state }) => state.dead === true)) return 'does not answer'
  const warnings = devices.flatMap(({ address }) => warningsOf.get(address) ?? [])
  const need = warnings.find(isHostNeed)
  if (need !== undefined) return `host needs it: ${NEED_WORDS[need.kind].noun}`
  if (warnings.some(({ kind }) => kind === 'possible-host-need')) return 'host may need it'
  const holder = devices.flatMap(({ state }) => state.holders)[0]
  if (holder !== undefined) return `in use by ${holder.command.slice(0, COMMAND)} ${holder.pid}`
  const toBind = unit?.toBind ?? []
  const [bind] = toBind
  if (isRefusedWithoutHarm(unit, devices)) return 'harmless: own reset'
  if (bind === undefined || devices.length === 1) return ''
  return toBind.length === 1
    ? `bind ${short(bind)} first`
    : `bind ${toBind.length} of ${unit?.devices.length} first`
}

const COMMAND = 16

/** What the lines do not say. */
function warningPieces({ report, shorten }: ReportIndex, style: Style): readonly Piece[] {
  return report.warnings
    .filter((warning) => !isHostNeed(warning) && warning.kind !== 'kernel-assumed')
    .slice(0, MOST_LINES)
    .map((warning) => ({
      lines: paragraph(
        `${glyphsOf(style).attention} ${shorten(tellWarning(warning).sentence)}`,
        style,
      ),
      rank: 4,
      called: 'warnings',
    }))
}

/** What would settle most of what is unknown, once. */
function unknownPieces({ gaps, source }: InspectReport, style: Style): readonly Piece[] {
  const [first] = gaps
  if (first === undefined) return []
  const { words } = tellGap(first)
  const hint = (source.kind === 'live' ? words.hint : words.copyHint) ?? ''
  const more = gaps.length > 1 ? ` and ${counted(gaps.length - 1, 'more file')}` : ''
  return [
    {
      lines: paragraph(`Unknown: ${first.path}${more} (${words.title}). ${hint}`.trimEnd(), style),
      rank: 4,
      called: 'what is unknown',
    },
  ]
}
