import {
  cellText,
  describeFunction,
  isBridge,
  modelName,
  portWords,
} from '../../../document/function-text.js'
import { isStated } from '../../../document/stated.js'
import { NEED_WORDS } from '../../../host/need-words.js'
import type { PciAddress } from '../../../host/pci-address.js'
import type { PolicyId } from '../../../policy/policies/index.js'
import { counted } from '../../../text/english.js'
import { paragraph } from '../../../text/layout.js'
import { glyphsOf, type Style } from '../../../text/style.js'
import { type Cell, type Column, type Row, renderTable } from '../../../text/table.js'
import type { Unit } from '../../../vfio/units.js'
import type { DeviceReport, InspectReport } from '../../document.js'
import { groupNumbersOf, isHostNeed, type ReportIndex } from '../../report-index.js'
import { MARK_TONES, type MarkKind, markKind, resetReach, verdictOf } from '../reset-text.js'
import { edgeTexts } from './edge-text.js'
import type { Block, Entry } from './overview-entries.js'

/** Policies that get a column: those that kernels have; if none of them was asked for, the ones that were. */
export function shownPolicies({ devices }: InspectReport): readonly PolicyId[] {
  const asked = devices.find((device) => !isBridge(device) && device.hotReset.verdicts.length > 0)
  const verdicts = asked?.hotReset.verdicts
  const real = verdicts?.filter(({ hypothetical }) => !hypothetical) ?? []
  return (real.length > 0 ? real : (verdicts ?? [])).map(({ policy }) => policy)
}

/** What two functions of one model must share to stand on one line. */
export function likeness(device: DeviceReport, policies: readonly PolicyId[]): string {
  const marks = policies.map((policy) => markKind(verdictOf(device, policy)))
  return JSON.stringify([resetReach(device), ownText(device), marks, isStated(device.iommuGroup)])
}

/** The signs that stand in the tables. */
export function marksUsed(report: InspectReport): ReadonlySet<MarkKind> {
  const policies = shownPolicies(report)
  // Nobody is asked about the reset of a bridge.
  const asked = report.devices.filter((device) => !isBridge(device))
  return new Set(
    asked.flatMap((device) =>
      device.hotReset.verdicts
        .filter(({ policy }) => policies.includes(policy))
        .map((verdict) => markKind(verdict)),
    ),
  )
}

export function singleTable(entries: readonly Entry[], index: ReportIndex, style: Style): string[] {
  const view = tableView(index, style)
  return renderTable({
    columns: [FUNCTION, ...COLUMNS, ...view.policies.map(policyColumn)],
    rows: entries.map((entry) => ({ cells: entryCells(entry, view) })),
    style,
    indent: 2,
  })
}

/** The functions of each unit under one bracket, and below them what couples them. */
export function blockTable(blocks: readonly Block[], index: ReportIndex, style: Style): string[] {
  const view = tableView(index, style)
  const { blockFirst, blockNext, blockLast } = glyphsOf(style)
  const rows = blocks.flatMap((block) =>
    block.entries.map((entry, place): Row => {
      const cells = entryCells(entry, view)
      const [first = { text: '' }, ...others] = cells
      const bracketed = [
        { text: `${place === 0 ? blockFirst : blockNext} ${first.text}` },
        ...others,
      ]
      if (place < block.entries.length - 1) return { cells: bracketed }
      const [head = '', ...wrapped] = paragraph(couplingText(block, index), style, {
        by: 4,
        tone: 'faint',
      })
      return { cells: bracketed, below: [`  ${blockLast} ${head.trimStart()}`, ...wrapped] }
    }),
  )
  return renderTable({
    columns: [FUNCTION, ...COLUMNS, ...view.policies.map(policyColumn)],
    rows,
    style,
    indent: 2,
  })
}

export function bridgeTable(
  bridges: readonly DeviceReport[],
  { short }: ReportIndex,
  style: Style,
): string[] {
  return renderTable({
    columns: [
      FUNCTION,
      { title: ['WHAT'], least: 16 },
      { title: ['NAME'], least: 12, drop: 1 },
      { title: ['DRIVER'], least: 8 },
      { title: ['GROUP'], align: 'right' },
      { title: ['BELOW'] },
    ],
    rows: bridges.map((bridge) => ({
      cells: [
        { text: short(bridge.address) },
        { text: portWords(bridge) },
        { text: modelName(bridge) ?? '' },
        { text: cellText(bridge.driver) },
        { text: cellText(bridge.iommuGroup) },
        {
          text:
            bridge.parent === null
              ? 'root bus'
              : isStated(bridge.parent)
                ? short(bridge.parent)
                : '?',
        },
      ],
    })),
    style,
    indent: 2,
  })
}

const FUNCTION: Column = { title: ['FUNCTION'] }

const COLUMNS: readonly Column[] = [
  { title: ['WHAT'], least: 16 },
  { title: ['DRIVER'], least: 9, drop: 1 },
  { title: ['GROUP'], align: 'right' },
  { title: ['RESET', 'SET'], least: 7, drop: 2 },
  { title: ['OWN', 'RESET'], least: 5, drop: 3, optional: true },
]

/** A column as narrow as its name allows. */
function policyColumn(policy: PolicyId): Column {
  return { title: policy.split(/(?<=-)(?=\w+$)/) }
}

/** What every row is made from; worked out once a table. */
interface TableView {
  readonly index: ReportIndex
  readonly policies: readonly PolicyId[]
  /** Where nothing is known of it, the column would hold question marks only. */
  readonly isResetKnown: boolean
  readonly style: Style
}

function tableView(index: ReportIndex, style: Style): TableView {
  const { report } = index
  return {
    index,
    policies: shownPolicies(report),
    isResetKnown: report.devices.some(({ ownReset }) => isStated(ownReset)),
    style,
  }
}

function entryCells(entry: Entry, view: TableView): Cell[] {
  const { index, policies, style } = view
  const [first] = entry.devices
  const more = entry.devices.length - 1
  return [
    { text: index.short(first.address) + (more > 0 ? ` +${more}` : '') },
    { text: entryText(entry, index) },
    { text: cellText(first.driver) },
    { text: groupText(entry.devices) },
    { text: resetReach(first) },
    { text: view.isResetKnown ? ownText(first) : '' },
    ...policies.map((policy) => markCell(markKind(verdictOf(first, policy)), first, style)),
  ]
}

/** A refusal that does no harm is no alarm: the column of the function's own reset says why. */
function markCell(kind: MarkKind, { hotReset }: DeviceReport, style: Style): Cell {
  const isHarmless = kind === 'no' && hotReset.harmless === true
  return { text: glyphsOf(style)[kind], tone: isHarmless ? 'faint' : MARK_TONES[kind] }
}

function entryText({ devices, pf }: Entry, index: ReportIndex): string {
  const [first] = devices
  const last = devices.at(-1) ?? first
  const notes = [...new Set(devices.flatMap((device) => notesOf(device, index)))]
  const note = notes.length > 0 ? ` (${notes.join('; ')})` : ''
  const what = describeFunction(first) + note
  if (devices.length === 1) return what
  const up = `up to ${index.short(last.address)}`
  return pf === null
    ? `${devices.length} x ${what}, ${up}`
    : `${devices.length} VFs of ${index.short(pf)}, ${up}: ${what}`
}

/** What must not be overlooked before the function is taken: the host needs it, somebody has it, it is dead. */
function notesOf(
  { address, state, isolation }: DeviceReport,
  { warningsOf }: ReportIndex,
): string[] {
  const warnings = warningsOf.get(address) ?? []
  const needs = [...new Set(warnings.filter(isHostNeed).map(({ kind }) => NEED_WORDS[kind].noun))]
  const isOpen = warnings.some(({ kind }) => kind === 'possible-host-need')
  const [holder] = state.holders
  return [
    ...(needs.length > 0 ? [`host needs it: ${needs.join(', ')}`] : []),
    ...(needs.length === 0 && isOpen ? ['host may need it'] : []),
    ...(holder === undefined ? [] : [`held by ${holder.command} ${holder.pid}`]),
    ...(state.dead === true ? ['does not answer'] : []),
    ...(isolation.findings.some(({ kind }) => kind === 'strict-sibling-leak')
      ? ['reachable sideways']
      : []),
  ]
}

function groupText(devices: readonly DeviceReport[]): string {
  const groups = [...groupNumbersOf(devices)].sort((a, b) => a - b)
  const [least] = groups
  const greatest = groups.at(-1)
  if (least === undefined || greatest === undefined) {
    const [first] = devices
    return first === undefined ? '' : cellText(first.iommuGroup)
  }
  if (groups.length === 1) return String(least)
  const isRange = greatest - least === groups.length - 1
  return isRange ? `${least}-${greatest}` : `${groups.length} groups`
}

/** `flr`, `pm`, `none`, `?`. */
function ownText({ ownReset }: DeviceReport): string {
  if (!isStated(ownReset)) return '?'
  return ownReset === null ? 'none' : ownReset.methods[0]
}

/** Why the functions of a unit hang together, and what of it is not shown. */
function couplingText({ unit, hidden, more }: Block, index: ReportIndex): string {
  const { short } = index
  const parts = [
    ...edgeTexts(unit, index),
    ...carrierTexts(unit, index),
    ...(hidden.length > 0
      ? [`with ${counted(hidden.length, 'other function')} (${firstOf(hidden, short)})`]
      : []),
    ...(more.length > 0 ? [moreText(more, short)] : []),
  ]
  const whole = unit.whole === null ? '' : `. ${index.shorten(unit.whole)}`
  return parts.join('; ') + whole
}

/** What is behind a VMD controller is there only while the host has that. */
function carrierTexts({ devices }: Unit, index: ReportIndex): readonly string[] {
  const found = devices.flatMap((address) => index.devices.get(address)?.isolation.findings ?? [])
  const carriers = found.flatMap((each) => (each.kind === 'vmd-requester' ? [each.vmd] : []))
  return [...new Set(carriers)]
    .filter((vmd) => devices.includes(vmd))
    .map((vmd) => `only ${index.short(vmd)} can be given away, and what is behind it goes with it`)
}

function firstOf(devices: readonly DeviceReport[], short: (address: PciAddress) => string): string {
  const names = devices.slice(0, 3).map(({ address }) => short(address))
  return devices.length > 3 ? `${names.join(' ')} ...` : names.join(' ')
}

function moreText(more: readonly Block[], short: (address: PciAddress) => string): string {
  const address = (block: Block | undefined): string => {
    const first = block?.entries[0]?.devices[0].address
    return first === undefined ? '' : short(first)
  }
  return `and ${counted(more.length, 'more block')} of this make, ${address(more[0])} to ${address(more.at(-1))}`
}
