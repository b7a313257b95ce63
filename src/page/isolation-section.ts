import { cellText, portWords } from '../document/function-text.js'
import { isStated } from '../document/stated.js'
import { element, type Markup } from '../drawing/markup.js'
import { acsText } from '../inspect/text/acs-text.js'
import { type DeviceView, ownGroup, pathUp } from '../inspect/text/device/device-view.js'
import { findingSentences, tellIsolation } from '../iommu/finding-words.js'
import type { IsolationFinding } from '../iommu/findings.js'
import { counted } from '../text/english.js'
import { goTo, said, table } from './panel-parts.js'

/** How well the function's DMA is kept apart: hop by hop up to the root, then the other members of its group. */
export function isolationSection(view: DeviceView): readonly Markup[] {
  const { device } = view
  const hops = pathUp(view)
  const told = new Set<string>()
  const rows = hops.map((hop) => {
    const found = device.isolation.findings.filter(
      (finding) => 'at' in finding && finding.at === hop.address,
    )
    const against = found.some((finding) => tellIsolation(finding).words.speaks === 'against')
    return element(
      'tr',
      element('td', goTo(hop.address, view)),
      element('td', portWords(hop)),
      element('td', cellText(hop.iommuGroup)),
      element('td', against ? { class: 'no' } : {}, acsText(hop)),
    )
  })
  return [
    element('h3', 'Isolation, hop by hop'),
    table(['Hop', 'Type', 'Group', 'ACS'], rows),
    ...sentences(device.isolation.findings, told),
    ...groupSection(view, told),
  ]
}

function sentences(findings: readonly IsolationFinding[], told: Set<string>): readonly Markup[] {
  const lines = findingSentences(findings, told)
  if (lines.length === 0) return []
  return [element('ul', ...lines.map((line) => element('li', said(line))))]
}

/** Members beyond this many are counted. */
const LISTED = 24

function groupSection(view: DeviceView, told: Set<string>): readonly Markup[] {
  const { iommuGroup, address } = view.device
  if (!isStated(iommuGroup) || iommuGroup === null) return []
  const group = view.index.groups.get(iommuGroup)
  if (group === undefined) return []
  const members = ownGroup(view).filter((member) => member !== address)
  const shown = members.slice(0, LISTED)
  const more = members.length - shown.length
  const viable = !isStated(group.viable)
    ? 'Whether it can be opened is unknown.'
    : group.viable
      ? 'It can be opened now.'
      : 'It cannot be opened now: a member is bound to a native driver.'
  const others = [
    ...shown.map((member) => element('li', goTo(member, view))),
    ...group.others.map((other) => element('li', said(other))),
    ...(more > 0 ? [element('li', `and ${more} more`)] : []),
  ]
  return [
    element('h3', `IOMMU group ${group.id}`),
    element(
      'p',
      others.length === 0
        ? `It holds this function alone. ${viable}`
        : `It also holds ${counted(members.length + group.others.length, 'other member')}. ${viable}`,
    ),
    ...(others.length === 0 ? [] : [element('ul', { class: 'plain' }, ...others)]),
    ...sentences(group.findings, told),
  ]
}
