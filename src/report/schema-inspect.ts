import Type from 'typebox'
import { DeviceEntry, RelatedEntry } from './schema-device.js'
import { Findings } from './schema-findings.js'
import {
  Address,
  Addresses,
  GapEntry,
  Group,
  Groups,
  orNull,
  statedAs,
  ToolName,
  Version,
} from './schema-values.js'

const Text = Type.String()
const Flag = statedAs(Type.Boolean())

/** `Source`. */
export const SourceEntry = Type.Object({
  kind: Type.Enum(['live', 'directory', 'capture']),
  path: orNull(Text),
  kernelRelease: orNull(Text),
  kernelReleaseFrom: Type.Enum(['host', 'option', 'assumed']),
})

const HostEntry = Type.Object({
  kernelRelease: statedAs(Text),
  arch: statedAs(Text),
  iommu: Type.Object({ present: Flag, instances: statedAs(Type.Array(Text)) }),
  vfio: Type.Object({ groupApi: Flag, cdev: Flag, noiommu: Flag }),
})

/** `GroupReport`. */
export const GroupEntry = Type.Object({
  id: Group,
  type: statedAs(orNull(Text)),
  devices: Addresses,
  others: Type.Array(Text),
  viable: Flag,
  findings: Findings,
})

const DifferenceEntry = Type.Object({
  actual: Type.Array(Addresses),
  predicted: Type.Array(Addresses),
  explanation: Findings,
})

/** `DevSetReport`. */
export const DevSetEntry = Type.Object({
  key: Type.Object({ kind: Type.Enum(['self', 'slot', 'bus']), of: Text }),
  members: Addresses,
})

const CouplingEntry = Type.Object({
  kind: Type.Enum(['dma', 'reset']),
  from: Address,
  to: Address,
  group: orNull(Group),
  absent: orNull(Type.Enum(['bridge-inside', 'vf-split', 'no-bus-reset'])),
})

const UnitEntry = Type.Object({
  devices: Addresses,
  groups: Groups,
  why: Type.Array(CouplingEntry),
})

/** `Warning`. */
export const WarningEntry = Type.Object({
  kind: Type.Enum([
    'boot-disk',
    'root-filesystem',
    'swap',
    'active-route',
    'console',
    'kernel-assumed',
    'kernel-newer',
    'dead-function',
    'unaccounted-reset',
    'vfs-destroyed',
    'sbr-masked',
    'link-inactive',
    'dpc-triggered',
    'late-quirk',
    'open-elsewhere',
    'unsafe-noiommu',
    'host-changed',
  ]),
  address: Type.Optional(Address),
  detail: Text,
})

/** `inspect --json`. */
export const InspectDocument = Type.Object({
  schemaVersion: Version,
  kind: Type.Literal('inspect'),
  tool: ToolName,
  source: SourceEntry,
  gaps: Type.Array(GapEntry),
  host: HostEntry,
  devices: Type.Array(DeviceEntry),
  related: Type.Array(RelatedEntry),
  groups: Type.Array(GroupEntry),
  groupCheck: Type.Object({
    comparable: Type.Boolean(),
    differences: Type.Array(DifferenceEntry),
  }),
  devSets: Type.Array(DevSetEntry),
  units: Type.Array(UnitEntry),
  warnings: Type.Array(WarningEntry),
})
