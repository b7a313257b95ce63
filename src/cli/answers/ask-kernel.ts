import { footingOf } from '../../execution/changes.js'
import { dangersOf, reachOf } from '../../execution/danger.js'
import { vfioNodes } from '../../execution/nodes.js'
import { performScenario } from '../../execution/perform-scenario.js'
import { type KernelInfo, kernelInfo } from '../../execution/report/kernel-info.js'
import { chooseInterface, infoPlan } from '../../execution/reset-plan.js'
import { forecast } from '../../execution/verify-scenario.js'
import type { PciAddress } from '../../host/pci-address.js'
import type { PciDevice } from '../../pci/device.js'
import type { Interface } from '../../policy/policy.js'
import { printableSentences } from '../../text/printable.js'
import type { AnalysedHost } from '../../vfio/analysed-host.js'
import type { VfioHost } from '../../vfio/vfio-host.js'
import { HostError } from '../errors.js'
import type { LiveCommand } from '../live-command.js'
import { refuseDanger, requireVfio } from '../output/permission.js'
import type { OpenedHost } from '../with-host.js'
import { checkBound, resetTarget } from './reset-target.js'
import { isStillAllowed } from './still-allowed.js'

export interface KernelQuestion {
  /** Functions named on the command line: exactly one can be asked about. */
  readonly targets: readonly PciAddress[]
  readonly yes: boolean
  /** Reads the host once more. */
  readonly lookAgain: () => Promise<OpenedHost>
}

/**
 * Opens a function, asks the kernel what its hot reset affects, and closes it: `inspect --verify`. `changed`: the host is
 * not as it was before somebody allowed it, and nothing was done.
 */
export async function askKernel(
  command: LiveCommand,
  { tree, host }: OpenedHost,
  { targets, yes, lookAgain }: KernelQuestion,
): Promise<KernelInfo | 'changed'> {
  requireVfio(tree, command.machine, ['inspect', ...targets, '--verify'].join(' '))
  const { target, plan, predicted, footing } = planOpening(host, targets)
  await command.say(
    printableSentences(
      `This opens ${target}: that wakes it, stops its DMA and resets it by itself, and closing resets it again. No hot reset is asked for, but the last close may reset the whole set where a member has no reset of its own.`,
    ),
  )
  const isAllowed = await isStillAllowed(command, footing, {
    confirmation: { word: target, yes, deed: `opening ${target} resets it` },
    lookAgain: async () => planOpening((await lookAgain()).host, targets).footing,
  })
  if (!isAllowed) return 'changed'
  const notice = 'stopping after the call that is in the kernel now.'
  return command.withKernel(notice, async ({ kernel, isInterrupted }) => {
    const performed = await performScenario(plan.scenario, {
      kernel,
      nodesOf: vfioNodes(host.raw),
      goesOn: (_, answers) => !isInterrupted() && answers.every(({ outcome }) => outcome === 'ok'),
    })
    if (!isInterrupted()) return kernelInfo(plan, predicted, performed)
    throw new HostError(`Interrupted; ${target} is closed again.`)
  })
}

/** What would be done, and what it rests on. Throws where it must not be. */
function planOpening(host: AnalysedHost, targets: readonly PciAddress[]) {
  const device = resetTarget(targets, host.vfio)
  checkBound(device, host.vfio)
  const target = device.address
  const dangers = dangersOf(host.vfio, new Set([target]))
  refuseDanger(dangers)
  const plan = infoPlan(host.vfio, device, interfaceOf(host.vfio, device))
  const forecasted = forecast(plan.scenario, host)
  if ('problem' in forecasted) throw new Error(forecasted.problem)
  const predicted = forecasted.steps
  // The last close may reset all that a hot reset would.
  const reached = reachOf(host.vfio, [target])
  const footing = footingOf(host.raw, reached, { dangers, calls: predicted })
  return { target, plan, predicted, footing }
}

/** Through its device file, if it has one: only then the kernel tells who owns what. */
function interfaceOf(host: VfioHost, { address }: PciDevice): Interface {
  return vfioNodes(host.topology.raw)(address).cdev === null ? chooseInterface(host) : 'cdev'
}
