import { known, type Observed, unknown } from '../host/gap.js'
import type { PciAddress } from '../host/pci-address.js'
import type { GroupNumber } from '../host/scalars.js'
import { bridgeAbove } from '../pci/bridges-above.js'
import type { PciDevice } from '../pci/device.js'
import type { Topology } from '../pci/topology.js'
import { isTranslationRoot } from './dma-aliases.js'
import {
  type Assumption,
  type GroupingInput,
  type GroupingRun,
  takeAnswers,
} from './grouping-run.js'
import { sharedGroupFinder } from './shared-group.js'
import { rememberUpward } from './upward.js'

/** A partition of the functions that take part, as the kernel would form it. */
export interface Grouping {
  /** Number of a function's group, counted from 0 in order of registration; actual numbers differ. */
  readonly groupOf: ReadonlyMap<PciDevice, number>
  /** Members of each group, in address order. */
  readonly groups: readonly (readonly PciAddress[])[]
  /** An answer that could not be read was taken for granted. */
  readonly assumed: boolean
}

/**
 * `pci_device_group` (drivers/iommu/iommu.c), textually the same from 5.10 to 7.3, run for every function in order of
 * registration. What the kernel finds by climbing from each function is remembered for each bridge, so the work is
 * linear in functions and edges.
 */
export function simulateGrouping(input: GroupingInput, assumption: Assumption): Grouping {
  const groupOf = new Map<PciDevice, number>()
  const answers = takeAnswers(assumption)
  const findGroup = groupFinder({ ...input, groupOf, narrow: answers.narrow, assumption })
  let count = 0
  for (const device of input.order) {
    if (!input.participates(device)) continue
    const group = findGroup(device) ?? count
    if (group === count) count += 1
    groupOf.set(device, group)
  }
  return {
    groupOf,
    groups: membersOf(input.topology, groupOf, count),
    assumed: answers.assumed(),
  }
}

/** The group that a function would join beside the groups that there are; null: one of its own. Unknown: a register decides it. */
export function groupToJoin(
  device: PciDevice,
  groupOf: ReadonlyMap<PciDevice, number>,
  input: Pick<GroupingInput, 'topology' | 'rules' | 'peers'>,
): Observed<number | null> {
  const find = (assumption: Assumption) => {
    const { narrow } = takeAnswers(assumption)
    return groupFinder({ ...input, ...NO_ORDER, groupOf, narrow, assumption })(device) ?? null
  }
  const widest = find('widest')
  if (find('narrowest') === widest) return known(widest)
  return unknown({
    path: `${device.raw.path}/config`,
    why: 'unmodelled',
    detail: `which group ${device.address} joins is decided by registers that were not read`,
  })
}

/** Nobody is to be registered, and nobody came late: all of the host was found before a driver is bound. */
const NO_ORDER = { order: [], participates: () => true, late: new Set<PciDevice>() }

/** The steps of `docs/reference/groups.md#the-algorithm`; undefined: a new group. */
function groupFinder(run: GroupingRun): (device: PciDevice) => number | undefined {
  const { topology, rules, groupOf, narrow } = run
  const climbAliases = climber(run, (bridge) => {
    if (isTranslationRoot(bridge)) return 'stop'
    return narrow(keepsRequesterIds(bridge)) ? 'pass' : 'join'
  })
  const climbAcs = climber(run, (bridge) => (narrow(rules.pathIsolated(bridge)) ? 'stop' : 'join'))
  const findShared = sharedGroupFinder(run)
  return (device) => {
    const requester = requesterOf(topology, device)
    const own = groupOf.get(requester)
    if (own !== undefined) return own
    const alias = climbAliases(requester)
    if (alias.group !== undefined) return alias.group
    const exposed = climbAcs(alias.top ?? requester)
    return exposed.group ?? findShared(exposed.top ?? alias.top ?? requester)
  }
}

/** `pci_real_dma_dev`. */
export function requesterOf(topology: Topology, device: PciDevice): PciDevice {
  if (device.dmaDevice === null) return device
  return topology.byAddress.get(device.dmaDevice) ?? device
}

/** What a walk upward meets: the group of the first bridge to join that has one, else the topmost bridge to join. */
interface Climb {
  readonly group: GroupNumber | undefined
  readonly top: PciDevice | undefined
}

const NOTHING: Climb = { group: undefined, top: undefined }

/**
 * Climbs from bridge to bridge and remembers what each one leads to. Bridges are registered before what is below
 * them, so what was found once stays true.
 */
function climber(
  { topology, groupOf }: GroupingRun,
  step: (bridge: PciDevice) => 'stop' | 'pass' | 'join',
): (device: PciDevice) => Climb {
  const from = rememberUpward<Climb>(topology, NOTHING, (bridge, above) => {
    const kind = step(bridge)
    if (kind === 'stop') return NOTHING
    const group = kind === 'join' ? groupOf.get(bridge) : undefined
    if (group !== undefined) return { group, top: bridge }
    if (kind === 'pass' || above.group !== undefined) return above
    return { group: undefined, top: above.top ?? bridge }
  })
  return (device) => from(bridgeAbove(device, topology))
}

/** Whether requests from below pass a bridge under their own IDs (`pci_for_each_dma_alias`). */
function keepsRequesterIds({ portType }: PciDevice): Observed<boolean> {
  if (!portType.known) return portType
  const { value } = portType
  const takesOver =
    value === 'pcie-to-pci-bridge' || value === 'pci-to-pcie-bridge' || value === 'conventional'
  return known(!takesOver)
}

function membersOf(
  { devices }: Topology,
  groupOf: ReadonlyMap<PciDevice, number>,
  count: number,
): readonly (readonly PciAddress[])[] {
  const groups = Array.from({ length: count }, (): PciAddress[] | null => null)
  for (const device of devices) {
    const group = groupOf.get(device)
    if (group === undefined) continue
    const members = groups[group]
    // Most groups have one member, and an array that is grown has room for many.
    if (members === null) groups[group] = [device.address]
    else members?.push(device.address)
  }
  return groups.map((members) => members ?? NOBODY)
}

const NOBODY: readonly PciAddress[] = []
