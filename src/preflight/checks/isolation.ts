import { isKnownAs } from '../../host/gap.js'
import type { PciAddress } from '../../host/pci-address.js'
import { parseAcsParameters } from '../../iommu/command-line.js'
import { speaksAgainst } from '../../iommu/finding-words.js'
import type { IsolationFinding } from '../../iommu/findings.js'
import { distinct } from '../../text/lists.js'
import { type PreflightReason, unreadReason } from '../reason.js'
import type { Asked, Situation } from '../situation.js'
import { type Check, cannotTellMuch, type Finding, pass, warn } from './check.js'

/**
 * Whether the group claims an isolation that the hardware does not give: an ACS override, or ACS bits that were cleared
 * after the groups were made (`docs/reference/groups.md#comparison-with-the-actual-groups`). That keeps no VM from
 * starting.
 */
export const isolation = {
  id: 'isolation',
  passes: 'The group is what the hardware keeps apart.',
  leavesState: false,
  run,
} as const satisfies Check

function run({ device, situation }: Asked): Finding {
  const { address } = device
  const { comparable, differences } = situation.groupCheck()
  const { commandLine } = situation.raw.system
  const around = reachedAround(address, situation)
  if (comparable) {
    const own = differences.filter(({ actual }) => actual.flat().includes(address))
    const reasons = own.flatMap(({ explanation }) => explanation.flatMap(doubt(address)))
    const found = reasons.length === 0 ? around : reasons
    return found.length === 0 ? pass() : warn(distinct(found))
  }
  const leaks = around.filter(isLeak)
  if (leaks.length > 0) return warn(leaks)
  if (!commandLine.known) return cannotTellMuch([unreadReason(null, commandLine.gap)])
  const { override } = parseAcsParameters(commandLine.value)
  if (override !== null) return warn([{ kind: 'acs-override', address, parameter: override }])
  const gap = device.acs.known
    ? {
        path: 'sys/bus/pci/devices/*/config',
        why: 'truncated' as const,
        detail: 'not all ACS registers on the way to the root were read',
      }
    : device.acs.gap
  return cannotTellMuch([unreadReason(address, gap)])
}

type ReachedAround = PreflightReason & { readonly kind: 'reached-around' }

/** Ways to the function that pass no IOMMU, as `inspect` counts them; what explains why a group is wide is none. */
function reachedAround(address: PciAddress, { isolationOf }: Situation): readonly ReachedAround[] {
  const { isolated, findings } = isolationOf(address)
  const isAlone = isKnownAs(isolated, true)
  return findings
    .filter((each) => speaksAgainst(each) && (isAlone || each.kind === 'strict-sibling-leak'))
    .map((finding) => ({ kind: 'reached-around', address, finding }))
}

function isLeak({ finding }: ReachedAround): boolean {
  return finding.kind === 'strict-sibling-leak'
}

function doubt(address: PciAddress): (finding: IsolationFinding) => readonly PreflightReason[] {
  return (finding) => {
    switch (finding.kind) {
      case 'acs-override':
        return [{ kind: 'acs-override', address: finding.at, parameter: finding.parameter }]
      case 'acs-cleared-since':
        return [{ kind: 'stale-isolation', address, at: finding.at }]
      case 'acs-parameter':
        return [{ kind: 'acs-parameter', parameter: finding.parameter, value: finding.value }]
      default:
        return []
    }
  }
}
