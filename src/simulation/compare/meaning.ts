import type { SimulatedStep } from '../simulated-step.js'
import type { QuestionId } from './questions.js'

/** What the answers of one policy come to. It follows from the answers alone. */
export type Meaning =
  /** Functions that nobody uses count too: whoever has all of them may reset, and nobody else. */
  | 'idle-counts'
  /** Idle functions do not count: the answer turns when somebody opens one. */
  | 'unstable'
  /** Who comes first has them all: nobody else can open another one. */
  | 'locks-out'
  /** Nothing can be had before all of it is: the function alone cannot even be bound with the claim. */
  | 'all-up-front'
  /** The functions share an IOMMU group, which goes to one user whatever the policy. */
  | 'one-group'
  /** This kernel does not have the interface that the rule is about. */
  | 'no-interface'
  /** Not even who has all of them may reset. */
  | 'never'
  /** The reset affects nothing else that anybody could have: there is nothing to argue over. */
  | 'alone'
  /** Whoever has the function may reset it, whatever others have. */
  | 'anybody'
  /** What was not read decides. */
  | 'undecided'

interface Answered {
  readonly question: QuestionId
  readonly step: Step
}

type Step = Pick<SimulatedStep, 'outcome' | 'errno' | 'do'>

/** `groups`: whether the function and its sibling are in one IOMMU group. */
export function meaningOf(answers: readonly Answered[], groups: 'one-group' | 'groups'): Meaning {
  const of = (id: QuestionId) => answers.find(({ question }) => question === id)?.step
  const [idle, both] = [of('idle'), of('both')]
  const asked = [idle, of('taken'), both, of('later')]
  if (asked.some((step) => step?.outcome === 'undetermined')) return 'undecided'
  if (idle?.do === 'take' && idle.errno === 'ENOENT') return 'no-interface'
  if (both === undefined) return isOk(idle) ? 'alone' : 'never'
  if (!isOk(both)) return 'never'
  if (!isOk(idle)) return idle?.do === 'take' ? 'all-up-front' : 'idle-counts'
  return meaningForSiblings(of('taken'), of('later'), groups)
}

/** Of a policy under which a function may be reset beside others that nobody uses. */
function meaningForSiblings(
  taken: Step | undefined,
  later: Step | undefined,
  groups: 'one-group' | 'groups',
): Meaning {
  if (isOk(taken)) return 'anybody'
  if (groups === 'one-group') return 'one-group'
  return isOk(later) ? 'unstable' : 'locks-out'
}

function isOk(step: Step | undefined): boolean {
  return step?.outcome === 'ok'
}
