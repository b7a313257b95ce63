import Type from 'typebox'
import { POLICIES } from '../policy/policies/index.js'
import {
  Address,
  Addresses,
  Errno,
  GapReason,
  Group,
  Groups,
  kindOf,
  orNull,
  ProcessId,
} from './schema-values.js'

/** The members of `Blocker`. */
export const BLOCKERS = [
  kindOf('no-reset', { address: Address }),
  kindOf('root-bus', { address: Address }),
  kindOf('virtual-bus', { address: Address }),
  kindOf('no-bus-reset', { address: Address }),
  kindOf('bridge-inside', { address: Address }),
  kindOf('unbound', { address: Address }),
  kindOf('foreign-driver', { address: Address, driver: Type.String() }),
  kindOf('other-dev-set', { address: Address }),
  kindOf('vf-split', { address: Address }),
] as const

/** `Blocker`. */
export const BlockerEntry = Type.Union([...BLOCKERS], {
  description: 'A fact that stands in the way of a hot reset, whoever asks',
})

/** `Reason`. */
export const ReasonEntry = Type.Union(
  [
    ...BLOCKERS,
    kindOf('blocked', {}),
    kindOf('group-not-owned', { address: Address, group: orNull(Group) }),
    kindOf('other-context', { address: Address, pid: ProcessId }),
    kindOf('group-not-viable', {
      address: orNull(Address),
      member: Type.String(),
      group: Group,
      driver: Type.String(),
    }),
    kindOf('group-busy', { group: Group, pid: ProcessId }),
    kindOf('claimed', { address: Address, pid: ProcessId }),
    kindOf('no-cdev', {}),
    kindOf('noiommu', { address: Address }),
    kindOf('no-group', { address: Address }),
    kindOf('not-singleton', { address: Address }),
    kindOf('mode', {}),
    kindOf('array', {}),
    kindOf('unread', {
      address: orNull(Address),
      path: Type.String(),
      why: GapReason,
      detail: Type.String(),
    }),
  ],
  {
    description:
      'Why a verdict is not "permitted"; "blocked" stands for all blockers of the function',
  },
)

export const PolicyName = Type.Enum(POLICIES.map(({ id }) => id))

const StageName = Type.Enum([
  'open-group',
  'set-container',
  'open-device',
  'open-cdev',
  'bind',
  'hot-reset',
])

const RequirementEntry = Type.Object(
  { bind: Addresses, groups: Groups, devices: Addresses, release: Addresses },
  { description: 'The least that makes the reset permitted' },
)

/** `Verdict`. */
export const VerdictEntry = Type.Object({
  policy: PolicyName,
  outcome: Type.Enum(['permitted', 'refused', 'undetermined']),
  errno: orNull(Errno),
  at: orNull(StageName),
  implemented: Type.Boolean(),
  hypothetical: Type.Boolean(),
  reasons: Type.Array(ReasonEntry),
  requires: orNull(RequirementEntry),
})
