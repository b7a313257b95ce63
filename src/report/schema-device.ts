import Type from 'typebox'
import { Findings } from './schema-findings.js'
import {
  Address,
  Addresses,
  Bus,
  Group,
  Groups,
  hexDigits,
  orNull,
  ProcessId,
  statedAs,
} from './schema-values.js'
import { BlockerEntry, VerdictEntry } from './schema-verdicts.js'

const Count = Type.Integer({ minimum: 0 })
const Name = orNull(Type.String())

const Sriov = Type.Union([
  Type.Object({
    role: Type.Literal('pf'),
    vfs: Addresses,
    total: statedAs(orNull(Count)),
  }),
  Type.Object({ role: Type.Literal('vf'), pf: Address, index: statedAs(orNull(Count)) }),
])

const Acs = Type.Object({
  present: statedAs(Type.Boolean()),
  capabilities: Type.Array(Type.String()),
  enabled: Type.Array(Type.String()),
  quirk: Name,
})

const Holder = Type.Object({ pid: ProcessId, command: Type.String(), what: Type.String() })

const HotReset = Type.Object({
  scope: statedAs(orNull(Type.Enum(['slot', 'bus']))),
  via: statedAs(orNull(Address)),
  affected: statedAs(Addresses),
  unaccounted: statedAs(Addresses),
  groups: statedAs(Groups),
  devSet: statedAs(Addresses),
  assumed: Type.Array(Type.Literal('target-bound')),
  blockers: Type.Array(BlockerEntry),
  verdicts: Type.Array(VerdictEntry),
})

const RELATED_FIELDS = {
  address: Address,
  vendorId: statedAs(hexDigits(4)),
  deviceId: statedAs(hexDigits(4)),
  classCode: statedAs(hexDigits(6)),
  name: orNull(Type.Object({ vendor: Name, device: Name, class: Name })),
  header: statedAs(Type.Enum(['normal', 'bridge', 'cardbus'])),
  portType: statedAs(
    Type.Enum([
      'endpoint',
      'legacy-endpoint',
      'root-port',
      'upstream-port',
      'downstream-port',
      'pcie-to-pci-bridge',
      'pci-to-pcie-bridge',
      'rc-endpoint',
      'rc-event-collector',
      'conventional',
    ]),
  ),
  parent: orNull(Address),
  driver: statedAs(Name),
  vfio: statedAs(Type.Boolean()),
  iommuGroup: statedAs(orNull(Group)),
  sriov: statedAs(orNull(Sriov)),
  acs: Acs,
  isolation: Type.Object({ isolated: statedAs(Type.Boolean()), findings: Findings }),
  state: Type.Object({
    power: statedAs(Name),
    enabled: statedAs(orNull(Type.Integer())),
    dead: statedAs(Type.Boolean()),
    holders: Type.Array(Holder),
  }),
}

/** `RelatedFunction`. */
export const RelatedEntry = Type.Object(RELATED_FIELDS)

/** `DeviceReport`. */
export const DeviceEntry = Type.Object({
  ...RELATED_FIELDS,
  subsystemVendorId: statedAs(hexDigits(4)),
  subsystemDeviceId: statedAs(hexDigits(4)),
  revision: statedAs(hexDigits(2)),
  bus: Bus,
  numaNode: statedAs(orNull(Count)),
  resetMethods: statedAs(orNull(Type.Array(Type.String()))),
  functionResets: statedAs(
    Type.Array(Type.Enum(['device_specific', 'flr', 'af_flr', 'pm', 'bus'])),
  ),
  ownReset: statedAs(
    orNull(
      Type.Object({
        methods: Type.Unsafe<readonly [string, ...string[]]>(
          Type.Array(Type.String(), { minItems: 1 }),
        ),
        weak: Type.Boolean(),
      }),
    ),
  ),
  hotReset: HotReset,
  coupled: Type.Object({ direct: Addresses, claimCost: Addresses }),
})
