import type { UnitKind } from '../../../vfio/units.js'
import type { InspectReport } from '../../document.js'
import type { Standing } from '../../standing.js'
import type { Block, Entry, OverviewEntries } from './overview-entries.js'

/** What is true alike of several functions: blocks of them, or functions that are no block. */
export interface OverviewSection {
  /** What is true of them. */
  readonly title: string
  readonly blocks: readonly Block[]
  readonly entries: readonly Entry[]
}

/** The functions of a host under what is true of them, whether all of it is shown or one screen. */
export function overviewSections(
  { coupled, ...alone }: OverviewEntries,
  report: InspectReport,
): readonly OverviewSection[] {
  const coupledTitle = withoutIommuTitle(report)
  const sections = [
    ...COUPLED_KINDS.map(({ kinds, title }) => ({
      title: coupledTitle ?? title,
      blocks: coupled.filter(({ unit }) => kinds.includes(unit.kind)),
      entries: [],
    })),
    ...ALONE_KINDS.map((kind) => ({
      title: aloneTitle(kind, report),
      blocks: [],
      entries: alone[kind],
    })),
  ]
  return sections.filter(({ blocks, entries }) => blocks.length + entries.length > 0)
}

/** Only the members of a group must go together: the kernel lets nobody else open it. */
const COUPLED_KINDS = [
  {
    kinds: ['group', 'mixed', 'single'] as readonly (UnitKind | null)[],
    title: 'Not independent: the members of an IOMMU group go to one user only, together',
  },
  {
    kinds: [null] as readonly (UnitKind | null)[],
    title:
      'Not independent: a hot reset of one affects its whole block (their IOMMU groups: unknown)',
  },
  {
    kinds: ['reset'] as readonly (UnitKind | null)[],
    title: 'Can go to different users, but none of a block can be hot-reset alone',
  },
]

/** In the order in which they are shown. */
export const ALONE_KINDS = [
  'single',
  'sideways',
  'partial',
  'unsettled',
  'ungrouped',
] as const satisfies readonly Standing[]

const ALONE_TITLES = {
  sideways: 'Own IOMMU groups, but others can reach these without passing the IOMMU',
  partial: 'Unknown whether others go with them: a part of the host is not in the copy',
  unsettled: 'Not coupled by a reset (their IOMMU groups: unknown)',
  ungrouped: 'No IOMMU group: cannot be given away; nothing limits its DMA',
} as const satisfies Record<Exclude<Standing, 'single'>, string>

/** What is true of functions that are no block. Only an IOMMU makes one that is coupled with no other safe to give away. */
export function aloneTitle(standing: Standing, { host: { iommu } }: InspectReport): string {
  if (standing !== 'single') return ALONE_TITLES[standing]
  if (iommu.present === true) return 'Independent: each can go to a different user'
  const but = iommu.present === false ? 'no IOMMU keeps their DMA apart' : 'their DMA: unknown'
  return `Not coupled by a reset (${but})`
}

/** What is true of blocks without an IOMMU; null: there is one. */
export function withoutIommuTitle({ host: { iommu } }: InspectReport): string | null {
  return iommu.present === true
    ? null
    : 'Not independent: a hot reset of one affects its whole block'
}
