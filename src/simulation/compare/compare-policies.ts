import type { Gap } from '../../host/gap.js'
import type { PciAddress } from '../../host/pci-address.js'
import { isBridge, type PciDevice } from '../../pci/device.js'
import { kernelPolicy } from '../../policy/find-policy.js'
import { type ListedPolicy, POLICIES } from '../../policy/policies/index.js'
import { isHypothetical } from '../../policy/policy.js'
import type { AnalysedHost } from '../../vfio/analysed-host.js'
import { isSameGroup } from '../../vfio/vfio-host.js'
import { isScenarioProblem } from '../scenario/scenario.js'
import { simulate } from '../simulate.js'
import type { SimulatedStep } from '../simulated-step.js'
import { type Meaning, meaningOf } from './meaning.js'
import {
  type Cast,
  type Question,
  type QuestionId,
  questionsFor,
  withoutIommu,
} from './questions.js'

/** What every policy answers to the same questions about one function. */
export interface Comparison extends Cast {
  readonly questions: readonly QuestionId[]
  readonly policies: readonly ComparedPolicy[]
  /** Facts that were wanted and not had. */
  readonly gaps: readonly Gap[]
}

export interface ComparedPolicy {
  readonly policy: ListedPolicy
  /** One for each question, in their order. */
  readonly answers: readonly ComparedAnswer[]
  readonly meaning: Meaning
}

export interface ComparedAnswer {
  readonly question: QuestionId
  /** The first step of whoever is asked that is not ok; else the last one. */
  readonly step: SimulatedStep
  /** A proposal ends otherwise than the kernel's rule for the same interface (`usual`). */
  readonly differs: boolean
}

/** Plays the questions under all policies, each with the interface and the proof that it asks for. */
export function comparePolicies(host: AnalysedHost, address: PciAddress): Comparison {
  const cast = castFor(host, address)
  const gaps = new Set<Gap>()
  const questions = questionsFor(cast)
  const played = questions.map((question) => play(host, question, gaps))
  const oneGroup = cast.sibling !== null && sharesGroup(host, address, cast.sibling)
  const policies = POLICIES.map((policy): ComparedPolicy => {
    const answers = questions.flatMap(({ id: question }, index): readonly ComparedAnswer[] => {
      const given = played[index]
      const step = given?.get(policy.id)
      if (given === undefined || step === undefined) return []
      const differs = isHypothetical(policy) && step.outcome !== usual(policy, given)?.outcome
      return [{ question, step, differs }]
    })
    return { policy, answers, meaning: meaningOf(answers, oneGroup ? 'one-group' : 'groups') }
  })
  return { ...cast, questions: questions.map(({ id }) => id), policies, gaps: [...gaps] }
}

type Given = ReadonlyMap<ListedPolicy['id'] | 'kernel', SimulatedStep>

/** What the kernel answers through the same interface; through group files where it has, or may have, no device file to open. */
function usual({ opened }: ListedPolicy, given: Given): SimulatedStep | undefined {
  const byGroup = given.get(kernelPolicy('group').id)
  if (opened === 'group') return byGroup
  const own = given.get(kernelPolicy('cdev').id)
  const lacksFile = own?.errno === 'ENOENT' || own?.outcome === 'undetermined'
  return own?.do === 'take' && lacksFile ? byGroup : own
}

function castFor({ vfio, topology }: AnalysedHost, address: PciAddress): Cast {
  const target = topology.byAddress.get(address)
  const others = target === undefined ? [] : affectedBeside(vfio, target)
  const apart = others.find((each) => !(target !== undefined && inOneGroup(vfio, target, each)))
  return {
    device: address,
    others: others.map((each) => each.address),
    sibling: (apart ?? others[0])?.address ?? null,
  }
}

/** In any of the ways in which the unread facts could be. Bridges are nobody's. */
function affectedBeside({ scopes }: AnalysedHost['vfio'], target: PciDevice): readonly PciDevice[] {
  const { worlds } = scopes.worldsOf(target)
  const all = worlds.flatMap((world) => scopes.answer(target, world).scope?.affected ?? [])
  return [...new Set(all)].filter((each) => each !== target && !isBridge(each))
}

function sharesGroup(
  { vfio, topology }: AnalysedHost,
  one: PciAddress,
  other: PciAddress,
): boolean {
  const [a, b] = [topology.byAddress.get(one), topology.byAddress.get(other)]
  return a !== undefined && b !== undefined && inOneGroup(vfio, a, b)
}

function inOneGroup(vfio: AnalysedHost['vfio'], one: PciDevice, other: PciDevice): boolean {
  const [a, b] = [vfio.groupOf(one), vfio.groupOf(other)]
  return a.known && b.known && isSameGroup(a.value, b.value)
}

/** The answer to one question under each policy. */
function play(host: AnalysedHost, { id, asks, scenario }: Question, gaps: Set<Gap>): Given {
  const played = simulate({
    host: id === 'no-iommu' ? host.whatIf(withoutIommu(host.raw)) : host,
    scenario,
    policies: POLICIES.map((policy) => policy.id),
    infoForm: 'kernel',
  })
  // The functions are the host's own.
  if (isScenarioProblem(played)) throw new Error(played.problem)
  for (const gap of played.gaps) gaps.add(gap)
  return new Map(
    played.runs.flatMap(({ policy, steps }) => {
      const own = steps.filter(({ actor }) => actor === asks)
      const answer = own.find(({ outcome }) => outcome !== 'ok') ?? own.at(-1)
      return answer === undefined ? [] : [[policy, answer] as const]
    }),
  )
}
