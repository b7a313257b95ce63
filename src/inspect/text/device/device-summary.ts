import { isBridge, portWords } from '../../../document/function-text.js'
import { isStated } from '../../../document/stated.js'
import { tellGap } from '../../../host/gap-words.js'
import { NEED_WORDS } from '../../../host/need-words.js'
import type { PciAddress } from '../../../host/pci-address.js'
import type { HostNeed } from '../../../host/raw-host.js'
import type { Reason } from '../../../policy/reason.js'
import { tellReason } from '../../../policy/reason-words.js'
import { policyWords } from '../../../policy/report/policy-words.js'
import type { Verdict } from '../../../policy/verdict.js'
import { counted, listed, some, upperFirst } from '../../../text/english.js'
import { isStrong } from '../../../vfio/own-reset.js'
import type { DeviceReport } from '../../document.js'
import { askable, isStructural, named } from './device-view.js'

/** A function without the sentence that sums it up. */
export type UnsummedDevice = Omit<DeviceReport, 'summary'>

/** What the sentence needs beside the function. */
export interface SummaryFacts {
  /** What the host needs the function for. */
  readonly needs: readonly Pick<HostNeed, 'kind'>[]
  /** The port above that masks its resets, so that they have no effect; null: none does. */
  readonly maskedBy: PciAddress | null
  /** What may not come back from a reset, in sentences. */
  readonly troubles: readonly string[]
  /** Functions that the caller has open beside it (`--owning`). */
  readonly owned: number
}

/**
 * One function in one answer, which is true alone: whether its hot reset is permitted, and where it is not, whether that does harm,
 * and why. Text leads with it, and JSON has it as `summary`.
 */
export function deviceSummary(device: UnsummedDevice, facts: SummaryFacts): string {
  const name = named(device)
  if (isBridge(device)) {
    return `${name} is a bridge (${portWords(device)}): vfio-pci does not bind to bridges, so nobody can ask VFIO for its reset. Ask for a function below it.`
  }
  if (device.state.dead === true) {
    return `${name} does not answer: its configuration space reads as all ones. Often only a power cycle helps.`
  }
  return [...needed(name, facts), ...facts.troubles, ...answer(device, name, facts)].join(' ')
}

function needed(name: string, { needs }: SummaryFacts): readonly string[] {
  if (needs.length === 0) return []
  const nouns = [...new Set(needs.map(({ kind }) => NEED_WORDS[kind].noun))]
  return [`The host itself needs ${name} (its ${listed(nouns)}), whatever a reset would do.`]
}

function answer(device: UnsummedDevice, name: string, facts: SummaryFacts): readonly string[] {
  if (facts.maskedBy !== null) {
    return [
      `No effect: a hot reset of ${name} succeeds and resets nothing, since the CXL port ${facts.maskedBy} masks it.`,
    ]
  }
  const asked = askable(device)
  const verdicts = asked.length > 0 ? asked : device.hotReset.verdicts
  const outcomes = new Set(verdicts.map(({ outcome }) => outcome))
  const user = `a VM that gets ${facts.owned === 0 ? `only ${name}` : `${name} and ${counted(facts.owned, 'other function')}`}`
  if (device.hotReset.scope === null || (outcomes.size === 1 && outcomes.has('refused'))) {
    return verdicts.length > 0 && verdicts.every(isUnopened)
      ? unopenedText(device, verdicts, user)
      : [refusedText(device, user), ...reasonText(device, verdicts)]
  }
  if (outcomes.size === 1 && outcomes.has('permitted')) {
    return [`Permitted: ${user} can hot-reset it${boundText(device)}.`]
  }
  if (outcomes.size === 0) return [`Unknown: no policy was asked about ${name}.`]
  return [
    openText(device, verdicts, user),
    ...settlingText(verdicts),
    ...harmText(device, 'A refusal would do no harm'),
  ]
}

/** Refused where the function is opened, or before: nobody comes to ask for a reset. */
function isUnopened({ outcome, at, possible, reasons, hypothetical }: Verdict): boolean {
  // No VM starts under a rule that no kernel has.
  if (outcome !== 'refused' || at === 'hot-reset' || hypothetical) return false
  // What was not read decides which call refuses; a group that does not open is refused before any reset.
  return (
    at !== null || possible === undefined || reasons.some(({ kind }) => kind === 'group-not-viable')
  )
}

function unopenedText(
  device: UnsummedDevice,
  verdicts: readonly Verdict[],
  user: string,
): readonly string[] {
  return [
    `Refused before any reset: ${user} does not start.`,
    ...reasonText(device, verdicts, ({ kind }) => kind !== 'unread'),
    ...harmText(device, 'Once it opens, a refused hot reset does no harm'),
  ]
}

/** The second of the three colours of truth, or the third. */
function refusedText(device: UnsummedDevice, user: string): string {
  const subject =
    device.hotReset.scope === null
      ? `${named(device)} cannot be hot-reset at all`
      : `${user} cannot hot-reset it`
  const { ownReset, hotReset } = device
  if (hotReset.harmless === true && isStated(ownReset) && ownReset !== null) {
    return `Refused, but harmless: ${subject}, and has no need to: a VM start uses its own reset (${ownReset.methods.join(', ')}).`
  }
  if (!isStated(ownReset)) {
    const likely = likelyResets(device)
    const file = settlingFile(device)
    return likely.length === 0
      ? `Refused: ${subject}. Whether another reset does the work is unknown: ${file}.`
      : `Refused: ${subject}. By its registers it has a reset of its own (${likely.join(', ')}), which a VM start uses unless root switched it off; ${file} would settle that.`
  }
  return ownReset === null
    ? `Refused, and nothing resets it: ${subject}, and no reset of its own works, so it keeps the state that its last user left.`
    : `Refused, and only a weak reset is left (${ownReset.methods.join(', ')}): ${subject}, so old state may stay in it.`
}

function likelyResets({ functionResets, resetMethods }: UnsummedDevice): readonly string[] {
  if (isStated(resetMethods) || !isStated(functionResets)) return []
  return functionResets.filter(isStrong)
}

function settlingFile({ address, resetMethods }: UnsummedDevice): string {
  return isStated(resetMethods)
    ? 'a fact that decides was not read'
    : `sys/bus/pci/devices/${address}/reset_method`
}

/** The first thing in the way, of those that matter most if there is one: what no binding removes, unless it is said otherwise. */
function reasonText(
  device: UnsummedDevice,
  verdicts: readonly Verdict[],
  mattersMost: (reason: Reason) => boolean = isStructural,
): readonly string[] {
  const { blockers } = device.hotReset
  const given = verdicts.flatMap(({ outcome, reasons }) => (outcome === 'refused' ? [reasons] : []))
  const lists = firstReason(given, blockers, isAny) === undefined ? [blockers] : given
  const reason =
    firstReason(lists, blockers, mattersMost) ??
    firstReason(lists, blockers, ({ kind }) => kind !== 'unread') ??
    firstReason(lists, blockers, isAny)
  return reason === undefined ? [] : [tellReason(reason).sentence]
}

/** Of lists in which one reason stands for the blockers. They can be long, and are not written out for one of them. */
function firstReason(
  lists: readonly (readonly Reason[])[],
  blockers: readonly Reason[],
  isMeant: (reason: Reason) => boolean,
): Reason | undefined {
  for (const list of lists) {
    for (const reason of list) {
      const found = reason.kind === 'blocked' ? blockers.find(isMeant) : reason
      if (found !== undefined && isMeant(found)) return found
    }
  }
  return undefined
}

function isAny(): boolean {
  return true
}

/** What would settle it, and whether a refusal would matter at all. */
function openText(device: UnsummedDevice, verdicts: readonly Verdict[], user: string): string {
  const bound = boundText(device)
  const by = (outcome: Verdict['outcome']) =>
    verdicts.filter((each) => each.outcome === outcome).map(({ policy }) => policyWords(policy))
  const parts = [
    { words: 'permitted', policies: by('permitted') },
    { words: 'refused', policies: by('refused') },
    { words: 'unknown', policies: by('undetermined') },
  ].filter(({ policies }) => policies.length > 0)
  if (parts.length === 1) return `Unknown: whether ${user} can hot-reset it${bound}.`
  const told = parts.map(({ words, policies }) => `${words} ${listed(policies)}`)
  return `${upperFirst(told.join(', '))}: the hot reset by ${user}${bound}.`
}

function boundText({ hotReset }: UnsummedDevice): string {
  return hotReset.assumed.length > 0 ? ', once it is bound to vfio-pci' : ''
}

function settlingText(verdicts: readonly Verdict[]): readonly string[] {
  const unread = verdicts.flatMap(({ outcome, reasons }) =>
    outcome === 'undetermined'
      ? reasons.flatMap((reason) => (reason.kind === 'unread' ? [reason] : []))
      : [],
  )
  // What stands in no file is settled by no file.
  const unshown = unread.filter(({ why }) => why === 'unshown').map((gap) => tellGap(gap).sentence)
  const files = unread.filter(({ why }) => why !== 'unshown').map(({ path }) => path)
  const distinct = [...new Set(files)]
  const settling = distinct.length === 0 ? [] : [`${some(distinct, MOST_FILES)} would settle it.`]
  return [...new Set([...unshown, ...settling])]
}

const MOST_FILES = 2

function harmText({ ownReset, hotReset }: UnsummedDevice, claim: string): readonly string[] {
  if (hotReset.harmless !== true || !isStated(ownReset) || ownReset === null) return []
  return [`${claim}: a VM start uses its own reset (${ownReset.methods.join(', ')}).`]
}
