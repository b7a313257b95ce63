import { errnoText } from '../../../document/errno-text.js'
import { bullet, finish, paragraph } from '../../../text/layout.js'
import type { Printable } from '../../../text/printable.js'
import type { Style } from '../../../text/style.js'
import { type Cell, type Row, renderTable } from '../../../text/table.js'
import type {
  ComparedAnswerReport,
  ComparedPolicyReport,
  PoliciesCompareReport,
} from './compare-document.js'
import { POLICY_REMARKS, QUESTION_TITLES } from './compare-words.js'

/** `policies --compare` for people: a row for each policy, a column for each question, and below what it comes to. */
export function renderComparison(report: PoliciesCompareReport, style: Style): Printable {
  const { summary, source, questions, policies } = report
  return finish(
    [
      ...paragraph(summary, style, { tone: 'strong' }),
      ...paragraph(
        `Linux ${source.kernelRelease}. The simulator answers; each policy gets the interface and the proof that it asks for, and all functions are taken to be bound to vfio-pci.`,
        style,
      ),
      ...questions.flatMap(({ id, text }) =>
        bullet(`${QUESTION_TITLES[id].toLowerCase()}: ${text}`, style),
      ),
      '',
      ...renderTable({
        columns: [
          { title: ['POLICY'] },
          ...questions.map(({ id }) => ({ title: [QUESTION_TITLES[id]] })),
        ],
        rows: policies.map((policy) => policyRow(policy, style)),
        style,
      }),
      '',
      ...paragraph(
        '* ends otherwise than the kernel’s rule for the same interface, group-fds or iommufd; without an IOMMU, functions have no device file before Linux 7.3 (ENOENT), and proposals are played as if they had. `vfio-reset policies` has every rule and its mail.',
        style,
      ),
    ],
    style,
  )
}

function policyRow({ id, origin, answers, text }: ComparedPolicyReport, style: Style): Row {
  const remark = POLICY_REMARKS[id]
  const words = remark === undefined ? text : `${text} ${remark}`
  return {
    cells: [{ text: id, tone: 'strong' }, ...answers.map(answerCell)],
    below: paragraph(`${words} (${origin.by}, ${origin.date})`, style, {
      by: 2,
      next: 4,
      tone: 'faint',
    }),
  }
}

function answerCell({ outcome, errno, possible = [], differs }: ComparedAnswerReport): Cell {
  const text =
    outcome === 'ok'
      ? 'ok'
      : outcome === 'undetermined'
        ? '?'
        : (errnoText({ errno, possible }) ?? 'no call')
  if (outcome === 'undetermined') return { text: differs ? `${text} *` : text, tone: 'unsure' }
  if (!differs) return { text, tone: 'faint' }
  return { text: `${text} *`, tone: outcome === 'ok' ? 'good' : 'bad' }
}
