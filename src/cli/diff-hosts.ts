import { compareHosts } from '../diff/compare-hosts.js'
import { diffReport } from '../diff/report/document.js'
import { renderDiff } from '../diff/report/text.js'
import type { AnalysedHost } from '../vfio/analysed-host.js'
import type { Answer, BaseCommand } from './base-command.js'
import { UsageError } from './errors.js'
import { ExitCode } from './exit-code.js'
import { type NameFlags, namesFor, policiesFor } from './flags.js'
import { hostNamed } from './open-host.js'
import { TOOL } from './tool.js'
import { withHost } from './with-host.js'

export interface DiffAsked extends NameFlags {
  readonly before: string
  readonly after: string
  readonly policy: readonly string[] | undefined
}

/** What is different between the hosts that two arguments name. Both are read before anything is compared. */
export async function diffHosts(command: BaseCommand, asked: DiffAsked): Promise<Answer> {
  const policies = policiesFor(asked.policy)
  if (asked.before === '-' && asked.after === '-') {
    throw new UsageError('Standard input holds one capture, so only one of the two can be `-`.')
  }
  const before = await read(command, asked.before)
  const after = await read(command, asked.after)
  await command.phase('comparing')
  const hypothetical = asked.policy !== undefined
  const difference = compareHosts(before, after, { policies, hypothetical })
  const report = diffReport({ before, after, difference, tool: TOOL })
  return {
    document: () => report,
    text: (terminal) => {
      const functions = [...before.raw.functions, ...after.raw.functions]
      return renderDiff(report, namesFor(command, asked, functions), terminal)
    },
    exitCode: report.same ? ExitCode.answered : ExitCode.refused,
  }
}

function read(command: BaseCommand, argument: string): Promise<AnalysedHost> {
  const wish = {
    from: hostNamed(argument),
    phase: `reading ${argument}`,
    wake: false,
    holders: true,
  }
  return withHost(command, wish, ({ host }) => host)
}
