import { parseAcsParameters } from '../../iommu/command-line.js'
import { finding, type HostCheck, type HostFinding, PASS, unsettled } from '../host-check.js'
import type { Machine } from '../machine.js'

/** Whether the kernel was told to vouch for isolation that the hardware does not have. */
export const acsOverride = {
  id: 'acs-override',
  title: 'ACS override',
  passes: 'No ACS override is asked for.',
  source: 'pcie_acs_override=, a patch that mainline never took',
  run,
} as const satisfies HostCheck

function run({ host: { raw } }: Machine): HostFinding {
  const { commandLine } = raw.system
  if (!commandLine.known) return unsettled(commandLine.gap)
  const { override } = parseAcsParameters(commandLine.value)
  return override === null ? PASS : finding('warn', { kind: 'acs-override', value: override })
}
