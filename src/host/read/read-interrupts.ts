import { known, type Observed, unknown } from '../gap.js'
import type { RawSystem } from '../raw-host.js'
import { malformedText, unknownOf } from '../tree/failure.js'
import { type HostTree, isFailure } from '../tree/tree.js'
import type { InterruptIsolation } from '../vm-facts.js'

/** `proc/interrupts` has a column for each processor. */
const INTERRUPTS_LIMIT = 8_388_608

const INTERRUPTS = 'proc/interrupts'

/** Kernel parameters that switch interrupt remapping off. */
const REMAPPING_OFF = /(?:^|\s)(?:intremap=off|nointremap)(?:\s|$)/

/** ECAP_REG bit 3: the unit remaps interrupts (VT-d 11.4.3). The kernel remaps none unless all units do. */
const ECAP_IR = 0x8

/**
 * Whether interrupts of devices are isolated: not with remapping switched off, nor where a DMA remapping unit of Intel has no remapping of
 * interrupts; else by the chips that interrupts are delivered through.
 */
export function readInterruptIsolation(
  tree: HostTree,
  { commandLine, iommuInstances }: Pick<RawSystem, 'commandLine' | 'iommuInstances'>,
): Observed<InterruptIsolation> {
  if (commandLine.known && REMAPPING_OFF.test(commandLine.value)) return known('direct')
  const units = iommuInstances.known ? iommuInstances.value.filter(isIntel) : []
  if (units.some((name) => lacksRemapping(tree, name))) return known('direct')
  return readChips(tree)
}

function isIntel(name: string): boolean {
  return /^dmar\d+$/.test(name)
}

function lacksRemapping(tree: HostTree, name: string): boolean {
  const text = tree.readText(`sys/class/iommu/${name}/intel-iommu/ecap`)
  if (isFailure(text) || !/^(?:0x)?[0-9a-f]{1,16}$/i.test(text)) return false
  return (Number.parseInt(text.slice(-1), 16) & ECAP_IR) === 0
}

/**
 * The chips of interrupt remapping begin with `IR-` (Intel and AMD); an ITS isolates by design. A GICv2 has none (`irq-gic.c` calls it
 * GIC-0 where it was entered at EL1, its MSIs are of GICv2m). Plain chips of x86 mean that nothing remaps; of other architectures
 * nothing is known.
 */
function readChips(tree: HostTree): Observed<InterruptIsolation> {
  const text = tree.readText(INTERRUPTS, INTERRUPTS_LIMIT)
  if (isFailure(text)) return unknownOf(tree.origin, INTERRUPTS, text)
  if (/ (?:IR-|ITS-)/.test(text)) return known('remapped')
  if (/ (?:IO-APIC|PCI-MSIX?|GICv2m?|GIC-\d)\b/.test(text)) return known('direct')
  const detail = 'no interrupt chip that is known here'
  return unknown({ path: INTERRUPTS, why: 'unmodelled', detail })
}

/** `allow_unsafe_interrupts` of a module. */
export function readUnsafeInterrupts(
  tree: HostTree,
  module: 'vfio_iommu_type1' | 'iommufd',
): Observed<boolean> {
  const path = `sys/module/${module}/parameters/allow_unsafe_interrupts`
  const text = tree.readText(path)
  if (text === 'Y' || text === 'N') return known(text === 'Y')
  if (!isFailure(text)) return unknown(malformedText(path, text))
  return unknownOf(tree.origin, path, text)
}
