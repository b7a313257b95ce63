import { dangersOf } from '../execution/danger.js'
import { vfioNodes } from '../execution/nodes.js'
import { performScenario } from '../execution/perform-scenario.js'
import { type KernelInfo, kernelInfo } from '../execution/report/kernel-info.js'
import { chooseWay, infoPlan, type Way } from '../execution/reset-plan.js'
import { forecast } from '../execution/verify-scenario.js'
import type { PciAddress } from '../host/pci-address.js'
import type { HostTree } from '../host/tree/tree.js'
import type { PciDevice } from '../pci/device.js'
import type { KernelCalls } from '../uapi/kernel-calls.js'
import type { AnalysedHost } from '../vfio/analysed-host.js'
import type { VfioHost } from '../vfio/vfio-host.js'
import { HostError } from './errors.js'
import { watchInterruption } from './interruption.js'
import type { Surroundings } from './live-command.js'
import { confirm, refuseDanger, requireVfio } from './permission.js'
import { resetTarget } from './reset-target.js'
import { TOOL } from './tool.js'

export interface KernelQuestion {
  readonly tree: HostTree
  readonly host: AnalysedHost
  /** Functions named on the command line: exactly one can be asked about. */
  readonly targets: readonly PciAddress[]
  readonly yes: boolean
  readonly surroundings: Surroundings
  readonly say: (text: string) => Promise<void>
  readonly kernel: () => Promise<KernelCalls>
}

/** Opens a function, asks the kernel what its hot reset hits, and closes it: `inspect --verify`. */
export async function askKernel(question: KernelQuestion): Promise<KernelInfo> {
  const { tree, host: analysed, targets, yes, surroundings, say } = question
  requireVfio(tree, {
    isRoot: surroundings.isRoot(),
    commandLine: [TOOL.name, 'inspect', ...targets, '--verify'].join(' '),
  })
  const { raw, vfio: host } = analysed
  const target = resetTarget(targets, host)
  const { address } = target
  refuseDanger(dangersOf(host, new Set([address])))
  const plan = infoPlan(host, target, wayOf(host, target))
  const foretold = forecast(plan.scenario, analysed)
  if ('problem' in foretold) throw new Error(foretold.problem)
  await say(
    `This opens ${address}: that wakes it, stops its DMA and resets it by itself, and closing resets it again. No hot reset is asked for, but the last close may reset the whole set where a member has no reset of its own.\n`,
  )
  await confirm(surroundings.ask, { word: address, yes, deed: `opening ${address} resets it` })
  const kernel = await question.kernel()
  const { isInterrupted, release } = watchInterruption(() => {
    void say(`${TOOL.name}: stopping after the call that is in the kernel now.\n`)
  })
  try {
    const performed = await performScenario(plan.scenario, {
      kernel,
      nodesOf: vfioNodes(raw),
      goesOn: (_, answers) => !isInterrupted() && answers.every(({ outcome }) => outcome === 'ok'),
    })
    if (!isInterrupted()) return kernelInfo(plan, foretold.steps, performed)
    throw new HostError(`Interrupted; ${address} is closed again.`)
  } finally {
    release()
  }
}

/** Through its device file, if it has one: only then the kernel tells who owns what. */
function wayOf(host: VfioHost, { address }: PciDevice): Way {
  return vfioNodes(host.topology.raw)(address).cdev === null ? chooseWay(host) : 'cdev'
}
