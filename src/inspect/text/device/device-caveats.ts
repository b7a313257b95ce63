import { isStated } from '../../../document/stated.js'
import type { Gap } from '../../../host/gap.js'
import { tellGap } from '../../../host/gap-words.js'
import { type PciAddress, parsePciAddress } from '../../../host/pci-address.js'
import { counted } from '../../../text/english.js'
import { bullet, heading } from '../../../text/layout.js'
import { groupBy } from '../../../text/lists.js'
import { isAboutNeed } from '../../report-index.js'
import type { Warning } from '../../warning.js'
import { tellWarning } from '../../warning-words.js'
import { affectedFunctions, type DeviceView, ownGroup, pathUp, troublesOf } from './device-view.js'

/** What else an operator must know: dangers, the kernel whose rules answered, and what could not be read. */
export function caveatLines(view: DeviceView): string[] {
  const { style } = view
  return [...heading('Caveats', style), ...caveatTexts(view).flatMap((text) => bullet(text, style))]
}

/** The same without layout. */
export function caveatTexts(view: DeviceView): readonly string[] {
  const concerned = concernOf(view)
  return [...warningTexts(view, concerned), kernelText(view), ...gapTexts(view, concerned)]
}

/** What the answer rests on: the function, what is reset with it, its group, the bridges above. */
interface Concern {
  readonly functions: ReadonlySet<PciAddress>
  readonly groups: ReadonlySet<number>
}

function concernOf(view: DeviceView): Concern {
  const functions = new Set([
    ...pathUp(view).map(({ address }) => address),
    ...affectedFunctions(view.device),
    ...ownGroup(view),
  ])
  const groups = [...functions].flatMap((address) => {
    const group = view.index.functions.get(address)?.iommuGroup
    return group !== undefined && isStated(group) && group !== null ? [group] : []
  })
  return { functions, groups: new Set(groups) }
}

/** Told by the lead, or by the line about the kernel below. */
const TOLD_BEFORE: ReadonlySet<Warning['kind']> = new Set(['kernel-assumed'])

function warningTexts(view: DeviceView, { functions }: Concern): string[] {
  const { report } = view.index
  const told = troublesOf(view)
  return report.warnings
    .filter((warning) => {
      const { address, kind } = warning
      if (TOLD_BEFORE.has(kind) || isAboutNeed(warning) || told.includes(warning)) return false
      return address === undefined || functions.has(address)
    })
    .map((warning) => {
      const { words, sentence } = tellWarning(warning)
      return words.hint === null ? sentence : `${sentence} ${words.hint}`
    })
}

function kernelText({ index: { report } }: DeviceView): string {
  const { source, host } = report
  const rules = `The answers follow the rules of Linux ${source.kernelRelease ?? 'of no known release'}`
  if (source.kernelReleaseFrom === 'assumed') {
    return `${rules}, the newest release known here, because ${isStated(host.kernelRelease) ? 'what the host calls its own is no release' : "the host's own was not recorded"}. Name it with --kernel.`
  }
  if (source.kernelReleaseFrom === 'option') return `${rules}, as --kernel asks.`
  const own = isStated(host.kernelRelease) ? host.kernelRelease : null
  return own === null || own === source.kernelRelease
    ? `${rules}, the release of the host.`
    : `${rules}, on which the host's ${own} is based.`
}

/** Files beyond this many are counted. */
const LISTED = 8

/** Gaps of the functions and groups concerned, and those that belong to none; one entry for each cause. */
function gapTexts({ index: { report }, device }: DeviceView, concerned: Concern): string[] {
  const relevant = report.gaps.filter((each) => isRelevant(each, concerned))
  const byTitle = groupBy(relevant, (gap) => tellGap(gap).words.title)
  return [...byTitle.values()].flatMap((gaps) => {
    const [first] = gaps
    const { words } = tellGap(first)
    const own = gaps.filter(({ path }) => path.includes(device.address))
    const ordered = [...own, ...gaps.filter((gap) => !own.includes(gap))]
    const names = ordered.slice(0, LISTED).map(gapName)
    const more = gaps.length - names.length
    const rest = more > 0 ? ` and ${counted(more, 'more file')}` : ''
    const what = `Unknown (${words.title}): ${names.join(', ')}${rest}.`
    return [[what, ...hintFor(first, report.source.kind)].join(' ')]
  })
}

function gapName({ path, why, detail }: Gap): string {
  return why === 'not-captured' || why === 'absent' ? path : `${path} (${detail})`
}

function isRelevant(gap: Gap, { functions, groups }: Concern): boolean {
  const group = /^sys\/kernel\/iommu_groups\/(\d+)\//.exec(gap.path)?.[1]
  if (group !== undefined) return groups.has(Number(group))
  const owner = ownerOf(gap)
  return owner === null || functions.has(owner)
}

function hintFor(gap: Gap, source: 'live' | 'directory' | 'capture'): string[] {
  const { words } = tellGap(gap)
  const hint = source === 'live' ? words.hint : words.copyHint
  return hint === null ? [] : [hint]
}

/** The function that a file belongs to: the last address in its path. */
function ownerOf({ path }: Gap): PciAddress | null {
  for (const part of path.split('/').reverse()) {
    const address = parsePciAddress(part)
    if (address !== undefined) return address
  }
  return null
}
