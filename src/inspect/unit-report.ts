import { isKnownAs, isYes, known } from '../host/gap.js'
import type { PciAddress, PciAddresses } from '../host/pci-address.js'
import type { RawFunction } from '../host/raw-host.js'
import type { GroupNumbers } from '../host/scalars.js'
import type { PciDevice } from '../pci/device.js'
import { membershipReader } from '../policy/membership.js'
import type { ListedPolicy } from '../policy/policies/index.js'
import { type AnswersOf, type ResetAnswers, sharedAnswers } from '../policy/shared-answers.js'
import { type SituationOf, situationsOf } from '../policy/situation.js'
import { resetQuestion, type Verdict } from '../policy/verdict.js'
import { bindState } from '../simulation/bind-state.js'
import { withoutFunctions } from '../simulation/rebind.js'
import { once } from '../text/lists.js'
import type { AnalysedHost } from '../vfio/analysed-host.js'
import type { Coupling, Unit, UnitKind } from '../vfio/units.js'
import { distinctScopes, type VfioHost } from '../vfio/vfio-host.js'
import { type UnitFacts, unitSummary, wholeUnitText } from './text/unit-summary.js'

/** Functions that cannot be used independently, and what one user who has all of them may do. */
export interface UnitReport extends Unit {
  /** The answer for people, true alone: whether its members can be split, and whether one VM that gets all can hot-reset them. */
  readonly summary: string
  /** The second half of it: what one VM may do that gets all of `devices`; null: none can, or no policy was asked about. */
  readonly whole: string | null
  /** Those of `devices` that are not bound to a vfio driver now, and are still there once all of them are. */
  readonly toBind: PciAddresses
  /** Those of `devices` that go once `toBind` are bound: VFs of a PF that loses its driver, and what is behind a VMD controller. */
  readonly gone: PciAddresses
  /**
   * Who may hot-reset it, one for each policy asked about, as if all of `devices` that are left were bound to vfio-pci and open
   * in one user.
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

/** What the reports of all units are made from. */
export interface UnitReporting {
  readonly host: AnalysedHost
  /** What goes then. */
  readonly lost: () => ReadonlySet<PciAddress>
  readonly bound: () => BoundHost
  readonly policies: readonly ListedPolicy[]
}

/** The host in memory on which every function of a unit is bound. */
interface BoundHost {
  readonly host: VfioHost
  readonly situationOf: SituationOf
  /** Of whoever has the members of the unit open. */
  readonly answersFor: (owning: ReadonlySet<PciAddress>) => AnswersOf
}

export function unitReporting(
  host: AnalysedHost,
  units: readonly Unit[],
  policies: readonly ListedPolicy[],
): UnitReporting {
  const lost = once(() => lostWithDrivers(host, units))
  return {
    host,
    lost,
    bound: once(() => boundHost(withAllBound(host, units, lost()), policies)),
    policies,
  }
}

function boundHost(host: VfioHost, policies: readonly ListedPolicy[]): BoundHost {
  const membershipOf = membershipReader({ fold: true })
  const answersFor = (owning: ReadonlySet<PciAddress>) =>
    sharedAnswers({
      policies,
      ask: (target) => resetQuestion(host, target, owning, { membershipOf }),
      abridge: firstReasons,
    })
  const ofOne = answersFor(NOBODY)
  return {
    host,
    situationOf: situationsOf(host),
    answersFor: (owning) => (owning.size === 0 ? ofOne : answersFor(owning)),
  }
}

/** A unit as `inspect --json` states it. */
export function unitReport(unit: Unit, reporting: UnitReporting): UnitReport {
  const facts = new LazyUnit(unit, reporting)
  const { devices, kind, groups, why, summary, whole, toBind, gone, verdicts } = facts
  return { devices, kind, groups, why, summary, whole, toBind, gone, verdicts }
}

/** A unit of which nothing is worked out before it is asked for: the overview tells of few units more than their members. */
export class LazyUnit implements UnitReport {
  readonly devices: PciAddresses
  readonly kind: UnitKind | null
  readonly groups: GroupNumbers
  readonly why: readonly Coupling[]
  private readonly context: UnitReporting
  private toBindFound: PciAddresses | undefined
  private verdictsFound: readonly UnitVerdict[] | undefined
  private wholeFound: string | null | undefined
  private factsFound: UnitFacts | undefined

  constructor({ devices, kind, groups, why }: Unit, context: UnitReporting) {
    this.devices = devices
    this.kind = kind
    this.groups = groups
    this.why = why
    this.context = context
  }

  get summary() {
    return unitSummary(this.facts, this.whole)
  }
  get whole() {
    if (this.wholeFound === undefined) this.wholeFound = wholeUnitText(this.facts)
    return this.wholeFound
  }
  get toBind() {
    const lost = this.context.lost()
    this.toBindFound ??= withoutLost(membersToBind(this, this.context.host), lost)
    return this.toBindFound
  }
  get gone() {
    const lost = this.context.lost()
    return lost.size === 0 ? NONE : this.devices.filter((each) => lost.has(each))
  }
  get verdicts() {
    this.verdictsFound ??= verdictsOn(this, this.context)
    return this.verdictsFound
  }

  private get facts() {
    if (this.factsFound !== undefined) return this.factsFound
    const { devices, kind, toBind, gone, verdicts, context } = this
    const dma = dmaOf(context.host.vfio, this)
    this.factsFound = { devices, kind, toBind, gone, verdicts, dma }
    return this.factsFound
  }
}

function withoutLost(devices: PciAddresses, lost: ReadonlySet<PciAddress>): PciAddresses {
  return lost.size === 0 ? devices : devices.filter((each) => !lost.has(each))
}

function membersToBind({ devices }: Unit, { topology, vfio }: AnalysedHost): PciAddresses {
  return devices.filter((address) => {
    const device = topology.byAddress.get(address)
    return device !== undefined && !isYes(vfio.isVfioBound(device))
  })
}

function verdictsOn(unit: Unit, { bound, policies }: UnitReporting): readonly UnitVerdict[] {
  const { host, situationOf, answersFor } = bound()
  const asked = askedOf(host, unit)
  const [only, ...others] = asked
  if (unit.devices.length === 1 && only !== undefined && others.length === 0) {
    return unitVerdicts(only, answersFor(NOBODY)(only, situationOf(only)))
  }
  const answersOf = answersFor(new Set(unit.devices))
  const judged = asked.map((device) => unitVerdicts(device, answersOf(device, null)))
  return policies.flatMap((_, place) => worstOf(judged.map((each) => each[place])))
}

const NONE: PciAddresses = []

/** Functions of units that go once all others of their unit are bound to vfio-pci. */
function lostWithDrivers(host: AnalysedHost, units: readonly Unit[]): ReadonlySet<PciAddress> {
  const lost = new Set<PciAddress>()
  for (const unit of units) {
    if (unit.devices.length === 1) continue
    const members = new Set(unit.devices)
    for (const address of membersToBind(unit, host)) {
      for (const each of restingOn(host, address)) if (members.has(each)) lost.add(each)
    }
  }
  return lost
}

/** What goes with the driver of a function that has one. */
function restingOn({ topology }: AnalysedHost, address: PciAddress): PciAddresses {
  const raw = topology.byAddress.get(address)?.raw
  if (raw === undefined || !raw.driver.known || raw.driver.value === null) return NONE
  const behind = topology.behindDmaDevice.get(address)
  if (behind === undefined) return raw.virtfns
  return [...raw.virtfns, ...behind.map((each) => each.address)]
}

/** Whoever has a unit of one function has nothing beside the one that is asked about. */
const NOBODY: ReadonlySet<PciAddress> = new Set()

/**
 * What is bound outside a unit changes nothing inside: whatever a reset or a group has in common with it is in it. Nobody has open
 * what was bound anew.
 */
function withAllBound(
  host: AnalysedHost,
  units: readonly Unit[],
  lost: ReadonlySet<PciAddress>,
): VfioHost {
  const { raw } = host
  const changing = units
    .flatMap((unit) => membersToBind(unit, host))
    .filter((address) => !lost.has(address))
  if (changing.length === 0) return host.vfio
  const drivers = new Map(changing.map((address) => [address, { driver: 'vfio-pci', line: 0 }]))
  const { unsafeNoiommu } = raw.system
  const bound = bindState(host, drivers, unsafeNoiommu.known && unsafeNoiommu.value)
  const functions = bound.functions.map((each) => (drivers.has(each.address) ? closed(each) : each))
  return host.whatIf(withoutFunctions({ ...bound, system: raw.system, functions }, lost)).vfio
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
  if (members.length === 1) return members
  const asked = [...new Set(distinctScopes(host, members).values())]
  return asked.length > 0 ? asked : members.slice(0, 1)
}

function unitVerdicts(
  { address: device }: PciDevice,
  { blockers, verdicts }: ResetAnswers,
): readonly UnitVerdict[] {
  const first = firstReasons(blockers)
  return verdicts.map((verdict) => unitVerdict(verdict, device, first))
}

/** Written out field by field, since there are thousands. */
function unitVerdict(
  { policy, outcome, errno, at, possible, implemented, hypothetical, reasons: found }: Verdict,
  device: PciAddress,
  blockers: Verdict['reasons'],
): UnitVerdict {
  const reasons = writtenOut(found, blockers)
  return possible === undefined
    ? { policy, outcome, errno, at, implemented, hypothetical, reasons, device }
    : { policy, outcome, errno, at, possible, implemented, hypothetical, reasons, device }
}

/** A unit has no list of blockers that the short form could refer to. */
function writtenOut(reasons: Verdict['reasons'], blockers: Verdict['reasons']): Verdict['reasons'] {
  const [first, ...others] = reasons
  if (first?.kind === 'blocked' && others.length === 0) return blockers
  if (!reasons.some(({ kind }) => kind === 'blocked')) return reasons
  return firstReasons(reasons.flatMap((each) => (each.kind === 'blocked' ? blockers : [each])))
}

function firstReasons(reasons: Verdict['reasons']): Verdict['reasons'] {
  return reasons.length <= MOST_REASONS ? reasons : reasons.slice(0, MOST_REASONS)
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
