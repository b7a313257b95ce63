import type { Danger } from '../../execution/danger.js'
import { dangerText } from '../../execution/report/danger-text.js'
import type { ResetReport } from '../../execution/report/reset-document.js'
import { type HostTree, isFailure } from '../../host/tree/tree.js'
import { loadCommand } from '../../plan/report/commands.js'
import { printableWords } from '../../text/printable.js'
import { HostError, UsageError } from '../errors.js'
import { type AnswerCode, ExitCode } from '../exit-code.js'
import { TOOL } from '../tool.js'

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
      text: 'Whether the kernel permits the reset is unknown.',
      exitCode: ExitCode.cannotTell,
      canBeForced: true,
    },
  ],
}

/** Ends a command that would touch what other processes or the host itself use. */
export function refuseDanger(dangers: readonly Danger[]): void {
  const [danger] = dangers
  if (danger === undefined) return
  throw new HostError(`Refused, nothing was done: ${dangerText(danger)}`, {
    hint:
      danger.kind === 'held'
        ? `Stop that process first (kill ${danger.holder.pid}).`
        : 'Choose functions that the host can spare.',
  })
}

/** Throws unless this process can open VFIO's files at all; says what is missing, and the command that helps. */
export function requireVfio(
  tree: HostTree,
  { isRoot }: { readonly isRoot: () => boolean },
  commandLine: string,
): void {
  if (!isRoot()) {
    throw new HostError("Only root may open VFIO's files.", {
      hint: `sudo ${TOOL.name} ${commandLine}`,
      errno: 'EACCES',
    })
  }
  const hasDriver = !isFailure(tree.list('sys/bus/pci/drivers/vfio-pci'))
  const hasCore = !isFailure(tree.list('sys/module/vfio_pci_core'))
  if (!hasDriver && !hasCore) {
    throw new HostError('vfio-pci is not loaded.', {
      hint: loadCommand('vfio-pci'),
      path: '/sys/bus/pci/drivers/vfio-pci',
      errno: 'ENOENT',
    })
  }
  if (isFailure(tree.list('dev/vfio'))) {
    throw new HostError('There is no /dev/vfio, though vfio-pci is loaded.', {
      hint: `${loadCommand('vfio')}; inside a container, /dev/vfio and /dev/iommu have to be passed in.`,
      path: '/dev/vfio',
      errno: 'ENOENT',
    })
  }
}

/** Asks a person; null: there is no terminal to ask at. An answer that was broken off is empty. */
export type Ask = (question: string) => Promise<string | null>

export interface Confirmation {
  /** The word to be typed. */
  readonly word: string
  /** `--yes`: the answer of a script. */
  readonly yes: boolean
  /** What would be done, as the end of the sentence "Nothing was done: …". */
  readonly deed: string
}

/** Throws unless somebody said that the hardware may be touched. */
export async function confirm(ask: Ask, { word, yes, deed }: Confirmation): Promise<void> {
  if (yes) return
  const answer = await ask(`Type ${word} to go on: `)
  if (answer === null) {
    throw new UsageError(`Nothing was done: ${deed}, and there is no terminal to ask at.`, {
      hint: '--yes answers for a script.',
    })
  }
  if (answer.trim() === word) return
  throw new UsageError(`Nothing was done: the answer was not "${word}".`)
}

/** Asks on stderr, since stdout holds nothing but the answer. */
export async function askOnTerminal(question: string): Promise<string | null> {
  const { stdin: input, stderr: output } = process
  if (input.isTTY !== true || output.isTTY !== true) return null
  const { createInterface } = await import('node:readline/promises')
  const lines = createInterface({ input, output })
  const broken = new Promise<string>((resolve) => {
    // Without a listener Ctrl-C would leave the question unanswered and end the process as if all were well.
    lines.once('SIGINT', () => resolve(''))
    lines.once('close', () => resolve(''))
  })
  try {
    return await Promise.race([lines.question(printableWords(question)), broken])
  } finally {
    lines.close()
  }
}
