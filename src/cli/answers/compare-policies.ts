import { comparePolicies } from '../../simulation/compare/compare-policies.js'
import { policiesCompareReport } from '../../simulation/compare/report/compare-document.js'
import { renderComparison } from '../../simulation/compare/report/compare-text.js'
import type { Answer, BaseCommand } from '../base-command.js'
import { UsageError } from '../errors.js'
import { checkKernel, type HostFlags } from '../flags.js'
import { findDevices } from '../input/find-devices.js'
import { TOOL } from '../tool.js'
import { withHost } from '../with-host.js'

/** `policies --compare` of DEVICE; without one, of the two-port card that ships with the tool. */
export function compareForDevice(
  command: BaseCommand,
  device: string | undefined,
  flags: HostFlags,
): Promise<Answer> {
  const { root, capture } = flags
  if (device === undefined && (root ?? capture) !== undefined) {
    throw new UsageError('--compare is about one function: name a DEVICE of that host.')
  }
  const from: HostFlags = device === undefined ? { ...flags, demo: true } : flags
  const kernel = checkKernel(flags.kernel)
  return withHost(command, { from, kernel, wake: false, holders: false }, ({ host, tree }) => {
    const [address, other] = findDevices([device ?? DEMO_CARD], {
      raw: host.raw,
      tree,
      names: () => new Map(),
    })
    if (address === undefined || other !== undefined) {
      throw new UsageError(`--compare is about one function, and "${device}" names several.`)
    }
    const report = policiesCompareReport(comparePolicies(host, address), { host, tool: TOOL })
    return { document: () => report, text: (terminal) => renderComparison(report, terminal) }
  })
}

/** Two ports, two IOMMU groups, one reset (`docs/demo.md`). */
const DEMO_CARD = '0000:0d:00.0'
