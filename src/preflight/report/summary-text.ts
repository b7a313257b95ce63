import type { VmReport } from './document.js'
import { togetherText } from './together-text.js'
import { verdictText, vmTitle } from './verdict-text.js'

/** The answer on all VMs: of several, whether they can run at the same time. */
export function preflightSummary(vms: readonly VmReport[]): string {
  return togetherText(vms)?.text ?? vms.map(vmSummary).join(' ')
}

/** The answer on one VM. */
export function vmSummary(vm: VmReport): string {
  if (vm.devices.length > 0) return verdictText(vm)
  return vm.notFollowed.length === 0
    ? `${vmTitle(vm)}: it gets no PCI function of this host, so there is nothing to check.`
    : `${vmTitle(vm)}: cannot tell which PCI functions it gets.`
}
