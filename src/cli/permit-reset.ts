import type { Danger } from '../execution/danger.js'
import { dangerText } from '../execution/report/danger-text.js'
import type { ResetReport } from '../execution/report/reset-document.js'
import { type AnswerCode, ExitCode } from './exit-code.js'

/** What keeps a reset from being carried out. */
export interface Objection {
  readonly text: string
  readonly exitCode: AnswerCode
  /** `--force` silences it. */
  readonly canBeForced: boolean
}

/** Everything that speaks against carrying a planned reset out, worst first. `--yes` silences none of it. */
export function objectionsTo({ dangers, prediction }: ResetReport): readonly Objection[] {
  const byDanger = (kind: Danger['kind'], canBeForced: boolean): readonly Objection[] =>
    dangers
      .filter((danger) => danger.kind === kind)
      .map((danger) => ({ text: dangerText(danger), exitCode: ExitCode.refused, canBeForced }))
  return [
    ...byDanger('held', false),
    ...byDanger('needed', true),
    ...byDanger('open', true),
    ...PREDICTED[prediction.outcome],
  ]
}

const PREDICTED: Readonly<Record<ResetReport['prediction']['outcome'], readonly Objection[]>> = {
  permitted: [],
  refused: [
    {
      text: 'The kernel is expected to refuse the reset.',
      exitCode: ExitCode.refused,
      canBeForced: true,
    },
  ],
  undetermined: [
    {
      text: 'Whether the kernel permits the reset cannot be told.',
      exitCode: ExitCode.cannotTell,
      canBeForced: true,
    },
  ],
}
