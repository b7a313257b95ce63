import { isKnownAs, isNo } from '../host/gap.js'
import type { PciAddress } from '../host/pci-address.js'
import { bridgeAbove, bridgesAbove } from '../pci/bridges-above.js'
import type { PciDevice } from '../pci/device.js'
import type { Topology } from '../pci/topology.js'
import { remembered } from '../text/lists.js'
import type { StrictLeak } from './findings.js'
import type { Grouping } from './grouping.js'
import type { IsolationRules } from './isolation.js'

/**
 * The strict view: what the kernel keeps in separate groups although hardware lets it meet
 * (`docs/reference/groups.md#strict-view`).
 */
export interface StrictView {
  /** Leaks at or above a function, nearest switch first. */
  readonly leaksOf: (device: PciDevice) => readonly StrictLeak[]
}

/** A switch one of whose downstream ports does not redirect. ACS works on egress: one such port opens all siblings. */
interface LeakySwitch {
  readonly ports: readonly PciAddress[]
  readonly permissive: readonly PciAddress[]
}

/** Group of a function; null: none, or it was not read. */
type GroupOf = (device: PciDevice) => number | null

interface Groups {
  readonly predicted: Grouping
  /** As the kernel made them. */
  readonly groupOf: GroupOf
}

/** Where the kernel's rules or its groups keep nothing apart, nothing leaks. */
export function strictView(
  topology: Topology,
  rules: IsolationRules,
  { predicted, groupOf }: Groups,
): StrictView {
  const predictedGroupOf = (device: PciDevice) => predicted.groupOf.get(device) ?? null
  const switches = new Map<PciDevice, LeakySwitch | null>()
  const siblings = new Map<PciAddress, readonly PciAddress[]>()
  const above = new Map<PciAddress | null, readonly Opened[]>()

  const leakySwitch = (upstream: PciDevice) =>
    remembered(switches, upstream, () =>
      findLeakySwitch(upstream, topology, rules, [predictedGroupOf, groupOf]),
    )

  const siblingsOf = ({ address }: PciDevice, { ports }: LeakySwitch) =>
    remembered(siblings, address, () => ports.filter((each) => each !== address))

  /** The switch that a port opens sideways; null: it opens none. */
  const leakAt = (port: PciDevice): Opened | null => {
    const upstream = bridgeAbove(port, topology)
    if (upstream === null || !isType(port, 'downstream-port')) return null
    const leak = leakySwitch(upstream)
    return leak === null ? null : { port, leak }
  }

  /** The same for all functions of a bus. */
  const openAbove = (device: PciDevice) =>
    remembered(above, device.parent, () =>
      bridgesAbove(device, topology).flatMap((port) => leakAt(port) ?? []),
    )

  const leaksOf = (device: PciDevice): readonly StrictLeak[] => {
    const own = leakAt(device)
    const others = openAbove(device)
    if (own === null && others.length === 0) return NOTHING
    return (own === null ? others : [own, ...others]).map(({ port, leak }) => ({
      kind: 'strict-sibling-leak' as const,
      at: device.address,
      port: port.address,
      permissive: leak.permissive,
      reaches: siblingsOf(port, leak),
    }))
  }

  return { leaksOf }
}

const NOTHING: readonly StrictLeak[] = []

/** A switch, and the downstream port of it that a function is behind. */
interface Opened {
  readonly port: PciDevice
  readonly leak: LeakySwitch
}

function findLeakySwitch(
  upstream: PciDevice,
  { children }: Topology,
  rules: IsolationRules,
  groupings: readonly GroupOf[],
): LeakySwitch | null {
  if (!isType(upstream, 'upstream-port')) return null
  const ports = (children.get(upstream.address) ?? []).filter((each) =>
    isType(each, 'downstream-port'),
  )
  const permissive = ports.filter((port) => {
    const { isolated } = rules.isolated(port)
    return isNo(isolated)
  })
  const isApart = (groupOf: GroupOf) =>
    new Set(ports.flatMap((port) => groupOf(port) ?? [])).size > 1
  if (permissive.length === 0 || !groupings.every(isApart)) return null
  const addresses = (devices: readonly PciDevice[]) => devices.map(({ address }) => address)
  return { ports: addresses(ports), permissive: addresses(permissive) }
}

function isType({ portType }: PciDevice, type: 'upstream-port' | 'downstream-port'): boolean {
  return isKnownAs(portType, type)
}
