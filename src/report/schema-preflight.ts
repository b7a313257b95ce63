import Type from 'typebox'
import { CHECKS } from '../preflight/checks/index.js'
import { SourceEntry } from './schema-inspect.js'
import {
  Address,
  Addresses,
  GapEntry,
  Group,
  kindOf,
  orNull,
  ProcessId,
  ToolName,
  Version,
} from './schema-values.js'
import { PolicyName, ReasonEntry } from './schema-verdicts.js'

const VmName = orNull(Type.String())

const Need = Type.Enum([
  'boot-disk',
  'root-filesystem',
  'swap',
  'active-route',
  'console',
  'keyboard',
])

const Driver = orNull(Type.String())

/** The members of `StartReason`. */
const START_REASONS = [
  kindOf('no-such-function', { address: Address }),
  kindOf('dead', { address: Address }),
  kindOf('asleep', { address: Address, power: orNull(Type.String()) }),
  kindOf('d3cold', { address: Address, stays: orNull(Type.Boolean()) }),
  kindOf('link-down', { address: Address, port: Address, cut: Type.Boolean() }),
  kindOf('not-an-endpoint', {
    address: Address,
    header: Type.Enum(['normal', 'bridge', 'cardbus']),
  }),
  kindOf('bound', { address: Address, driver: Driver }),
  kindOf('bound-at-start', { address: Address, driver: Driver }),
  kindOf('not-on-vfio', { address: Address, driver: Driver }),
  kindOf('vfs-lost', { address: Address, vfs: Addresses }),
  kindOf('no-iommu', {}),
  kindOf('fake-group', { address: Address, group: orNull(Group) }),
  kindOf('bridge-in-group', { address: Address, group: Group }),
  kindOf('stranger-in-group', { address: Address, group: Group, driver: Driver }),
  kindOf('acs-override', { address: Address, parameter: Type.String() }),
  kindOf('stale-isolation', { address: Address, at: Address }),
  kindOf('acs-parameter', { parameter: Type.String(), value: Type.String() }),
  kindOf('direct-region', { group: Group, start: Type.String(), end: Type.String() }),
  kindOf('unsafe-noiommu', {}),
  kindOf('no-group-api', {}),
  kindOf('vfio-not-loaded', {}),
  kindOf('interrupts-not-isolated', { parameter: orNull(Type.String()) }),
  kindOf('unsafe-interrupts-allowed', {}),
  kindOf('held', {
    address: Address,
    pid: ProcessId,
    command: Type.String(),
    file: Type.String(),
  }),
  kindOf('open-unseen', { address: Address, count: Type.Integer({ minimum: 1 }) }),
  kindOf('token-missing', { address: Address, pf: Address }),
  kindOf('token-given', { address: Address, pf: Address }),
  kindOf('token-superfluous', { address: Address }),
  kindOf('host-needs', {
    address: Address,
    need: Need,
    detail: Type.String(),
    wanted: Type.Boolean(),
  }),
  kindOf('is-vf', { address: Address, pf: Address }),
  kindOf('own-reset', { address: Address, method: Type.String(), weak: Type.Boolean() }),
  kindOf('own-reset-likely', {
    address: Address,
    method: Type.String(),
    otherwise: orNull(Type.Enum(['slot', 'bus'])),
  }),
  kindOf('hot-reset', { address: Address, scope: Type.Enum(['slot', 'bus']) }),
  kindOf('nothing-resets', { address: Address }),
  kindOf('reset-beyond', { address: Address, others: Addresses }),
  kindOf('no-flr', { address: Address, path: Type.String() }),
  kindOf('hotplug-port', { address: Address, port: Address }),
  kindOf('known-bad-reset', { address: Address, what: Type.String(), source: Type.String() }),
  kindOf('kernel-trouble', {
    release: Type.String(),
    what: Type.String(),
    source: Type.String(),
  }),
  kindOf('outside-group', { address: Address, group: orNull(Group) }),
  kindOf('given-twice', { address: Address, times: Type.Integer({ minimum: 2 }) }),
  kindOf('in-two-vms', { address: Address, vm: VmName }),
  kindOf('group-in-two-vms', { address: Address, group: Group, vm: VmName }),
  kindOf('set-in-two-vms', { address: Address, vm: VmName }),
] as const

const LossEntry = Type.Union([
  kindOf('driver', { driver: Type.String(), names: Type.Array(Type.String()) }),
  kindOf('host-need', { need: Need, detail: Type.String() }),
  kindOf('vfs', { vfs: Addresses }),
  kindOf('reboot', {}),
  kindOf('exclusive', {}),
  kindOf('process', { pid: ProcessId, command: Type.String() }),
  kindOf('other-vm', { vm: VmName }),
  kindOf('forged-interrupts', {}),
])

const PlanEntry = orNull(
  Type.Array(
    Type.Object({
      do: Type.Enum([
        'bind',
        'unbind',
        'unbind-other',
        'disable-vfs',
        'give',
        'give-once',
        'withhold',
        'end-holder',
        'use-way',
        'state-token',
        'omit-token',
        'allow-unsafe-interrupts',
        'add-parameter',
        'remove-parameter',
        'enable-in-firmware',
      ]),
      device: orNull(Address),
      command: orNull(
        Type.String({ description: 'Lines for a shell, as root; null: by hand, see `what`' }),
      ),
      cost: orNull(Type.String({ description: 'What is lost by it' })),
      undo: orNull(Type.String({ description: 'Lines that take it back' })),
      what: Type.String(),
      lasting: orNull(Type.String({ description: 'Lines that make it outlive a reboot' })),
      losses: Type.Array(LossEntry),
    }),
  ),
)

const NoPlanEntry = orNull(
  Type.Enum([
    'no-such-function',
    'dead',
    'not-an-endpoint',
    'firmware',
    'no-iommu-above',
    'host-needs',
    'bridge-inside',
    'root-bus',
    'virtual-bus',
    'quirk',
    'vf-split',
    'other-dev-set',
    'kernel',
    'outside-group',
    'unread',
    'not-found',
  ]),
)

const Verdict = Type.Enum(['pass', 'fail', 'cannot-tell'])

const CheckEntry = Type.Object({
  id: Type.Enum(CHECKS.map(({ id }) => id)),
  vm: VmName,
  device: orNull(Address),
  outcome: Type.Enum(['pass', 'fail', 'cannot-tell', 'warn']),
  reasons: Type.Array(Type.Union([ReasonEntry, ...START_REASONS])),
  harmless: orNull(
    Type.Boolean({ description: 'Of a refused hot reset: another reset happens anyway' }),
  ),
  decisive: Type.Boolean({ description: 'Of "cannot-tell": what was not read could make it fail' }),
  plan: PlanEntry,
  noPlan: NoPlanEntry,
})

/** `preflight --json`. */
export const PreflightDocument = Type.Object({
  schemaVersion: Version,
  kind: Type.Literal('preflight'),
  tool: ToolName,
  source: SourceEntry,
  gaps: Type.Array(GapEntry),
  devices: Addresses,
  via: orNull(Type.Enum(['group', 'iommufd'])),
  checks: Type.Array(CheckEntry),
  verdict: Verdict,
  vms: Type.Array(
    Type.Object({
      name: VmName,
      input: orNull(Type.String()),
      devices: Type.Array(Address),
      skipped: Type.Array(
        Type.Object({
          kind: Type.Enum(['mediated', 'mapping', 'other-host-device', 'no-address']),
          text: Type.String(),
        }),
      ),
      via: Type.Enum(['group', 'iommufd']),
      policy: PolicyName,
      starts: Verdict,
      resets: Verdict,
      verdict: Verdict,
      checks: Type.Array(CheckEntry),
      plan: PlanEntry,
      noPlan: NoPlanEntry,
      proof: orNull(Type.Enum(['passes', 'ask-again'])),
    }),
  ),
})
