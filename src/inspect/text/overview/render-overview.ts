import { tellGap } from '../../../host/gap-words.js'
import { findingSentences } from '../../../iommu/finding-words.js'
import { counted, listed, some } from '../../../text/english.js'
import { bullet, finish, heading, paragraph } from '../../../text/layout.js'
import type { Printable } from '../../../text/printable.js'
import { glyphsOf, type Style } from '../../../text/style.js'
import type { InspectReport } from '../../document.js'
import { indexReport, isHostNeed, type ReportIndex } from '../../report-index.js'
import { tellWarning } from '../../warning-words.js'
import { type OverviewEntries, overviewEntries } from './overview-entries.js'
import { renderHost } from './overview-host.js'
import { overviewScreen } from './overview-screen.js'
import { overviewSections } from './overview-sections.js'
import {
  blockTable,
  bridgeTable,
  likeness,
  marksUsed,
  shownPolicies,
  singleTable,
} from './overview-table.js'

/** `inspect` without DEVICE: what the host has, what can go to different users, and what cannot be used independently. */
export function renderOverview(
  report: InspectReport,
  style: Style & { readonly all: boolean },
): Printable {
  const index = indexReport(report)
  const policies = shownPolicies(report)
  const entries = overviewEntries(index, {
    all: style.all,
    likeness: (device) => likeness(device, policies),
  })
  if (style.extent === 'first-screen') return finish(overviewScreen(entries, index, style), style)
  return finish(
    [
      ...paragraph(report.summary, style, { tone: 'strong' }),
      ...renderHost(index, style),
      ...unitSections(entries, index, style),
      ...(style.all ? bridgeSection(entries, index, style) : notShown(entries, style)),
      ...differences(index, style),
      ...warnings(index, style),
      ...gaps(report, style),
      ...legend(report, style),
    ],
    style,
  )
}

function unitSections(
  entries: OverviewEntries,
  index: ReportIndex,
  style: Style,
): readonly string[] {
  const sections = overviewSections(entries, index.report)
  if (sections.length === 0) {
    return ['', ...paragraph('No function here can be given to a user.', style)]
  }
  return sections.flatMap(({ title, blocks, entries: own }) => [
    ...heading(title, style),
    ...(blocks.length > 0 ? blockTable(blocks, index, style) : singleTable(own, index, style)),
  ])
}

function bridgeSection({ bridges }: OverviewEntries, index: ReportIndex, style: Style): string[] {
  if (bridges.length === 0) return []
  return [
    ...heading('Bridges (vfio-pci does not bind to them)', style),
    ...bridgeTable(bridges, index, style),
  ]
}

function notShown({ bridges, hiddenCount }: OverviewEntries, style: Style): string[] {
  const parts = [
    ...(bridges.length > 0 ? [counted(bridges.length, 'bridge')] : []),
    ...(hiddenCount > 0 ? [counted(hiddenCount, 'other function')] : []),
  ]
  if (parts.length === 0) return []
  return ['', ...paragraph(`Not shown: ${listed(parts)}; --all shows them.`, style)]
}

/** Beyond this many, the rest is counted: the details stand in the JSON document. */
const LISTED = 12

function differences(
  { report: { groupCheck }, short, shorten }: ReportIndex,
  style: Style,
): string[] {
  const found = groupCheck.differences
  if (found.length === 0) return []
  const group = (members: readonly Parameters<typeof short>[0][]): string =>
    `{${members.slice(0, LISTED).map(short).join(' ')}${members.length > LISTED ? ' ...' : ''}}`
  return [
    ...heading('The kernel’s IOMMU groups are not what its own rules give now', style),
    ...found
      .slice(0, LISTED)
      .flatMap(({ actual, predicted, explanation }) => [
        ...bullet(
          `${actual.map(group).join(' ')} should be ${predicted.map(group).join(' ')}.`,
          style,
        ),
        ...findingSentences(explanation, new Set()).flatMap((sentence) =>
          paragraph(shorten(sentence), style, { by: 4 }),
        ),
      ]),
    ...rest(found.length - LISTED, 'difference', style),
  ]
}

function warnings({ report, shorten }: ReportIndex, style: Style): string[] {
  // The line about the kernel has said that already.
  const found = report.warnings.filter(({ kind }) => kind !== 'kernel-assumed')
  const leaks = sidewaysTexts(report)
  if (found.length + leaks.length === 0) return []
  const needs = found.filter(isHostNeed)
  const others = found.filter((warning) => !isHostNeed(warning))
  return [
    ...heading('Take care', style),
    ...[...needs, ...others.slice(0, LISTED)].flatMap((warning) =>
      bullet(shorten(tellWarning(warning).sentence), style),
    ),
    ...rest(others.length - LISTED, 'warning', style),
    ...leaks.flatMap((text) => bullet(shorten(text), style)),
  ]
}

/** Once for each switch that lets functions below it reach each other, whatever their groups say. */
function sidewaysTexts({ devices }: InspectReport): readonly string[] {
  const texts = devices.flatMap(({ isolation }) =>
    isolation.findings.flatMap((finding) => {
      if (finding.kind !== 'strict-sibling-leak') return []
      const above = devices.find(({ address }) => address === finding.port)?.parent ?? 'a switch'
      const ports = some(finding.permissive, LISTED)
      return [
        `Below switch ${above} functions can reach each other without the IOMMU (${ports} let requests pass sideways), although the kernel keeps their groups apart.`,
      ]
    }),
  )
  return [...new Set(texts)]
}

function gaps({ gaps: found, source }: InspectReport, style: Style): string[] {
  if (found.length === 0) return []
  const byTitle = new Map<string, { count: number; title: string; hint: string | null }>()
  for (const gap of found) {
    const { words } = tellGap(gap)
    const hint = source.kind === 'live' ? words.hint : words.copyHint
    const entry = byTitle.get(words.title) ?? { count: 0, title: words.title, hint }
    entry.count += 1
    byTitle.set(words.title, entry)
  }
  const kinds = [...byTitle.values()].sort((a, b) => b.count - a.count)
  const counts = kinds.map(({ count, title }) => `${count} ${title}`).join(', ')
  const [first] = kinds
  const facts = `${counted(found.length, 'fact')} unknown (${counts}).`
  return [
    ...heading('Not read', style),
    ...bullet(first?.hint ? `${facts} ${first.hint}` : facts, style),
  ]
}

function rest(count: number, noun: string, style: Style): string[] {
  return count > 0 ? bullet(`${counted(count, `more ${noun}`)}: see --json.`, style) : []
}

function legend(report: InspectReport, style: Style): string[] {
  const used = marksUsed(report)
  if (used.size === 0) return []
  const { yes, no, unsure, none } = glyphsOf(style)
  const signs = [
    ...(used.has('yes') ? [`${yes} permitted`] : []),
    ...(used.has('no') ? [`${no} refused`] : []),
    ...(used.has('unsure') ? [`${unsure} cannot tell`] : []),
    ...(used.has('none') ? [`${none} this kernel has no such interface`] : []),
  ]
  return [
    '',
    ...paragraph(
      `${signs.join(', ')}: may a user who takes that function alone hot-reset it? As if it were bound to vfio-pci, and all else as it is now. "vfio-reset inspect DEVICE" says why.`,
      style,
      { tone: 'faint' },
    ),
  ]
}
