import { type Envelope, envelope, type Tool } from '../../../document/envelope.js'
import type { PciAddress, PciAddresses } from '../../../host/pci-address.js'
import type { ErrnoName } from '../../../host/scalars.js'
import type { PolicyId } from '../../../policy/policies/index.js'
import type { PolicyOrigin } from '../../../policy/policy.js'
import { counted, listed } from '../../../text/english.js'
import type { AnalysedHost } from '../../../vfio/analysed-host.js'
import type { StepReason } from '../../reason.js'
import type { Verb } from '../../scenario/scenario.js'
import type { StepOutcome } from '../../simulated-step.js'
import type { ComparedAnswer, ComparedPolicy, Comparison } from '../compare-policies.js'
import type { Meaning } from '../meaning.js'
import type { QuestionId } from '../questions.js'
import { MEANING_WORDS, QUESTION_WORDS } from './compare-words.js'

/** What every ownership policy answers to the same questions about one function, played by the simulator. */
export interface PoliciesCompareReport extends Envelope<'policies-compare'> {
  /** The function that alice takes. */
  readonly device: PciAddress
  /** Functions that its reset affects beside it, bridges left out. All are taken to be bound to vfio-pci. */
  readonly others: PciAddresses
  /** The one of them that bob takes; null: there is none, and only two questions are asked. */
  readonly sibling: PciAddress | null
  /** What is asked, in the order of `answers`. */
  readonly questions: readonly ComparedQuestion[]
  /** All policies; those that kernels have come first. */
  readonly policies: readonly ComparedPolicyReport[]
}

/** One question that is put to every policy. */
export interface ComparedQuestion {
  readonly id: QuestionId
  /** The question in words. */
  readonly text: string
}

/** What one policy answers. */
export interface ComparedPolicyReport {
  readonly id: PolicyId
  /** First mainline release with the rule; null: no kernel ever had it. */
  readonly implementedSince: string | null
  /** The mail that proposed it. */
  readonly origin: PolicyOrigin
  /** One for each question. */
  readonly answers: readonly ComparedAnswerReport[]
  /** What the answers come to. */
  readonly meaning: Meaning
  /** The same in words. */
  readonly text: string
}

/** One answer: of the first call that is not ok, else of the last one. */
export interface ComparedAnswerReport {
  /** The question, by its id. */
  readonly question: QuestionId
  readonly outcome: StepOutcome
  /** Errno of the refusal; null: none, or see `possible`. */
  readonly errno: ErrnoName | null
  /** Errnos that can come instead; left out: none. */
  readonly possible?: readonly ErrnoName[]
  /** The call that gave it; null: which one that is depends on what was not read. */
  readonly at: Verb | null
  /** Why it is not ok; empty: it is. */
  readonly reasons: readonly StepReason[]
  /** It ends otherwise than the kernel's rule for the same interface; than that for group files, where there is no device file. */
  readonly differs: boolean
}

export function policiesCompareReport(
  comparison: Comparison,
  { host, tool }: { readonly host: AnalysedHost; readonly tool: Tool },
): PoliciesCompareReport {
  const { device, others, sibling, questions, policies, gaps } = comparison
  return {
    ...envelope('policies-compare', host, { gaps, tool }),
    summary: summaryOf(comparison),
    device,
    others,
    sibling,
    questions: questions.map((id) => ({ id, text: QUESTION_WORDS[id](device, sibling) })),
    policies: policies.map(policyReport),
  }
}

function policyReport({ policy, answers, meaning }: ComparedPolicy): ComparedPolicyReport {
  const { id, implementedSince, origin } = policy
  return {
    id,
    implementedSince,
    origin,
    answers: answers.map(answerReport),
    meaning,
    text: MEANING_WORDS[meaning],
  }
}

function answerReport({ question, step, differs }: ComparedAnswer): ComparedAnswerReport {
  const { outcome, errno, possible, reasons, calls } = step
  return {
    question,
    outcome,
    errno,
    ...(possible === undefined || outcome === 'ok' ? {} : { possible }),
    at: calls?.at(-1)?.do ?? null,
    reasons,
    differs,
  }
}

function summaryOf({ device, others, sibling, policies, questions }: Comparison): string {
  if (others.length === 0 || sibling === null) {
    return `A hot reset of ${device} affects nothing else that a user could have: the policies have little to argue over.`
  }
  const differing = questions.filter((_, index) =>
    policies.some(({ answers }) => answers[index]?.differs === true),
  )
  const affects = others.length > 4 ? counted(others.length, 'other function') : listed(others)
  const where =
    differing.length === 0
      ? 'no policy answers otherwise than the kernel'
      : `${differing.length} of ${questions.length} questions are answered otherwise than by the kernel`
  return `A hot reset of ${device} affects ${affects} too. Who may ask for it depends on the policy: ${where}.`
}
