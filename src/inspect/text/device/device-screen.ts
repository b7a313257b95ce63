import { isBridge } from '../../../document/function-text.js'
import type { PciAddress } from '../../../host/pci-address.js'
import { some } from '../../../text/english.js'
import { firstScreen, ONE_ANSWER, type Piece, SEVERAL } from '../../../text/first-screen.js'
import { paragraph } from '../../../text/layout.js'
import { groupBy } from '../../../text/lists.js'
import type { Style } from '../../../text/style.js'
import type { DeviceReport } from '../../document.js'
import type { ReportIndex } from '../../report-index.js'
import type { UnitReport } from '../../unit-report.js'
import { caveatTexts } from './device-caveats.js'
import { isolationTitle } from './device-isolation.js'
import { attentionTexts, scopeSentence, stateSentence } from './device-lead.js'
import type { DeviceView } from './device-view.js'

/** `inspect DEVICE` on one screen: the answer, what is needed for it, and with whom the function is coupled. */
export function deviceScreen(view: DeviceView): readonly string[] {
  const { style } = view
  return firstScreen(devicePieces(view), { most: ONE_ANSWER, more: MORE }, style)
}

const MORE =
  '--why shows policies, isolation hop by hop and what was not read; vfio-reset preflight what to do.'

function devicePieces(view: DeviceView): readonly Piece[] {
  const { device, style } = view
  const answer = {
    lines: paragraph(device.summary, style, { tone: 'strong' }),
    rank: 0,
    called: 'the answer',
  }
  if (isBridge(device)) return [answer]
  return [
    answer,
    ...attentionTexts(view).map((text) => ({
      lines: paragraph(text, style, { tone: 'bad' as const }),
      rank: 1,
      called: 'what the host needs',
    })),
    { lines: paragraph(stateSentence(device), style), rank: 2, called: 'its state' },
    { lines: unitLines(view), rank: 2, called: 'what goes with it' },
    { lines: paragraph(scopeSentence(view), style), rank: 4, called: 'what a reset affects' },
    {
      lines: paragraph(`Isolation: ${isolationTitle(view)}.`, style),
      rank: 3,
      called: 'isolation',
    },
    ...caveatTexts(view).map((text) => ({
      lines: paragraph(text, style),
      rank: 5,
      called: 'caveats',
    })),
  ]
}

/** What of the unit is not said of the function already. */
function unitLines({ device, index, style }: DeviceView): string[] {
  const unit = index.unitOf.get(device.address)
  return unit === undefined || unit.devices.length < 2 ? [] : paragraph(unit.summary, style)
}

/** Several functions on one screen: one answer for a unit, and one for units of the same make. */
export function devicesScreen(
  devices: readonly DeviceReport[],
  index: ReportIndex,
  style: Style,
): readonly string[] {
  const units = new Set<UnitReport>()
  const others: DeviceReport[] = []
  for (const device of devices) {
    const unit = isBridge(device) ? undefined : index.unitOf.get(device.address)
    if (unit === undefined) others.push(device)
    else units.add(unit)
  }
  const alike = groupBy([...units], (unit) => makeOf(unit, index))
  const pieces = [
    ...[...alike.values()].map(
      (same): Piece => ({
        lines: paragraph(alikeText(same), style),
        rank: 1,
        called: 'more functions',
      }),
    ),
    ...others.map(
      (device): Piece => ({
        lines: paragraph(device.summary, style),
        rank: 2,
        called: 'more functions',
      }),
    ),
  ]
  return firstScreen(pieces, { most: SEVERAL, more: MORE }, style)
}

/** What units of one make have in common: the models of their functions, and the answer, whatever the addresses. */
function makeOf({ devices, summary }: UnitReport, { functions }: ReportIndex): string {
  const models = devices.map((address) => {
    const found = functions.get(address)
    return JSON.stringify([found?.vendorId, found?.deviceId])
  })
  return [...models, summary.replace(ADDRESS, '')].join(' ')
}

const ADDRESS = /\b[0-9a-f]{4,5}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]|\bgroup \d+/g

const NAMED = 8

function alikeText([first, ...same]: readonly [UnitReport, ...UnitReport[]]): string {
  if (same.length === 0) return first.summary
  const leaders = same.flatMap(({ devices: [leader] }): PciAddress[] =>
    leader === undefined ? [] : [leader],
  )
  return `${first.summary} The same is so of ${some(leaders, NAMED)}${first.devices.length > 1 ? ' and what goes with each' : ''}.`
}
