import { dangersOf } from '../../execution/danger.js'
import { vfioNodes } from '../../execution/nodes.js'
import { performScenario } from '../../execution/perform-scenario.js'
import { type KernelInfo, kernelInfo } from '../../execution/report/kernel-info.js'
import { chooseInterface, infoPlan } from '../../execution/reset-plan.js'
import { forecast } from '../../execution/verify-scenario.js'
import type { PciAddress } from '../../host/pci-address.js'
import type { PciDevice } from '../../pci/device.js'
import type { Interface } from '../../policy/policy.js'
import { printableSentences } from '../../text/printable.js'
import type { VfioHost } from '../../vfio/vfio-host.js'
import { HostError } from '../errors.js'
import type { LiveCommand } from '../live-command.js'
import { confirm, refuseDanger, requireVfio } from '../output/permission.js'
import type { OpenedHost } from '../with-host.js'
import { resetTarget } from './reset-target.js'

export interface KernelQuestion {
  /** Functions named on the command line: exactly one can be asked about. */
  readonly targets: readonly PciAddress[]
  readonly yes: boolean
}

/** Opens a function, asks the kernel what its hot reset affects, and closes it: `inspect --verify`. */
export async function askKernel(
  command: LiveCommand,
  { tree, host }: OpenedHost,
  { targets, yes }: KernelQuestion,
): Promise<KernelInfo> {
  requireVfio(tree, command.machine, ['inspect', ...targets, '--verify'].join(' '))
  const target = resetTarget(targets, host.vfio)
  const { address } = target
  refuseDanger(dangersOf(host.vfio, new Set([address])))
  const plan = infoPlan(host.vfio, target, interfaceOf(host.vfio, target))
  const predicted = forecast(plan.scenario, host)
  if ('problem' in predicted) throw new Error(predicted.problem)
  await command.say(
    printableSentences(
      `This opens ${address}: that wakes it, stops its DMA and resets it by itself, and closing resets it again. No hot reset is asked for, but the last close may reset the whole set where a member has no reset of its own.`,
    ),
  )
  await confirm(command.machine.ask, { word: address, yes, deed: `opening ${address} resets it` })
  const notice = 'stopping after the call that is in the kernel now.'
  return command.withKernel(notice, async ({ kernel, isInterrupted }) => {
    const performed = await performScenario(plan.scenario, {
      kernel,
      nodesOf: vfioNodes(host.raw),
      goesOn: (_, answers) => !isInterrupted() && answers.every(({ outcome }) => outcome === 'ok'),
    })
    if (!isInterrupted()) return kernelInfo(plan, predicted.steps, performed)
    throw new HostError(`Interrupted; ${address} is closed again.`)
  })
}

/** Through its device file, if it has one: only then the kernel tells who owns what. */
function interfaceOf(host: VfioHost, { address }: PciDevice): Interface {
  return vfioNodes(host.topology.raw)(address).cdev === null ? chooseInterface(host) : 'cdev'
}
