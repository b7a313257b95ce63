import { cellText, describeFunction, isBridge } from '../../../document/function-text.js'
import type { PciAddress } from '../../../host/pci-address.js'
import { tellReason } from '../../../policy/reason-words.js'
import { counted, lowerFirst } from '../../../text/english.js'
import { heading, paragraph } from '../../../text/layout.js'
import { type Column, type Row, renderTable } from '../../../text/table.js'
import { isAboutNeed } from '../../report-index.js'
import { tellWarning } from '../../warning-words.js'
import { type DeviceView, listOf } from './device-view.js'

/** Everything that the reset affects: driver, group, holder, and what is wrong with it; then what the kernel does not list. */
export function affectedLines(view: DeviceView): string[] {
  const { device, style } = view
  const affected = listOf(device.hotReset.affected)
  const unaccounted = listOf(device.hotReset.unaccounted)
  const lines: string[] = []
  if (affected.length > 0 && !isBridge(device)) {
    lines.push(...heading('What the reset affects', style), ...table(affected, view))
  }
  if (unaccounted.length > 0) {
    lines.push(
      ...heading('Reset too, though the kernel neither lists nor checks these', style),
      ...table(unaccounted, view),
      ...paragraph('Their users get no notice: stop them first.', style, { by: 2 }),
    )
  }
  return lines
}

const COLUMNS: readonly Column[] = [
  { title: ['FUNCTION'] },
  { title: ['WHAT'], least: 16, drop: 2 },
  { title: ['DRIVER'], least: 9 },
  { title: ['GROUP'], align: 'right' },
  { title: ['HELD BY'], least: 10, optional: true },
  { title: ['NOTE'], least: 14, optional: true },
]

/** A reset of more functions than this is told in part: the rest stands in the JSON document. */
const LISTED = 64

function table(addresses: readonly PciAddress[], view: DeviceView): string[] {
  const { style } = view
  const shown = addresses.slice(0, LISTED)
  const more = addresses.length - shown.length
  return [
    ...renderTable({
      columns: COLUMNS,
      rows: shown.map((address) => row(address, view)),
      style,
      indent: 2,
    }),
    ...(more > 0
      ? paragraph(`and ${counted(more, 'more function')}: see --json.`, style, { by: 2 })
      : []),
  ]
}

function row(address: PciAddress, view: DeviceView): Row {
  const found = view.index.functions.get(address)
  if (found === undefined) return { cells: [{ text: address }] }
  const held = found.state.holders.map(({ command, pid }) => `${command} ${pid}`)
  const notes = notesOf(address, view)
  return {
    cells: [
      { text: address },
      { text: describeFunction(found) },
      { text: cellText(found.driver) },
      { text: cellText(found.iommuGroup) },
      { text: [...new Set(held)].join(', ') },
      {
        text:
          notes.length > 0
            ? notes.join(', ')
            : address === view.device.address
              ? 'asked about'
              : '',
        ...(notes.length > 0 ? { tone: 'bad' as const } : {}),
      },
    ],
  }
}

function notesOf(address: PciAddress, { device, index }: DeviceView): string[] {
  const blockers = device.hotReset.blockers
    .filter((blocker) => blocker.address === address)
    .map((blocker) => lowerFirst(tellReason(blocker).words.title))
  const warnings = (index.warningsOf.get(address) ?? []).flatMap((warning) => {
    const { title } = tellWarning(warning).words
    if (isAboutNeed(warning)) return [`host: ${title}`]
    return warning.kind === 'dead-function' ? [title] : []
  })
  return [...new Set([...blockers, ...warnings])]
}
