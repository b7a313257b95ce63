import { isBridge } from '../../../document/function-text.js'
import { isStated } from '../../../document/stated.js'
import { busOf, type PciAddress } from '../../../host/pci-address.js'
import { tellIsolation } from '../../../iommu/finding-words.js'
import type { IsolationFinding } from '../../../iommu/findings.js'
import type { Glyphs } from '../../../text/style.js'
import type { RelatedFunction } from '../../document.js'
import type { ReportIndex } from '../../report-index.js'
import { tellWarning } from '../../warning-words.js'
import { isEndpoint } from '../overview/shown-functions.js'
import { markKind } from '../reset-text.js'

/** What stands beside a function in the tree. */
export interface TreeFacts {
  /** Its dev_set, if a vfio driver has it. */
  readonly setOf: (address: PciAddress) => readonly string[]
  /** Whether something rests on ACS of the function itself. */
  readonly isAcsAsked: (each: RelatedFunction) => boolean
  /** Slot, dangers, verdict. */
  readonly marksOf: (each: RelatedFunction, glyphs: Glyphs) => readonly string[]
  /** DEVICE was given, and this is it. */
  readonly isAsked: (address: PciAddress) => boolean
}

export function treeFacts(index: ReportIndex): TreeFacts {
  const { report, devices } = index
  const sets = new Map<PciAddress, string>()
  for (const { key, members } of report.devSets) {
    const name = key.kind === 'self' ? 'dev_set of its own' : `dev_set ${key.kind} ${key.of}`
    for (const member of members) sets.set(member, name)
  }
  const slots = new Set<PciAddress>()
  for (const { hotReset } of report.devices) {
    const { scope, via } = hotReset
    if (scope === 'slot' && isStated(via) && via !== null) slots.add(via)
  }
  return {
    setOf: (address) => {
      const name = sets.get(address)
      return name === undefined ? [] : [name]
    },
    isAcsAsked: ({ address, isolation }) =>
      isolation.findings.some(
        (finding) => 'at' in finding && finding.at === address && ACS_KINDS.has(finding.kind),
      ),
    marksOf: (each, glyphs) => [
      ...(slots.has(each.address) ? ['slot'] : []),
      ...dangers(each, index).map((danger) => `${glyphs.attention} ${danger}`),
      ...verdictText(each.address, index, glyphs),
    ],
    isAsked: (address) => report.related.length > 0 && devices.has(address),
  }
}

/** SR-IOV made the bus of a VF whose bus number is not its PF's; no bridge leads to it. */
export function isOnOwnBus({ sriov, address }: RelatedFunction): boolean {
  return isStated(sriov) && sriov?.role === 'vf' && busOf(sriov.pf) !== busOf(address)
}

const ACS_KINDS: ReadonlySet<IsolationFinding['kind']> = new Set([
  'no-acs-capability',
  'acs-not-enabled',
  'quirk-denies',
  'quirk-isolates',
  'isolation-unknown',
  'multifunction-not-isolated',
])

function dangers(each: RelatedFunction, { warningsOf }: ReportIndex): string[] {
  const { address, isolation } = each
  const leak = isolation.findings.find(({ kind }) => kind === 'strict-sibling-leak')
  return [
    ...(warningsOf.get(address) ?? []).map((warning) => tellWarning(warning).words.title),
    ...(leak === undefined || isBridge(each) ? [] : [tellIsolation(leak).words.title]),
  ]
}

/** The answer of the policies that kernels have, where they agree; else each. */
function verdictText(
  address: PciAddress,
  { devices }: ReportIndex,
  glyphs: Glyphs,
): readonly string[] {
  const device = devices.get(address)
  if (device === undefined || !isEndpoint(device)) return []
  const marks = device.hotReset.verdicts
    .filter(({ hypothetical }) => !hypothetical)
    .map((verdict) => ({ policy: verdict.policy, sign: glyphs[markKind(verdict)] }))
  const [first] = marks
  if (first === undefined) return []
  return marks.every(({ sign }) => sign === first.sign)
    ? [`hot reset ${first.sign}`]
    : [`hot reset ${marks.map(({ policy, sign }) => `${policy} ${sign}`).join(' ')}`]
}
