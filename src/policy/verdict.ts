import type { PciAddress } from '../host/pci-address.js'
import type { PciDevice } from '../pci/device.js'
import type { VfioHost } from '../vfio/vfio-host.js'
import type { Worlds } from '../vfio/world.js'
import type { Policy, Requirement, Verdict } from './policy.js'
import { type Reason, type Refusal, STAGES, type Stage, unread } from './reason.js'
import { type ResetCase, resetCase } from './reset-case.js'

/** One function's hot reset, in every world that the unread facts allow. */
export interface ResetQuestion {
  readonly host: VfioHost
  readonly target: PciDevice
  readonly worlds: Worlds
  readonly cases: readonly [ResetCase, ...ResetCase[]]
}

export function resetQuestion(
  host: VfioHost,
  target: PciDevice,
  owning: ReadonlySet<PciAddress>,
): ResetQuestion {
  const worlds = host.scopes.worldsOf(target)
  const [first, ...rest] = worlds.worlds
  return {
    host,
    target,
    worlds,
    cases: [
      resetCase(host, target, first, owning),
      ...rest.map((world) => resetCase(host, target, world, owning)),
    ],
  }
}

/**
 * The verdict of one policy: firm when outcome and errno are the same in every world and for every value of an unread
 * fact, else undetermined with what would settle it (`contract.md` 1).
 */
export function judge(policy: Policy, question: ResetQuestion): Verdict {
  const { host, cases, worlds } = question
  const judged = cases.map((each) => inKernelOrder(policy.judge(each)))
  const endings = judged.flatMap(endingsOf)
  const [first] = endings
  const unmodelled = host.kernel.modelled.known ? [] : [host.kernel.modelled.gap]
  const firm =
    unmodelled.length === 0 && first !== undefined && endings.every((each) => isSame(each, first))
  const shared = {
    policy: policy.id,
    implemented: isImplemented(policy, host),
    hypothetical: policy.implementedSince === null,
    requires: requirement(policy, cases[0]),
  }
  if (firm && first.errno !== undefined) {
    const certain = judged[0]?.filter(({ unless }) => unless === null) ?? []
    const reasons = certain.length > 0 ? certain : (judged[0] ?? [])
    return {
      ...shared,
      outcome: 'refused',
      errno: first.errno,
      at: endings.find(({ at }) => at !== null)?.at ?? null,
      reasons: distinct(reasons.map(({ reason }) => reason)),
    }
  }
  if (firm) return { ...shared, outcome: 'permitted', errno: null, at: null, reasons: [] }
  const settling = [...unmodelled, ...worlds.gaps].map((gap) => unread(null, gap))
  return {
    ...shared,
    outcome: 'undetermined',
    errno: null,
    at: null,
    reasons: distinct([...settling, ...judged.flat().map(({ reason }) => reason)]),
  }
}

/** How a call could end: with this errno at this stage, or (`errno` undefined) permitted. */
interface Ending {
  readonly errno: string | null | undefined
  readonly at: Stage | null
}

/** Refusals that hang on unread facts may or may not happen; the first certain one ends the call. */
function endingsOf(refusals: readonly Refusal[]): readonly Ending[] {
  const endings: Ending[] = []
  for (const { errno, at, unless } of refusals) {
    endings.push({ errno, at })
    if (unless === null) return endings
  }
  return [...endings, { errno: undefined, at: null }]
}

/** Permitted equals permitted; refused equals refused with the same errno. */
function isSame(a: Ending, b: Ending): boolean {
  return a.errno === b.errno
}

function inKernelOrder(refusals: readonly Refusal[]): readonly Refusal[] {
  return STAGES.flatMap((stage) => refusals.filter(({ at }) => at === stage))
}

function isImplemented({ id }: Policy, { kernel }: VfioHost): boolean {
  return id === 'group-fds' || (id === 'iommufd' && kernel.cdev)
}

/**
 * What would make it permitted. null where something stands in the way that no binding removes: no reset at all, a
 * bridge inside, another dev_set.
 */
function requirement(policy: Policy, c: ResetCase): Requirement | null {
  if (c.answer.scope === null) return null
  const { sets, topology } = c.host
  const outside = c.affected.some((device) => device !== c.target && !canJoin(c, device))
  const needs = outside ? null : policy.needs(c)
  if (needs === null) return null
  const bind = c.affected.filter((device) => {
    const vfio = sets.isVfio(device)
    return !(vfio.known && vfio.value)
  })
  const release = releasable(c).filter((address) => {
    const device = topology.byAddress.get(address)
    return device !== undefined && !c.affected.includes(device)
  })
  return { bind: bind.map(({ address }) => address), release, ...needs }
}

function canJoin(c: ResetCase, device: PciDevice): boolean {
  if (!device.header.known || device.header.value !== 'normal') return false
  const { kernel, sets } = c.host
  if (!kernel.devSets) return true
  const key = sets.keyOf(device, c.world)
  const target = sets.keyOf(c.target, c.world)
  return device.bus === c.target.bus && key.kind === target.kind && key.of === target.of
}

function releasable(c: ResetCase): readonly PciAddress[] {
  const group = c.targetGroup
  if (!group.known || group.value.kind !== 'group' || group.value.id === null) return []
  return c.host
    .viabilityOf(group.value.id)
    .culprits.flatMap(({ address }) => (address === null ? [] : [address]))
}

function distinct(reasons: readonly Reason[]): readonly Reason[] {
  if (reasons.length < 2) return reasons
  const seen = new Set<string>()
  return reasons.filter((reason) => {
    const key = JSON.stringify(reason)
    return !seen.has(key) && seen.add(key)
  })
}
