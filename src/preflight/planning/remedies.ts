import { isKnownAs, isYes, valueOrNull } from '../../host/gap.js'
import type { PciAddress } from '../../host/pci-address.js'
import type { ProcessId } from '../../host/scalars.js'
import { isX86 } from '../../iommu/grouping-rule.js'
import { groupMembers, groupNumber, iommuActive } from '../../iommu/groups.js'
import { idsOf, isBridge } from '../../pci/device.js'
import { placeOf } from '../../pci/place.js'
import type { NoPlanReason, PlanStep } from '../../plan/step.js'
import { deniedBind } from '../../vfio/denylist.js'
import { holdersOf, resolveHolding } from '../../vfio/holding.js'
import { resetScopesOf } from '../../vfio/vfio-host.js'
import type { CheckResult } from '../answer.js'
import type { PreflightReason } from '../reason.js'
import type { Situation, Vm } from '../situation.js'

/** What removes one reason of a failed check: steps that are all needed, or word that nothing does. */
export type Remedy = Steps | NoPlan

export interface Steps {
  readonly steps: readonly PlanStep[]
}

export interface NoPlan {
  readonly why: NoPlanReason
  readonly at: PciAddress | null
}

export interface RemedyCase {
  readonly situation: Situation
  readonly vm: Vm
  readonly check: CheckResult
}

/** The remedies of all reasons that make a check fail. Reasons that only explain have none. */
export function remediesOf(c: RemedyCase): readonly Remedy[] {
  return c.check.reasons.flatMap((reason) => {
    const remedy = remedyOf(reason, c)
    return remedy === null ? [] : [remedy]
  })
}

export function isNoPlan(remedy: Remedy): remedy is NoPlan {
  return 'why' in remedy
}

function remedyOf(reason: PreflightReason, c: RemedyCase): Remedy | null {
  switch (reason.kind) {
    case 'not-on-vfio':
    case 'unbound':
    case 'foreign-driver':
      return bind(reason.address, c)
    case 'group-not-viable':
      return leaveDriver(reason, c)
    case 'no-iommu':
    case 'no-group':
    case 'fake-group':
      return noIommuSteps(c.situation)
    case 'no-cdev':
      return does({ do: 'use-way', device: null, way: 'group' })
    case 'no-group-api':
      return does({ do: 'use-way', device: null, way: 'iommufd' })
    case 'interrupts-not-isolated':
      return reason.parameter === null
        ? does({
            do: 'allow-unsafe-interrupts',
            device: null,
            way: c.vm.opened.get(c.check.device)?.via ?? 'group',
          })
        : does({ do: 'remove-parameter', device: null, parameter: reason.parameter })
    case 'token-missing':
      return does({ do: 'state-token', device: reason.address, pf: reason.pf })
    case 'token-superfluous':
      return does({ do: 'omit-token', device: reason.address })
    case 'held': {
      const { address: device, pid, command } = reason
      return does({ do: 'end-holder', device, pid, command })
    }
    case 'claimed':
    case 'other-context':
      return endOther(reason, c)
    case 'opened-otherwise':
    case 'group-in-two-ways':
      return oneInterface(c)
    case 'group-not-owned':
      return give(reason.address, c)
    case 'vf-split':
      return switchOff(reason.address, c)
    case 'given-twice':
      return does({ do: 'give-once', device: reason.address })
    case 'in-two-vms':
    case 'group-in-two-vms':
    case 'set-in-two-vms':
      return does({ do: 'withhold', device: reason.address, vm: reason.vm })
    default:
      return hopeless(reason)
  }
}

/** The way of the first function for all: the same for every check of the VM, so that remedies do not contradict. */
function oneInterface({ vm }: RemedyCase): Remedy {
  const [way = 'group'] = [...vm.opened.values()].map(({ via }) => via)
  return does({ do: 'use-way', device: null, way })
}

/** Reasons that nothing removes; null: a reason that only explains. */
function hopeless(reason: PreflightReason): NoPlan | null {
  const why = HOPELESS.get(reason.kind)
  if (why === undefined) return null
  return { why, at: 'address' in reason ? reason.address : null }
}

const HOPELESS: ReadonlyMap<PreflightReason['kind'], NoPlanReason> = new Map([
  ['no-such-function', 'no-such-function'],
  ['gone-with', 'gone-with'],
  ['dead', 'dead'],
  ['not-an-endpoint', 'not-an-endpoint'],
  ['denied', 'denied'],
  ['direct-region', 'firmware'],
  ['host-needs', 'host-needs'],
  ['bridge-inside', 'bridge-inside'],
  ['root-bus', 'root-bus'],
  ['virtual-bus', 'virtual-bus'],
  ['no-reset', 'root-bus'],
  ['no-bus-reset', 'quirk'],
  ['other-dev-set', 'other-dev-set'],
  ['slot-moved', 'slot-moved'],
  ['noiommu', 'kernel'],
  ['not-singleton', 'kernel'],
  ['mode', 'kernel'],
  ['array', 'kernel'],
  ['outside-group', 'outside-group'],
])

/** A PF on a driver of the host has to give its VFs up first. Without an IOMMU vfio-pci refuses the function. */
function bind(address: PciAddress, { situation }: RemedyCase): Remedy {
  const raw = situation.byAddress.get(address)
  if (raw === undefined) return { why: 'no-such-function', at: address }
  if (placeOf(address, raw.path).dmaDevice !== null) return { why: 'behind-vmd', at: address }
  if (isBridgeAt(address, situation)) return { why: 'not-an-endpoint', at: address }
  if (isKnownAs(raw.iommuGroup, null)) return noIommuSteps(situation)
  const { kernel, raw: host } = situation
  if (deniedBind({ raw }, { kernel, system: host.system }) !== null) {
    return { why: 'denied', at: address }
  }
  const from = valueOrNull(raw.driver)
  const vfs = raw.virtfns.length > 0 ? disableVfs(address, raw.virtfns, situation) : []
  return { steps: [...vfs, { do: 'bind', device: address, from, ids: idsOf({ raw }) }] }
}

/** vfio-pci takes none (`vfio_pci_core_register_device`). */
function isBridgeAt(address: PciAddress, { host }: Situation): boolean {
  const device = host.topology.byAddress.get(address)
  return device !== undefined && isBridge(device)
}

/** Off its driver is enough for the group; what the hot reset affects must go to vfio-pci, and so must what the VM gets. */
function leaveDriver(
  { address, member, driver, group }: Extract<PreflightReason, { kind: 'group-not-viable' }>,
  c: RemedyCase,
): Remedy {
  if (address === null) {
    return does({ do: 'unbind-other', device: null, group, name: member, from: driver })
  }
  const { host } = c.situation
  const resting = host.topology.behindDmaDevice.get(address) ?? []
  const own = resting.find((device) => c.vm.owned.has(device.address))
  if (own !== undefined) return { why: 'behind-vmd', at: own.address }
  const isHit = [...c.vm.owned].some((owned) => {
    const device = host.topology.byAddress.get(owned)
    if (device === undefined || device.isVirtfn) return false
    return resetScopesOf(host, device).some(({ affected }) =>
      affected.some((each) => each.address === address),
    )
  })
  return isHit && !isBridgeAt(address, c.situation)
    ? bind(address, c)
    : does({ do: 'unbind', device: address, from: driver })
}

function endOther(
  { address, pid }: { readonly address: PciAddress; readonly pid: ProcessId },
  c: RemedyCase,
): Remedy {
  const { command } = c.situation.raw.holders.find((each) => each.pid === pid) ?? { command: '' }
  const given = give(address, c)
  const end: PlanStep = { do: 'end-holder', device: address, pid, command }
  return isNoPlan(given) ? given : { steps: [end, ...given.steps] }
}

/** The function, or with group files the lowest of its group: one of them stands for all. */
function give(address: PciAddress, { situation, vm }: RemedyCase): Remedy {
  const device = situation.host.topology.byAddress.get(address)
  if (device === undefined) return { why: 'no-such-function', at: address }
  const [lowest = address] = groupMembers(situation.host, groupNumber(device)).filter((each) => {
    const member = situation.host.topology.byAddress.get(each)
    return member !== undefined && isYes(situation.host.isVfioBound(member))
  })
  return does({ do: 'give', device: lowest, vm: vm.request.name })
}

/** VFs in the way of their PF's reset are switched off; a VF itself is reset by FLR. */
function switchOff(address: PciAddress, c: RemedyCase): Remedy {
  const physfn = c.situation.byAddress.get(address)?.physfn
  const pf = physfn?.known === true ? physfn.value : null
  const raw = pf === null ? undefined : c.situation.byAddress.get(pf)
  if (raw === undefined || pf === null || raw.virtfns.some((vf) => c.vm.owned.has(vf))) {
    return { why: 'vf-split', at: address }
  }
  return { steps: disableVfs(pf, raw.virtfns, c.situation) }
}

function does(step: PlanStep): Steps {
  return { steps: [step] }
}

/**
 * The steps that switch the VFs of a PF off. A VF that somebody has open keeps the write to `sriov_numvfs` waiting until it is
 * let go (`vfio_unregister_group_dev`, from `sriov_disable`). Holders are those of the host as it is: in the one
 * where the PF is bound to vfio-pci its VFs are gone.
 */
export function disableVfs(
  pf: PciAddress,
  vfs: readonly PciAddress[],
  { raw, byAddress }: Situation,
): readonly PlanStep[] {
  const holding = resolveHolding(raw)
  const ends = vfs.flatMap((vf) => {
    const raw = byAddress.get(vf)
    const held = raw === undefined ? [] : holdersOf(holding, { address: vf, raw })
    return held.map(({ pid, command }): [number, PlanStep] => [
      pid,
      { do: 'end-holder', device: vf, pid, command },
    ])
  })
  return [...new Map(ends).values(), { do: 'disable-vfs', device: pf, vfs }]
}

const INTEL = 0x8086

/** Parameters that switch an IOMMU off. */
const OFF = /^(?:intel_iommu=off|amd_iommu=off|iommu=off|iommu=0)$/

/**
 * How the IOMMU comes on where the function has none: without the parameter that keeps it off, else in the firmware, whose
 * settings nothing here can see, and on Intel with a parameter too that many kernels need. One that is on already and does
 * not cover the function is the firmware's doing, and no step changes that.
 */
export function noIommuSteps({ raw, byAddress }: Situation): Remedy {
  const active = iommuActive(raw)
  if (active.known && active.value) return { why: 'no-iommu-above', at: null }
  const { arch } = raw.system
  if (arch.known && !isX86(arch.value)) return { why: 'no-iommu-platform', at: null }
  const { commandLine } = raw.system
  const words = commandLine.known ? commandLine.value.split(/\s+/) : []
  const parameter = words.find((word) => OFF.test(word))
  if (parameter !== undefined)
    return { steps: [{ do: 'remove-parameter', device: null, parameter }] }
  const isIntel = [...byAddress.values()].some(
    ({ vendorId, classCode }) =>
      vendorId.known &&
      vendorId.value === INTEL &&
      classCode.known &&
      classCode.value >>> 8 === HOST_BRIDGE,
  )
  const steps =
    isIntel && !words.includes(INTEL_ON)
      ? ([{ do: 'add-parameter', device: null, parameter: INTEL_ON }] as const)
      : []
  return { steps: [{ do: 'enable-in-firmware', device: null }, ...steps] }
}

const HOST_BRIDGE = 0x0600
const INTEL_ON = 'intel_iommu=on'
