import { isStated } from '../document/stated.js'
import type { DeviceReport } from '../inspect/document.js'

/** Which functions of a host are exported. */
export type SelectId =
  /** Those bound to a driver of VFIO. */
  | 'vfio'
  /** The same, and those that people give to VMs: displays, accelerators, network, NVMe. */
  | 'assignable'
  /** Every function that is no bridge. */
  | 'all'

export const SELECTIONS = ['vfio', 'assignable', 'all'] as const satisfies readonly SelectId[]

/** Base classes of PCI: display, network, processing accelerator. */
const ASSIGNABLE = /^(?:03|02|12)/
const NVME = /^0108/

/** The choice. What it hangs on and was not read does not leave a function out. Bridges are never chosen: VFIO does not bind to them. */
export function isSelected(select: SelectId, device: DeviceReport): boolean {
  const { header, vfio, classCode } = device
  if (isStated(header) && header !== 'normal') return false
  if (select === 'all' || vfio !== false) return true
  if (select === 'vfio') return false
  return !isStated(classCode) || ASSIGNABLE.test(classCode) || NVME.test(classCode)
}
