import { POLICIES } from '../../policy/policies/index.js'
import type { InfoForm } from '../../simulation/machine.js'
import { simulateReport, stepsOf } from '../../simulation/report/simulate-document.js'
import { renderSimulate } from '../../simulation/report/simulate-text.js'
import {
  isScenarioProblem,
  type PolicyChoice,
  policyChoice,
} from '../../simulation/scenario/scenario.js'
import { simulate } from '../../simulation/simulate.js'
import type { Answer, BaseCommand } from '../base-command.js'
import { UsageError } from '../errors.js'
import { exitCodeForSteps } from '../exit-code.js'
import { checkKernel, type HostFlags } from '../flags.js'
import { nearest } from '../input/nearest.js'
import { readScenario, scenarioError } from '../input/read-scenario.js'
import { TOOL } from '../tool.js'
import { withHost } from '../with-host.js'

interface PlayFlags extends HostFlags {
  readonly policy: string | undefined
  readonly info: InfoForm | undefined
}

/** `simulate` of the scenario in a file. Throws a UsageError also where it does not fit the host. */
export function playScenario(
  command: BaseCommand,
  file: string,
  flags: PlayFlags,
): Promise<Answer> {
  const choice = choiceFor(flags.policy)
  const release = checkKernel(flags.kernel)
  const scenario = readScenario(file)
  const kernel = release ?? scenario.kernel ?? undefined
  return withHost(command, { from: flags, kernel, wake: false, holders: false }, ({ host }) => {
    const policy = choice ?? scenario.policy ?? 'kernel'
    const policies = policy === 'all' ? POLICIES.map(({ id }) => id) : [policy]
    const infoForm = flags.info ?? 'kernel'
    const simulation = simulate({ host, scenario, policies, infoForm })
    if (isScenarioProblem(simulation)) throw scenarioError(file, simulation)
    const report = simulateReport({ host, policy, infoForm, simulation, tool: TOOL })
    return {
      document: () => report,
      text: (terminal) => renderSimulate(report, scenario, terminal),
      exitCode: exitCodeForSteps(stepsOf(report)),
    }
  })
}

/** What `--policy` names; undefined: not given. */
function choiceFor(text: string | undefined): PolicyChoice | 'all' | undefined {
  if (text === undefined || text === 'all') return text
  const choice = policyChoice(text)
  if (choice !== undefined) return choice
  const ids = POLICIES.map(({ id }) => id)
  const near = nearest(text, ['kernel', 'all', ...ids])
  const list = `The policies are ${ids.join(', ')}; \`all\` is every one, \`kernel\` what the kernel does.`
  throw new UsageError(`Unknown policy "${text}".`, {
    hint: near === undefined ? list : `Did you mean "${near}"? ${list}`,
  })
}
