import { answers } from './answers.js'
import { assignable } from './assignable.js'
import type { Check } from './check.js'
import { conflicts } from './conflicts.js'
import { driver } from './driver.js'
import { exists } from './exists.js'
import { group } from './group.js'
import { holders } from './holders.js'
import { hostNeeds } from './host-needs.js'
import { interfaces } from './interface.js'
import { interrupts } from './interrupts.js'
import { iommu } from './iommu.js'
import { isolation } from './isolation.js'
import { mapping } from './mapping.js'
import { noiommu } from './noiommu.js'
import { reservedRegions } from './reserved-regions.js'
import { resetAtStart } from './reset-at-start.js'
import { resetOwnership } from './reset-ownership.js'
import { resetSet } from './reset-set.js'
import { strangers } from './strangers.js'
import { vfToken } from './vf-token.js'
import { withinGroup } from './within-group.js'

/** What is checked of each function, in the order in which a start meets it. */
export const CHECKS = [
  exists,
  answers,
  assignable,
  mapping,
  driver,
  iommu,
  noiommu,
  interfaces,
  group,
  strangers,
  isolation,
  reservedRegions,
  interrupts,
  holders,
  vfToken,
  hostNeeds,
  resetSet,
  resetOwnership,
  resetAtStart,
  withinGroup,
  conflicts,
] as const satisfies readonly Check[]

/** A check; `vfio-reset preflight` tells in words what each one asks. */
export type CheckId = (typeof CHECKS)[number]['id']
