import { finding, type HostCheck, type HostFinding, PASS, unsettled } from '../host-check.js'
import type { Machine } from '../machine.js'

/** Whether the kernel is locked down: VFIO works all the same, other ways to a function's registers do not. */
export const lockdown = {
  id: 'lockdown',
  title: 'lockdown',
  passes: 'The kernel is not locked down.',
  source: 'LOCKDOWN_PCI_ACCESS, LOCKDOWN_MODULE_SIGNATURE (security/lockdown)',
  run,
} as const satisfies HostCheck

function run({ readiness: { lockdown: mode } }: Machine): HostFinding {
  if (!mode.known) return unsettled(mode.gap)
  if (mode.value === null || mode.value === 'none') return PASS
  return finding('warn', { kind: 'locked-down', mode: mode.value })
}
