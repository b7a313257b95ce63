import { isNo, isYes } from '../host/gap.js'
import { type PciAddress, slotKeyOf } from '../host/pci-address.js'
import { bridgesAbove } from '../pci/bridges-above.js'
import type { PciDevice } from '../pci/device.js'
import type { Topology } from '../pci/topology.js'
import { remembered } from '../text/lists.js'
import type { AliasPeers } from './alias-peers.js'
import type { IsolationFinding } from './findings.js'
import { requesterOf } from './grouping.js'
import { type IsolationRules, isMultifunction } from './isolation.js'

/** What explanations draw on. */
export interface ExplanationInput {
  readonly topology: Topology
  readonly rules: IsolationRules
  readonly peers: AliasPeers
  readonly late: ReadonlySet<PciDevice>
}

/** Facts at the function itself that widen, or are vouched not to widen, its group. */
export function explainFunction(
  device: PciDevice,
  input: ExplanationInput,
): readonly IsolationFinding[] {
  const { address: at, dmaDevice } = device
  // The kernel asks the VMD endpoint in the function's stead and never looks at ACS below it.
  if (dmaDevice !== null) return [{ kind: 'vmd-requester', at, vmd: dmaDevice }]
  const aliases = explainAliases(device, input)
  const judgement = matters(device, input) ? explainJudgement(device, input) : NOTHING
  const slot = explainSlot(device, input)
  return aliases.length + judgement.length + slot.length === 0
    ? NOTHING
    : [...aliases, ...judgement, ...slot]
}

/**
 * Facts hop by hop: at the function, then at each bridge above it, up to the root bus. Those of the bridges are the same for all
 * functions of a bus, and all there are for most of them: then they are one list.
 */
export function pathExplainer(
  input: ExplanationInput,
): (device: PciDevice) => readonly IsolationFinding[] {
  const { topology } = input
  const above = new Map<PciAddress | null, readonly IsolationFinding[]>()
  const explainAbove = (device: PciDevice) =>
    remembered(above, device.parent, () =>
      bridgesAbove(device, topology).flatMap((bridge) => explainFunction(bridge, input)),
    )
  return (device) => {
    const requester = requesterOf(topology, device)
    const own = explainFunction(device, input)
    const through = requester === device ? NOTHING : explainFunction(requester, input)
    const bridges = explainAbove(requester)
    return own.length + through.length === 0 ? bridges : [...own, ...through, ...bridges]
  }
}

const NOTHING: readonly IsolationFinding[] = []

/**
 * Whether it makes a difference to anybody that the function isolates: to what is below it, or to functions of its
 * slot. Where all of those isolate, only what vouches for this one is worth a word.
 */
function matters(device: PciDevice, input: ExplanationInput): boolean {
  const { children } = input.topology
  if ((children.get(device.address) ?? []).length > 0) return true
  const others = slotmates(device, input.topology)
  if (others.length === 0) return false
  const isolates = (each: PciDevice) => isYes(input.rules.isolated(each).isolated)
  return isolates(device) || others.some((other) => !isolates(other))
}

/** Functions of the slot with which this one could be grouped; none for a single function. */
function slotmates(device: PciDevice, { bySlot }: Topology): readonly PciDevice[] {
  if (isNo(isMultifunction(device))) return []
  const slot = bySlot.get(slotKeyOf(device.address)) ?? []
  return slot.filter((other) => other !== device)
}

function explainJudgement(
  device: PciDevice,
  { rules }: ExplanationInput,
): readonly IsolationFinding[] {
  const { isolated, finding } = rules.isolated(device)
  if (isolated.known) return finding === null ? NOTHING : [finding]
  const { path, why } = isolated.gap
  return [{ kind: 'isolation-unknown', at: device.address, path, why }]
}

/** `get_pci_function_alias_group`: multifunction, not isolated, beside others that are not isolated either. */
function explainSlot(device: PciDevice, input: ExplanationInput): readonly IsolationFinding[] {
  const isOpen = (each: PciDevice) => isNo(input.rules.isolated(each).isolated)
  if (!isYes(isMultifunction(device)) || !isOpen(device)) return NOTHING
  const others = slotmates(device, input.topology).filter(isOpen)
  if (others.length === 0) return NOTHING
  const at = device.address
  const open = { kind: 'multifunction-not-isolated', at, with: others.map(addressOf) } as const
  const late = [device, ...others].filter((each) => input.late.has(each))
  return [
    open,
    ...late.map((each) => ({ kind: 'grouped-as-single-function', at: each.address }) as const),
  ]
}

function explainAliases(
  device: PciDevice,
  { peers }: ExplanationInput,
): readonly IsolationFinding[] {
  const at = device.address
  if (peers.certain.size + peers.unpredictable.size === 0) return NOTHING
  const used = peers.usesIdOf.get(device) ?? []
  const aliases = (peers.certain.get(device) ?? []).map((peer) =>
    used.includes(peer)
      ? ({ kind: 'dma-alias', at, to: peer.address } as const)
      : ({ kind: 'dma-alias', at: peer.address, to: at } as const),
  )
  if (!peers.unpredictable.has(device)) return aliases
  return [...aliases, { kind: 'dma-alias-unpredictable', at }]
}

function addressOf({ address }: PciDevice): PciAddress {
  return address
}
