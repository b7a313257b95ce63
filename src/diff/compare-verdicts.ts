import { errnoText } from '../document/errno-text.js'
import { groupMembers, groupNumber } from '../iommu/groups.js'
import { isBridge, type PciDevice } from '../pci/device.js'
import { membershipReader } from '../policy/membership.js'
import type { ListedPolicy } from '../policy/policies/index.js'
import type { Reason } from '../policy/reason.js'
import { judge, resetQuestion, type Verdict } from '../policy/verdict.js'
import type { AnalysedHost } from '../vfio/analysed-host.js'
import type { DiffCause, Ending, VerdictChange } from './change.js'
import { type Comparison, kernelCause } from './comparison.js'
import type { Pair } from './match-functions.js'

export interface VerdictOptions {
  readonly policies: readonly ListedPolicy[]
  /** Compare also what no kernel of the two implements. */
  readonly hypothetical: boolean
}

/** Verdicts with another outcome or errno than before. */
export function compareVerdicts(
  comparison: Comparison,
  { policies, hypothetical }: VerdictOptions,
): readonly VerdictChange[] {
  const before = judgeOf(comparison.before, policies)
  const after = judgeOf(comparison.after, policies)
  return comparison.matching.pairs.flatMap((pair) => {
    if (isBridge(pair.before) || isBridge(pair.after)) return []
    const is = after(pair.after)
    return before(pair.before).flatMap((was, index) => {
      const now = is[index]
      if (now === undefined || !isFlipped(was, now)) return []
      if (!hypothetical && !was.implemented && !now.implemented) return []
      return [verdictChange(pair, was, now, comparison)]
    })
  })
}

function judgeOf({ vfio }: AnalysedHost, policies: readonly ListedPolicy[]) {
  const membershipOf = membershipReader({ fold: false })
  const nobody = new Set<never>()
  return (device: PciDevice): readonly Verdict[] => {
    const question = resetQuestion(vfio, device, nobody, { membershipOf })
    return policies.map((policy) => judge(policy, question))
  }
}

function isFlipped(was: Verdict, is: Verdict): boolean {
  return was.outcome !== is.outcome || errnoText(was) !== errnoText(is)
}

function verdictChange(
  pair: Pair,
  was: Verdict,
  is: Verdict,
  comparison: Comparison,
): VerdictChange {
  const before = endingOf(was, is.reasons)
  const after = endingOf(is, was.reasons)
  return {
    kind: 'verdict',
    devices: [pair.after.address],
    policy: is.policy,
    before,
    after,
    cause: verdictCause(pair, before, after, comparison),
  }
}

/** The verdict with the reasons that the other one does not have. */
function endingOf(
  { outcome, errno, at, possible, reasons }: Verdict,
  others: readonly Reason[],
): Ending {
  const known = new Set(others.map((reason) => JSON.stringify(reason)))
  return {
    outcome,
    errno,
    at,
    ...(possible === undefined ? {} : { possible }),
    reasons: reasons.filter((reason) => !known.has(JSON.stringify(reason))),
  }
}

/** Reasons that groups give, and those that processes give. */
const GROUP_REASONS: ReadonlySet<Reason['kind']> = new Set([
  'group-not-viable',
  'group-not-owned',
  'no-group',
  'noiommu',
])
const HOLDER_REASONS: ReadonlySet<Reason['kind']> = new Set([
  'group-busy',
  'claimed',
  'other-context',
])

/** The nearest cause: what was not read, another group, another driver, another reset, another kernel. */
function verdictCause(
  pair: Pair,
  before: Ending,
  after: Ending,
  comparison: Comparison,
): DiffCause | null {
  const reasons = [...after.reasons, ...before.reasons]
  return (
    unreadCause(before, after) ??
    (reasons.some(({ kind }) => GROUP_REASONS.has(kind)) ? groupCauseOf(pair, comparison) : null) ??
    driverCause(pair, reasons, comparison) ??
    (reasons.some(({ kind }) => HOLDER_REASONS.has(kind)) ? HOLDER : null) ??
    groupCauseOf(pair, comparison) ??
    scopeCause(pair, comparison) ??
    kernelCause(comparison)
  )
}

const HOLDER: DiffCause = { kind: 'holder-changed' }

function unreadCause(before: Ending, after: Ending): DiffCause | null {
  const isBefore = isOpen(before)
  if (!isBefore && !isOpen(after)) return null
  const unread = (isBefore ? before : after).reasons.find(({ kind }) => kind === 'unread')
  const path = unread?.kind === 'unread' ? unread.path : null
  return { kind: 'unread', side: isBefore ? 'before' : 'after', path }
}

/** What was not read decides the outcome, or the errno. */
function isOpen({ outcome, possible }: Ending): boolean {
  return outcome === 'undetermined' || possible !== undefined
}

function groupCauseOf(pair: Pair, comparison: Comparison): DiffCause | null {
  for (const each of concernedPairs(pair, comparison)) {
    const difference = comparison.groupDifference(each)
    if (difference !== null) return { kind: 'group-changed', at: each.after.address, ...difference }
  }
  return null
}

/** A function that the reset affects, or that shares the target's group, on another driver than before. */
function driverCause(
  pair: Pair,
  reasons: readonly Reason[],
  comparison: Comparison,
): DiffCause | null {
  const named = new Set(reasons.flatMap((reason) => ('address' in reason ? [reason.address] : [])))
  const changed = concernedPairs(pair, comparison).filter(
    ({ before: { raw: was }, after: { raw: is } }) =>
      was.driver.known && is.driver.known && was.driver.value !== is.driver.value,
  )
  const found = changed.find(({ after }) => named.has(after.address)) ?? changed[0]
  if (found === undefined) return null
  const { driver: was } = found.before.raw
  const { driver: is } = found.after.raw
  if (!was.known || !is.known) return null
  return { kind: 'driver-changed', at: found.after.address, before: was.value, after: is.value }
}

function scopeCause(pair: Pair, { before, after, matching }: Comparison): DiffCause | null {
  const was = affectedOf(pair.before, before).map(({ address }) => matching.afterOf(address))
  const is = affectedOf(pair.after, after).map(({ address }) => address)
  const isSame = was.length === is.length && is.every((address) => was.includes(address))
  return isSame ? null : { kind: 'scope-changed', at: pair.after.address }
}

/** The function itself, those that its reset affects, and those that share its group. */
function concernedPairs(pair: Pair, { after, matching }: Comparison): readonly Pair[] {
  const group = groupMembers(after.vfio, groupNumber(pair.after))
  const affected = affectedOf(pair.after, after).map(({ address }) => address)
  const others = [...affected, ...group].flatMap((address) => matching.pairOf(address) ?? [])
  return [...new Set([pair, ...others])]
}

function affectedOf(device: PciDevice, { vfio }: AnalysedHost): readonly PciDevice[] {
  const [world] = vfio.scopes.worldsOf(device).worlds
  return vfio.scopes.answer(device, world).scope?.affected ?? []
}
