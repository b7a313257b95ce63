import { cellText, portWords } from '../../../document/function-text.js'
import { isStated } from '../../../document/stated.js'
import { parsePciAddress } from '../../../host/pci-address.js'
import {
  findingKey,
  findingSentences,
  speaksAgainst,
  tellIsolation,
} from '../../../iommu/finding-words.js'
import type { IsolationFinding } from '../../../iommu/findings.js'
import { counted, listed, some } from '../../../text/english.js'
import { bullet, heading, paragraph } from '../../../text/layout.js'
import { type Row, renderTable } from '../../../text/table.js'
import type { GroupReport, RelatedFunction } from '../../document.js'
import { acsText } from '../acs-text.js'
import { type DeviceView, isFakeGroup, ownGroup, pathUp, unknownGroupText } from './device-view.js'

/** How well DMA of the function is kept apart: hop by hop up to the root, then its group and why it is as wide as it is. */
export function isolationLines(view: DeviceView): string[] {
  const { device, style } = view
  const hops = pathUp(view)
  const told = new Set<string>()
  const found = actualFindings(device.isolation.findings, view)
  const rows = hops.map((hop): Row => {
    const below = atHop(found, hop).flatMap((finding) => {
      told.add(findingKey(finding))
      return bullet(tellIsolation(finding).sentence, style, 4)
    })
    return { cells: hopCells(hop, found), ...(below.length > 0 ? { below } : {}) }
  })
  const atHops = new Set(hops.map(({ address }) => address))
  const elsewhere = found.filter(
    (finding) => !('at' in finding && atHops.has(finding.at)) || isAside(finding),
  )
  return [
    ...heading(`Isolation: ${isolationTitle(view)}`, style),
    ...renderTable({
      columns: [
        { title: ['HOP'] },
        { title: ['TYPE'], least: 12 },
        { title: ['GROUP'], align: 'right' },
        { title: ['ACS'], least: 14 },
      ],
      rows,
      style,
      indent: 2,
    }),
    ...findingSentences(elsewhere, told).flatMap((sentence) => bullet(sentence, style)),
    ...groupLines(view, told),
  ]
}

/** A rule that should have applied and did not, told in place of the rule. */
function actualFindings(
  findings: readonly IsolationFinding[],
  view: DeviceView,
): readonly IsolationFinding[] {
  const inactive = (differenceOf(view)?.explanation ?? []).filter(isInactive)
  return findings.map((finding) => {
    if (finding.kind !== 'quirk-isolates') return finding
    return inactive.find(({ at }) => at === finding.at) ?? finding
  })
}

function isInactive(
  finding: IsolationFinding,
): finding is IsolationFinding & { readonly kind: 'quirk-not-active' } {
  return finding.kind === 'quirk-not-active'
}

/** How well its DMA is kept apart, in a clause. */
export function isolationTitle(view: DeviceView): string {
  const { isolation, iommuGroup } = view.device
  if (isStated(iommuGroup) && iommuGroup === null) return 'none, the function has no IOMMU group'
  if (isFakeGroup(isolation)) return 'none, unsafe no-IOMMU mode limits no DMA'
  const { isolated, findings } = isolation
  if (!isStated(iommuGroup)) return `unknown: ${unknownGroupText(iommuGroup)}`
  if (!isStated(isolated)) return 'unknown: a register that decides was not read'
  if (!isolated) return sharedText(view)
  return findings.some(speaksAgainst)
    ? 'alone to the IOMMU, but others can reach it without passing the IOMMU'
    : 'the IOMMU tells this function from all others'
}

/** The group that the kernel made is the fact; what its rules give is said beside it. */
function sharedText(view: DeviceView): string {
  const { device, index } = view
  const difference = differenceOf(view)
  if (difference === undefined) return 'the IOMMU cannot tell this function from others'
  const group = isStated(device.iommuGroup) ? device.iommuGroup : null
  const others = ownGroup(view).length - 1
  const alone = difference.predicted.some((each) => each.join() === device.address)
  const inactive = difference.explanation.filter(isInactive).map(({ at }) => at)
  const onPath = pathUp(view).filter(({ address }) => inactive.includes(address))
  const condition =
    onPath.length === 0
      ? ''
      : ` if the quirk for ${listed(onPath.map(({ address }) => index.short(address)))} were active`
  const rules = alone ? `; by its rules it would stand alone${condition}` : ''
  return `not isolated: the kernel put it into one group (${group}) with ${counted(others, 'other')}${rules}`
}

function hopCells(hop: RelatedFunction, findings: readonly IsolationFinding[]) {
  const found = atHop(findings, hop)
  const against = found.some(speaksAgainst)
  return [
    { text: hop.address },
    { text: portWords(hop) },
    { text: cellText(hop.iommuGroup) },
    {
      text: found.length === 0 && NO_ACS.has(acsText(hop)) ? 'none needed' : acsText(hop),
      ...(against ? { tone: 'bad' as const } : {}),
    },
  ]
}

/** Without a word of the rules about it, a function without ACS has no use for it. */
const NO_ACS: ReadonlySet<string> = new Set(['no ACS', 'ACS not read'])

/** Leaks are told after the hops: they are about what the kernel does not count. */
function isAside({ kind }: IsolationFinding): boolean {
  return kind === 'strict-sibling-leak'
}

function atHop(
  findings: readonly IsolationFinding[],
  { address }: RelatedFunction,
): readonly IsolationFinding[] {
  return findings.filter(
    (finding) => 'at' in finding && finding.at === address && !isAside(finding),
  )
}

/** Beyond this many, members and findings of a group are counted. */
const LISTED = 24

function groupLines(view: DeviceView, told: Set<string>): string[] {
  const { device, index, style } = view
  const { iommuGroup } = device
  const group =
    isStated(iommuGroup) && iommuGroup !== null ? index.groups.get(iommuGroup) : undefined
  if (group === undefined) return []
  const others = [
    ...ownGroup(view).filter((address) => address !== device.address),
    ...group.others,
  ]
  if (others.length === 0) {
    return [
      '',
      ...paragraph(
        `IOMMU group ${group.id} ${isStated(device.isolation.isolated) ? 'holds this function alone' : 'holds this function; whether it holds others was not read'}. ${viableText(group, view)}`,
        style,
        { by: 2 },
      ),
    ]
  }
  const members = others.map((name) => memberText(name, view))
  const why = findingSentences(actualFindings(group.findings, view), told)
  return [
    '',
    ...paragraph(
      `IOMMU group ${group.id} holds ${counted(others.length, 'other member')}: ${some(members, LISTED)}. ${viableText(group, view)}`,
      style,
      { by: 2 },
    ),
    ...why.flatMap((sentence) => bullet(sentence, style)),
    ...differenceLines(view, told),
  ]
}

function memberText(name: string, { index }: DeviceView): string {
  const address = parsePciAddress(name)
  const found = address === undefined ? undefined : index.functions.get(address)
  if (found === undefined) return name
  const { driver } = found
  return `${name} (${isStated(driver) ? (driver ?? 'no driver') : 'driver not read'})`
}

function viableText(
  { viable, devices }: GroupReport,
  { device: { address, hotReset }, index }: DeviceView,
): string {
  const isUnread = devices.some((other) => {
    const member = index.functions.get(other)
    return other !== address && (member === undefined || !isStated(member.driver))
  })
  if (!isStated(viable)) return 'Whether it can be opened is unknown.'
  if (viable) return 'It can be opened (viable): no member is bound to a native driver.'
  const others = hotReset.verdicts.some(({ reasons }) =>
    reasons.some(({ kind }) => kind === 'group-not-viable'),
  )
  if (others)
    return 'It cannot be opened now (not viable): another member is bound to a native driver.'
  return isUnread
    ? 'Whether it can be opened once this function is bound to vfio-pci is unknown.'
    : 'It can be opened (viable) once this function is bound to vfio-pci.'
}

function differenceOf({ index, device }: DeviceView) {
  return index.report.groupCheck.differences.find(({ actual }) =>
    actual.some((group) => group.includes(device.address)),
  )
}

function differenceLines(view: DeviceView, told: Set<string>): string[] {
  const { style } = view
  const found = differenceOf(view)
  if (found === undefined) return []
  const why = findingSentences(found.explanation, told)
  return [
    ...bullet(
      `The kernel’s own rules would group it differently now${why.length > 0 ? ':' : '.'}`,
      style,
    ),
    ...why.flatMap((sentence) => paragraph(sentence, style, { by: 4 })),
  ]
}
