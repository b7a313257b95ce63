import type { PciAddress } from '../../host/pci-address.js'
import { tellReason } from '../../policy/reason-words.js'
import { policyWords } from '../../policy/report/policy-words.js'
import type { Verdict } from '../../policy/verdict.js'
import { listed, some } from '../../text/english.js'
import type { UnitKind } from '../../vfio/units.js'

/** What the sentence about a unit rests on. */
export interface UnitFacts {
  readonly devices: readonly PciAddress[]
  readonly kind: UnitKind | null
  readonly toBind: readonly PciAddress[]
  /** Those that go with the drivers of others. */
  readonly gone: readonly PciAddress[]
  readonly verdicts: readonly UnitAnswer[]
  /** What limits its DMA: nothing in unsafe no-IOMMU mode; `none`: a member has no group, so vfio-pci does not bind to it. */
  readonly dma: 'iommu' | 'unlimited' | 'none'
}

type UnitAnswer = Pick<Verdict, 'policy' | 'outcome' | 'hypothetical' | 'reasons'>

/** Whether the members of a unit can be split, and `whole`: what a VM may do that gets all of them. */
export function unitSummary(facts: UnitFacts, whole: string | null): string {
  return whole === null ? splitText(facts) : `${splitText(facts)} ${whole}`
}

/** The second half of it alone: what a VM may do that gets all of them; null: none can get them, or nothing was asked. */
export function wholeUnitText(facts: UnitFacts): string | null {
  const sentences = wholeSentences(facts)
  return sentences.length === 0 ? null : sentences.join(' ')
}

/** More functions than this are counted. */
const NAMED = 4

function splitText({ devices, kind, dma }: UnitFacts): string {
  const names = devices.length > NAMED ? some(devices, NAMED) : listed(devices)
  const many = devices.length > 1
  if (dma === 'none') {
    return `${names} cannot be given to a VM: without an IOMMU group vfio-pci does not bind to ${many ? 'each of them' : 'it'}.`
  }
  if (dma === 'unlimited') return `Nothing limits the DMA of ${names} (unsafe no-IOMMU mode).`
  switch (kind) {
    case 'single':
      return `${names} can go to a VM of its own.`
    case 'group':
      return `${names} must go together: they share one IOMMU group.`
    case 'reset':
      return `${names} can be split between VMs, but none can be hot-reset alone: one reset affects all.`
    case 'mixed':
      return `${names}: those of one IOMMU group must go together, and none can be hot-reset alone.`
    case null:
      return many
        ? `Whether ${names} must go together is unknown: an IOMMU group of them was not read. None can be hot-reset alone.`
        : `Whether ${names} can go to a VM of its own is unknown: its IOMMU group was not read.`
  }
}

/** What kernels answer; where none was asked, what the policies would. */
function wholeSentences({ devices, dma, toBind, gone, verdicts }: UnitFacts): readonly string[] {
  const real = verdicts.filter(({ hypothetical }) => !hypothetical)
  const asked = (real.length > 0 ? real : verdicts).filter(
    ({ reasons }) => !reasons.some(({ kind }) => kind === 'no-cdev'),
  )
  if (asked.length === 0 || dma === 'none') return []
  const whole = devices.length > 1 ? 'All to one VM: a hot reset' : 'A hot reset of it'
  return [`${whole} is ${answerText(asked)}${afterText(toBind, gone)}.`, ...reasonText(asked)]
}

function answerText(asked: readonly UnitAnswer[]): string {
  const outcomes = new Set(asked.map(({ outcome }) => outcome))
  const [only] = outcomes
  if (outcomes.size === 1 && only !== undefined) return WORDS[only]
  return listed(asked.map(({ policy, outcome }) => `${WORDS[outcome]} ${policyWords(policy)}`))
}

function afterText(toBind: readonly PciAddress[], gone: readonly PciAddress[]): string {
  if (toBind.length === 0) return ''
  const names = (all: readonly PciAddress[]) =>
    all.length > NAMED ? some(all, NAMED) : listed(all)
  const bound = `, once ${names(toBind)} ${toBind.length === 1 ? 'is' : 'are'} bound to vfio-pci`
  if (gone.length === 0) return bound
  return `${bound}; ${names(gone)} ${gone.length === 1 ? 'is' : 'are'} gone then, with the ${toBind.length === 1 ? 'driver' : 'drivers'} of the others`
}

/** Why even whoever has all of it is refused. */
function reasonText(asked: readonly UnitAnswer[]): readonly string[] {
  const refused = asked.find(({ outcome }) => outcome === 'refused')
  const reason = refused?.reasons.find(({ kind }) => kind !== 'unread')
  return reason === undefined ? [] : [tellReason(reason).sentence]
}

const WORDS = {
  permitted: 'permitted',
  refused: 'refused',
  undetermined: 'unknown',
} as const satisfies Record<Verdict['outcome'], string>
