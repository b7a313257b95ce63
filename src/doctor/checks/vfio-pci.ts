import { isKnownAs } from '../../host/gap.js'
import { finding, type HostCheck, type HostFinding, PASS, unsettled } from '../host-check.js'
import type { Machine } from '../machine.js'

/** Whether the driver is there that functions must be bound to. */
export const vfioPci = {
  id: 'vfio-pci',
  title: 'vfio-pci',
  passes: 'The driver vfio-pci is loaded.',
  source: 'CONFIG_VFIO_PCI',
  run,
} as const satisfies HostCheck

function run({ host: { raw }, readiness }: Machine): HostFinding {
  if (raw.functions.some(({ driver }) => isKnownAs(driver, 'vfio-pci'))) return PASS
  const state = readiness.vfioPci
  if (!state.known) return unsettled(state.gap)
  switch (state.value) {
    case 'present':
      return PASS
    case 'loadable':
      return finding('warn', { kind: 'module-not-loaded' })
    case 'missing':
      return finding('fail', { kind: 'no-module' })
  }
}
