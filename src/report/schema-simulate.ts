import Type from 'typebox'
import { SourceEntry } from './schema-inspect.js'
import {
  Address,
  Addresses,
  Errno,
  GapEntry,
  GapReason,
  Group,
  kindOf,
  orNull,
  ToolName,
  Unknown,
  Version,
} from './schema-values.js'
import { BLOCKERS, PolicyName } from './schema-verdicts.js'

const ActorName = Type.String({ description: 'A process of the scenario' })

/** `StepReason`. */
export const StepReasonEntry = Type.Union(
  [
    ...BLOCKERS,
    kindOf('not-open', { address: orNull(Address) }),
    kindOf('closed-fd', { name: orNull(Type.String()) }),
    kindOf('wrong-file', { name: Type.String() }),
    kindOf('not-bound', { address: Address }),
    kindOf('no-cdev', {}),
    kindOf('no-iommufd', {}),
    kindOf('no-group-api', {}),
    kindOf('not-vfio', { address: Address, group: orNull(Group) }),
    kindOf('no-group', { address: Address }),
    kindOf('noiommu', { address: Address, lacks: Type.Enum(['cdev', 'proof', 'access']) }),
    kindOf('group-busy', { group: Group, actor: ActorName }),
    kindOf('cdev-bound', { address: Address, group: Group, actor: ActorName }),
    kindOf('group-not-viable', {
      address: orNull(Address),
      member: Type.String(),
      group: Group,
      driver: orNull(Type.String()),
    }),
    kindOf('dma-owned', { group: Group, address: orNull(Address), actor: ActorName }),
    kindOf('mixed-container', { group: Group }),
    kindOf('no-container', { group: Group }),
    kindOf('already-open', { address: Address, actor: ActorName }),
    kindOf('token-missing', { address: Address, pf: Address }),
    kindOf('token-wrong', { address: Address, pf: Address }),
    kindOf('token-superfluous', { address: Address }),
    kindOf('token-unknown', {}),
    kindOf('no-sriov', { address: Address }),
    kindOf('argsz', { least: Type.Integer() }),
    kindOf('no-space', { count: Type.Integer(), argsz: Type.Integer() }),
    kindOf('flags', {}),
    kindOf('mode', { via: Type.Enum(['group', 'cdev']) }),
    kindOf('empty-array', {}),
    kindOf('array', { count: Type.Integer(), most: Type.Integer() }),
    kindOf('group-not-owned', { address: Address, group: orNull(Group) }),
    kindOf('other-context', { address: Address, actor: ActorName }),
    kindOf('not-in-context', { address: Address, group: orNull(Group) }),
    kindOf('device-not-passed', { address: Address }),
    kindOf('not-singleton', { address: Address }),
    kindOf('claimed', { address: Address, actor: ActorName }),
    kindOf('claimed-noiommu', { address: Address }),
    kindOf('not-claimed', { address: Address }),
    kindOf('claim-unknown', {}),
    kindOf('no-function-reset', { address: Address }),
    kindOf('unread', {
      address: orNull(Address),
      path: Type.String(),
      why: GapReason,
      detail: Type.String(),
    }),
  ],
  { description: 'Why a step was not answered with "ok"' },
)

const InfoEntry = Type.Object(
  {
    flags: Type.Array(Type.Enum(['dev-id', 'dev-id-owned', 'resettable'])),
    devices: Type.Array(
      Type.Object({
        address: Address,
        group: Type.Union([Group, Type.Null(), Unknown]),
        devid: orNull(Type.Integer({ minimum: -1 })),
      }),
    ),
    count: Type.Optional(Type.Integer({ description: 'With ENOSPC: entries there would be' })),
  },
  { description: 'What VFIO_DEVICE_GET_PCI_HOT_RESET_INFO wrote' },
)

/** `Verb`. */
export const VERBS = [
  'open-container',
  'open-iommufd',
  'open-group',
  'open-device',
  'bind-cdev',
  'reset-info',
  'hot-reset',
  'device-reset',
  'close-device',
  'close-group',
  'close-container',
  'close-iommufd',
  'set-vf-token',
] as const

/** `SimulatedStep`. */
export const StepEntry = Type.Object({
  index: Type.Integer({ minimum: 0 }),
  do: Type.Enum(VERBS),
  actor: ActorName,
  device: orNull(Address),
  outcome: Type.Enum(['ok', 'refused', 'undetermined']),
  errno: orNull(Errno),
  reasons: Type.Array(StepReasonEntry),
  info: Type.Optional(Type.Union([InfoEntry, Unknown])),
  possible: Type.Optional(
    Type.Array(Errno, { description: 'Errnos that the moment decides: locks, links' }),
  ),
  effects: Type.Optional(
    Type.Array(
      Type.Object({
        kind: Type.Enum(['function-reset', 'set-reset']),
        devices: Addresses,
        certain: Type.Optional(Type.Literal(false)),
      }),
    ),
  ),
  skipped: Type.Optional(Type.String({ description: 'Why there was nothing to call' })),
})

const PolicyChoiceName = Type.Union([PolicyName, Type.Literal('kernel')])

const ENVELOPE = {
  schemaVersion: Version,
  kind: Type.Literal('simulate'),
  tool: ToolName,
  source: SourceEntry,
  gaps: Type.Array(GapEntry),
  kernelRelease: Type.String(),
  infoForm: Type.Enum(['kernel', 'v1', 'v2', 'v3', 'v4', 'v5']),
  functions: Type.Array(
    Type.Object({
      address: Address,
      group: Type.Union([Group, Type.Null(), Unknown]),
      affected: Type.Union([Addresses, Unknown]),
    }),
    { description: 'Functions that the scenario names, and what a hot reset of each hits' },
  ),
}

/** `simulate --json`: the steps under one policy, or one run a policy. */
export const SimulateDocument = Type.Union([
  Type.Object({ ...ENVELOPE, policy: PolicyChoiceName, steps: Type.Array(StepEntry) }),
  Type.Object({
    ...ENVELOPE,
    policy: Type.Literal('all'),
    runs: Type.Array(Type.Object({ policy: PolicyChoiceName, steps: Type.Array(StepEntry) })),
  }),
])
