import type { PciDevice } from '../../pci/device.js'
import type { Interface } from '../../policy/policy.js'
import { findDevice, findGroup, findNamed, isFound } from '../calls/find-files.js'
import { missingCdev } from '../calls/missing-files.js'
import { resetTarget } from '../calls/reset-call.js'
import { deviceAt } from '../host-facts.js'
import type { Turn } from '../machine.js'
import type { IntentStep, Step, StoryStep } from '../scenario/scenario.js'
import { isDeviceFile } from '../state.js'

type Calls = readonly [Step, ...Step[]]

/**
 * To have a function: through the interface that the policy is about, every group in a container of its own, every cdev
 * of an actor in one context.
 */
export function takeCalls(turn: Turn, step: IntentStep, later: readonly StoryStep[]): Calls {
  const { actor, device: address, line } = step
  const device = deviceAt(turn, address)
  if (device === undefined || interfaceFor(turn, device) === 'group') return groupCalls(turn, step)
  const claim =
    turn.machine.policy !== null &&
    turn.machine.policy.claims !== null &&
    isLastBeforeReset(turn, { actor, device, later })
  const bind: Step = {
    do: 'bind-cdev',
    actor,
    line,
    device: address,
    iommufd: CONTEXT,
    claim,
    token: null,
  }
  const hasContext = isFound(findNamed(turn, actor, CONTEXT))
  return hasContext ? [bind] : [{ do: 'open-iommufd', actor, line, as: CONTEXT }, bind]
}

/** No scenario can name such files: names do not begin with a space. */
const CONTEXT = ' context'
const OWN_CONTAINER = ' container of '

/** What no policy decides goes through cdevs, where the kernel has them. */
function interfaceFor(turn: Turn, device: PciDevice): Interface {
  const { policy } = turn.machine
  if (policy !== null && policy.opened !== 'either') return policy.opened
  return missingCdev(turn, device) === null ? 'cdev' : 'group'
}

function groupCalls(turn: Turn, step: IntentStep): Calls {
  const { actor, device, line } = step
  const open: Step = { do: 'open-device', actor, line, device, token: null }
  if (isFound(findGroup(turn, actor, device))) return [open]
  const container = `${OWN_CONTAINER}${device}`
  return [
    { do: 'open-container', actor, line, as: container },
    { do: 'open-group', actor, line, device, container },
    open,
  ]
}

interface Taking {
  readonly actor: string
  readonly device: PciDevice
  readonly later: readonly StoryStep[]
}

/** Whether the actor will ask for a reset of the function's dev_set, and takes no more of it until then. */
function isLastBeforeReset(turn: Turn, { actor, device, later }: Taking): boolean {
  const set = new Set(resetTarget(turn, device).members.map(({ address }) => address))
  set.add(device.address)
  const next = later.find(
    (step) => step.actor === actor && 'device' in step && ENDS.has(step.do) && set.has(step.device),
  )
  return next?.do === 'reset' || next?.do === 'hot-reset'
}

const ENDS: ReadonlySet<StoryStep['do']> = new Set([
  'take',
  'bind-cdev',
  'reset',
  'hot-reset',
  'release',
])

/** To give a function back: its file, and those of its group that nothing else of the actor's needs. */
export function releaseCalls(turn: Turn, step: IntentStep): Calls {
  const { actor, device, line } = step
  const close: Step = { do: 'close-device', actor, line, device }
  const file = findDevice(turn, actor, device)
  if (!isFound(file) || file.groupFile === null) return [close]
  const isShared = turn.state.files.some(
    (each) =>
      isDeviceFile(each) && each.open && each.id !== file.id && each.groupFile === file.groupFile,
  )
  const group = findGroup(turn, actor, device)
  if (isShared || !isFound(group)) return [close]
  const container = group.container === null ? undefined : turn.state.files[group.container]
  const calls: Calls = [close, { do: 'close-group', actor, line, device }]
  return container?.kind === 'container' && container.name.startsWith(OWN_CONTAINER)
    ? [...calls, { do: 'close-container', actor, line, name: container.name }]
    : calls
}
