import type { LogReading } from '../explain/log/read-log.js'
import type { ExplainHost } from '../explain/report/explain-report.js'
import { hostPlatform } from '../explain/report/host-platform.js'
import { functionsNamed, isOfAnotherHost } from '../explain/report/named.js'
import { readHost } from '../host/read/read-host.js'
import { inspectReport } from '../inspect/inspect-report.js'
import { KERNEL_POLICIES } from '../policy/find-policy.js'
import { analyseHost } from '../vfio/analysed-host.js'
import type { KernelRelease } from '../vfio/kernel-release.js'
import { HostError } from './errors.js'
import { explainPlans } from './explain-plan.js'
import { namesFor } from './names-flag.js'
import { type HostChoice, openHost } from './open-host.js'
import { TOOL } from './tool.js'

interface Question {
  readonly reading: LogReading
  readonly flags: HostChoice & Parameters<typeof namesFor>[0]
  readonly kernelOption: KernelRelease | undefined
  readonly packageRoot: string
}

interface Look {
  readonly host: ExplainHost | null
  /** Most of what the log names is not on this host, which nobody chose. */
  readonly isElsewhere: boolean
  readonly stuck: boolean
}

const NO_HOST: Look = { host: null, isElsewhere: false, stuck: false }

/**
 * Looks at the functions that the messages name. Without a choice of host it is this one, which may be any machine that a log
 * was pasted on: if it cannot be read, or has not what they name, the messages are explained without it.
 */
export async function lookAtHost(question: Question): Promise<Look> {
  const { reading, flags } = question
  if (!namesSomething(reading)) return NO_HOST
  const isChosen = flags.root !== undefined || flags.capture !== undefined || flags.demo === true
  try {
    return await look(question, isChosen)
  } catch (error) {
    if (isChosen || !(error instanceof HostError)) throw error
    return NO_HOST
  }
}

function namesSomething({ messages }: LogReading): boolean {
  return messages.some(
    ({ message }) => message.devices.length + message.groups.length + message.cdevs.length > 0,
  )
}

async function look(
  { reading, flags, kernelOption, packageRoot }: Question,
  isChosen: boolean,
): Promise<Look> {
  const tree = await openHost(flags, packageRoot)
  try {
    const raw = await readHost(tree, { wake: false, holders: true })
    if (!isChosen && isOfAnotherHost(reading.messages, raw)) {
      return { host: null, isElsewhere: true, stuck: tree.stuck }
    }
    const host = analyseHost(raw, kernelOption)
    const named = functionsNamed(reading.messages, raw)
    const targets = [...new Set([...named.values()].flat())]
    const report = inspectReport({
      host,
      targets,
      query: { policies: KERNEL_POLICIES, owning: new Set(), brief: false },
      tool: TOOL,
      names: namesFor(flags, raw.functions),
    })
    const planFor = explainPlans(tree, host, targets)
    return {
      host: { report, named, planFor, platform: hostPlatform(raw) },
      isElsewhere: false,
      stuck: tree.stuck,
    }
  } finally {
    tree.close()
  }
}
