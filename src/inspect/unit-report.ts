import { isKnownAs, isYes, known } from '../host/gap.js'
import { mapByAddress, type PciAddress, type PciAddresses } from '../host/pci-address.js'
import type { RawFunction, RawHost } from '../host/raw-host.js'
import type { PciDevice } from '../pci/device.js'
import { shareVerdicts } from '../policy/lone-functions.js'
import { membershipReader } from '../policy/membership.js'
import type { ListedPolicy } from '../policy/policies/index.js'
import { judge, resetQuestion, type Verdict } from '../policy/verdict.js'
import { bindState } from '../simulation/bind-state.js'
import type { AnalysedHost } from '../vfio/analysed-host.js'
import { isVfioBound } from '../vfio/driver.js'
import type { Unit } from '../vfio/units.js'
import { distinctScopes, type VfioHost } from '../vfio/vfio-host.js'
import { type UnitFacts, unitSummary, wholeUnitText } from './text/unit-summary.js'

/** Functions that cannot be used independently, and what one user who has all of them may do. */
export interface UnitReport extends Unit {
  /** The answer for people, true alone: whether its members can be split, and whether one VM that gets all can hot-reset them. */
  readonly summary: string
  /** The second half of it: what one VM may do that gets all of `devices`; null: none can, or no policy was asked about. */
  readonly whole: string | null
  /** Those of `devices` that are not bound to a vfio driver now. */
  readonly toBind: PciAddresses
  /**
   * Who may hot-reset it, one for each policy asked about, as if all of `devices` were bound to vfio-pci and open in one user.
   * Where the reset of one function is refused and that of another is not, the refusal counts.
   */
  readonly verdicts: readonly UnitVerdict[]
}

/** The verdict of one policy on a unit. */
export interface UnitVerdict extends Omit<Verdict, 'requires'> {
  /** The function whose hot reset it is about: of all in the unit the one that decides. */
  readonly device: PciAddress
  /** The first that refuse, or what would settle it: eight at most. */
  readonly reasons: Verdict['reasons']
}

/** The verdicts on each unit, all of them on one host in memory on which every function of a unit is bound. */
export function unitReports(
  host: AnalysedHost,
  units: readonly Unit[],
  policies: readonly ListedPolicy[],
): readonly UnitReport[] {
  const { raw } = host
  const bound = withAllBound(host, units)
  const functions = mapByAddress(raw.functions)
  const membershipOf = membershipReader({ fold: true })
  const verdictsOf = shareVerdicts((question) =>
    policies.map((policy) => judge(policy, question, (all) => all.slice(0, MOST_REASONS))),
  )
  return units.map((unit) => {
    const owning = new Set(unit.devices)
    const judged = askedOf(bound, unit).map((device) => {
      const verdicts = verdictsOf(resetQuestion(bound, device, owning, { membershipOf }))
      return verdicts.map((verdict) => unitVerdict(verdict, device))
    })
    const verdicts = policies.flatMap((_, place) => worstOf(judged.map((each) => each[place])))
    const toBind = unit.devices.filter((address) => isOpenTo(functions.get(address), raw))
    const facts = { ...unit, toBind, verdicts, dma: dmaOf(host.vfio, unit) }
    return { ...unit, summary: unitSummary(facts), whole: wholeUnitText(facts), toBind, verdicts }
  })
}

/**
 * What is bound outside a unit changes nothing inside: whatever a reset or a group has in common with it is in it. Nobody has open
 * what was bound anew. What rests on a driver that is replaced stays: a unit is asked about as it is.
 */
function withAllBound(host: AnalysedHost, units: readonly Unit[]): VfioHost {
  const { raw } = host
  const functions = mapByAddress(raw.functions)
  const changing = units
    .flatMap(({ devices }) => devices)
    .filter((address) => isOpenTo(functions.get(address), raw))
  if (changing.length === 0) return host.vfio
  const drivers = new Map(changing.map((address) => [address, { driver: 'vfio-pci', line: 0 }]))
  const { unsafeNoiommu } = raw.system
  const bound = bindState(host, drivers, unsafeNoiommu.known && unsafeNoiommu.value)
  return host.whatIf({
    ...bound,
    system: raw.system,
    functions: bound.functions.map((each) => (drivers.has(each.address) ? closed(each) : each)),
  }).vfio
}

function isOpenTo(each: RawFunction | undefined, { system }: RawHost): boolean {
  return each !== undefined && !isYes(isVfioBound(each, system))
}

function closed(each: RawFunction): RawFunction {
  const { enabled } = each
  return enabled.known && enabled.value !== null ? { ...each, enabled: known(0) } : each
}

/** What limits the DMA of a unit. Without a group vfio-pci binds to a function only if the unsafe mode is known to be on. */
function dmaOf(host: VfioHost, { devices }: Unit): UnitFacts['dma'] {
  const { noiommu } = host.interfaces
  const members = devices.flatMap((address) => host.topology.byAddress.get(address) ?? [])
  const groups = members.map(host.groupOf)
  if (members.some(({ raw }) => isKnownAs(raw.iommuGroup, null))) {
    return isYes(noiommu) ? 'unlimited' : 'none'
  }
  const isFake = groups.some(
    (group) => group.known && group.value.kind === 'group' && group.value.fake,
  )
  return isFake ? 'unlimited' : 'iommu'
}

/** One function for each distinct reset; where there is none at all, the first. */
function askedOf(host: VfioHost, { devices }: Unit): readonly PciDevice[] {
  const members = devices.flatMap((address) => host.topology.byAddress.get(address) ?? [])
  const asked = [...new Set(distinctScopes(host, members).values())]
  return asked.length > 0 ? asked : members.slice(0, 1)
}

/** Written out field by field, since there are thousands. */
function unitVerdict(verdict: Verdict, { address: device }: PciDevice): UnitVerdict {
  const { policy, outcome, errno, at, possible, implemented, hypothetical, reasons } = verdict
  return possible === undefined
    ? { policy, outcome, errno, at, implemented, hypothetical, reasons, device }
    : { policy, outcome, errno, at, possible, implemented, hypothetical, reasons, device }
}

/** None where the unit has no function any more. */
function worstOf(judged: readonly (UnitVerdict | undefined)[]): readonly UnitVerdict[] {
  const [first, ...others] = judged
  if (first === undefined || others.length === 0) return first === undefined ? [] : [first]
  const worst = OUTCOMES.flatMap(
    (outcome) => judged.find((each) => each?.outcome === outcome) ?? [],
  )
  return worst.slice(0, 1)
}

/** Of a bus of VFs that this kernel keeps apart each is a unit, and each has all others in its way. */
const MOST_REASONS = 8

/** The worst first. */
const OUTCOMES = ['refused', 'undetermined', 'permitted'] as const
