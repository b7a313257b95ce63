import type { Policy } from '../policy.js'
import { closure } from './closure.js'
import { ctxOrGroupInSet } from './ctx-or-group-in-set.js'
import { ctxOrUnopened } from './ctx-or-unopened.js'
import { deviceFdAsGroup } from './device-fd-as-group.js'
import { deviceFds } from './device-fds.js'
import { groupFds } from './group-fds.js'
import { iommufd } from './iommufd.js'
import { openedGroupFds } from './opened-group-fds.js'
import { openedOnlyCore } from './opened-only-core.js'
import { resetGroupClaim } from './reset-group-claim.js'
import { resetGroupClaimStrict } from './reset-group-claim-strict.js'
import { singleton } from './singleton.js'

/** Every policy: the two that kernels have, then the debate in the order in which its ideas came up. */
const LIST = [
  groupFds,
  iommufd,
  openedGroupFds,
  deviceFds,
  ctxOrUnopened,
  singleton,
  deviceFdAsGroup,
  resetGroupClaim,
  resetGroupClaimStrict,
  closure,
  openedOnlyCore,
  ctxOrGroupInSet,
] as const satisfies readonly Policy[]

/** A rule about who may hot-reset; `vfio-reset policies` says what each one is. */
export type PolicyId = (typeof LIST)[number]['id']

export type ListedPolicy = Policy & { readonly id: PolicyId }

export const POLICIES: readonly ListedPolicy[] = LIST
