import { isStated } from '../../document/stated.js'
import type { PciAddress } from '../../host/pci-address.js'
import { counted } from '../../text/english.js'
import type { HostReport, RelatedFunction } from '../document.js'
import { type Standing, standingOf } from '../standing.js'
import type { UnitReport } from '../unit-report.js'
import { shownFunctions } from './overview/shown-functions.js'

/** What the sentence about a host rests on. */
export interface HostFacts {
  readonly host: HostReport
  /** All functions. */
  readonly devices: readonly RelatedFunction[]
  readonly units: readonly UnitReport[]
  /** Functions that the host cannot do without. */
  readonly needed: ReadonlySet<PciAddress>
}

/** The host in one answer: what can be given to whom. It counts what the overview shows. */
export function hostSummary(facts: HostFacts): string {
  const { iommu, vfio } = facts.host
  if (!isStated(iommu.present)) {
    return 'Whether an IOMMU is active is unknown, and with it whether any function can be given to a VM.'
  }
  if (!iommu.present) {
    return vfio.noiommu === true
      ? 'Functions can be given away, but nothing limits their DMA: no IOMMU is active, and unsafe no-IOMMU mode is on.'
      : 'No function of this host can be given to a VM: no IOMMU is active.'
  }
  const parts = sharesOf(facts).filter((part) => part !== null)
  return parts.length === 0
    ? 'No function of this host is one that people give to a VM.'
    : `${parts.join('; ')}.`
}

/** What several functions that were asked about come to. */
export function targetsSummary(units: readonly UnitReport[]): string {
  const told = units.slice(0, TOLD).map(({ summary }) => summary)
  const more = units.length - told.length
  return [...told, ...(more > 0 ? [`And ${counted(more, 'more unit')}.`] : [])].join(' ')
}

const TOLD = 3

function sharesOf({ devices, units, host, needed }: HostFacts): readonly (string | null)[] {
  const functions = new Map(devices.map((device) => [device.address, device]))
  const isShown = shownFunctions({ devices, units })
  const shown = units.flatMap((unit) => {
    const all = unit.devices.flatMap((address) => functions.get(address) ?? [])
    const members = all.filter(isShown)
    return members.length === 0 ? [] : [{ unit, members, standing: standingOf(all, host) }]
  })
  const alone = (...standings: readonly Standing[]) =>
    shown.filter(({ standing }) => standing !== null && standings.includes(standing))
  const blocks = (...kinds: readonly UnitReport['kind'][]) =>
    shown.filter(({ standing, unit }) => standing === null && kinds.includes(unit.kind))
  const vital = shown.flatMap(({ members }) => members.filter(({ address }) => needed.has(address)))
  return [
    singleText(alone('single')),
    shareText(
      alone('sideways'),
      'alone in an IOMMU group can be reached by others without passing the IOMMU',
    ),
    shareText(blocks('group', 'mixed', 'single'), 'must go together by IOMMU group', 'block'),
    shareText(blocks('reset'), 'can be split but not hot-reset alone', 'block'),
    shareText(blocks(null), 'are reset together (their IOMMU groups: unknown)', 'block'),
    unknownText(alone('partial', 'unsettled')),
    shareText(alone('ungrouped'), 'cannot be given away (no IOMMU group)'),
    vital.length === 0 ? null : `the host itself needs ${vital.length} of all these`,
  ]
}

interface ShownUnit {
  readonly unit: UnitReport
  readonly members: readonly { readonly address: PciAddress }[]
}

function singleText(units: readonly ShownUnit[]): string | null {
  const isOne = units.flatMap(({ members }) => members).length === 1
  return shareText(units, isOne ? 'can go to a VM of its own' : 'can each go to a different VM')
}

function unknownText(units: readonly ShownUnit[]): string | null {
  return units.length === 0
    ? null
    : `of ${counted(units.length, 'function')} it is unknown whether others go with them`
}

function shareText(units: readonly ShownUnit[], what: string, noun?: string): string | null {
  if (units.length === 0) return null
  const functions = units.reduce((sum, { members }) => sum + members.length, 0)
  const inBlocks = noun === undefined ? '' : ` in ${counted(units.length, noun)}`
  return `${counted(functions, 'function')}${inBlocks} ${what}`
}
