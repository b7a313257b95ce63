import type { HostCheck } from '../host-check.js'
import { acsOverride } from './acs-override.js'
import { groupHoles } from './group-holes.js'
import { interfaces } from './interface.js'
import { interrupts } from './interrupts.js'
import { iommu } from './iommu.js'
import { lockdown } from './lockdown.js'
import { noiommu } from './noiommu.js'
import { vfioPci } from './vfio-pci.js'

/** What is checked of a machine, in the order in which a start of a VM meets it. */
export const HOST_CHECKS = [
  iommu,
  groupHoles,
  interrupts,
  vfioPci,
  interfaces,
  noiommu,
  lockdown,
  acsOverride,
] as const satisfies readonly HostCheck[]

/** A check of a machine. */
export type HostCheckId = (typeof HOST_CHECKS)[number]['id']
