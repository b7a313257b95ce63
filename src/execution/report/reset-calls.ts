import type { PciAddress } from '../../host/pci-address.js'
import type { OpenGroupStep, Step } from '../../simulation/scenario/scenario.js'
import type { SimulatedStep } from '../../simulation/simulated-step.js'
import { listed } from '../../text/english.js'
import { CONTAINER_NODE, IOMMUFD_NODE } from '../../uapi/vfio-files.js'
import type { VfioNodes } from '../nodes.js'
import type { ResetPlan } from '../reset-plan.js'

/** One system call of a plan. */
export interface PlannedCall {
  /** `open`, `close`, or the ioctl by its name in `linux/vfio.h`. */
  readonly call: string
  /** Path of the file that is opened, or of the file or function that the ioctl is put to. */
  readonly target: string
  /** What happens beside what was asked for, in a sentence; null: nothing. */
  readonly sideEffect: string | null
}

export interface CallFacts {
  readonly nodesOf: (address: PciAddress) => VfioNodes
  readonly predicted: readonly SimulatedStep[]
  /** Functions that the reset affects, and those among them that the kernel does not list. */
  readonly affected: readonly PciAddress[]
  readonly unaccounted: readonly PciAddress[]
  /** Whether it is known what the reset affects: nothing, where there is none. */
  readonly isKnown: boolean
  /** Whether SET_CONTAINER takes the whole group's DMA (5.19+). */
  readonly dmaOwnership: boolean
}

/** Every call of a plan in order, with its side effects. */
export function plannedCalls(
  { scenario: { steps } }: ResetPlan,
  facts: CallFacts,
): readonly PlannedCall[] {
  return steps.flatMap((step, index) => callsOf(step, facts.predicted[index], facts))
}

function callsOf(
  step: Step,
  predicted: SimulatedStep | undefined,
  facts: CallFacts,
): readonly PlannedCall[] {
  switch (step.do) {
    case 'open-container':
      return [plain('open', CONTAINER_NODE)]
    case 'open-iommufd':
      return [plain('open', IOMMUFD_NODE)]
    case 'open-group':
      return groupCalls(step, facts)
    case 'set-iommu':
      return []
    case 'open-device':
      return [opening('VFIO_GROUP_GET_DEVICE_FD', step.device, predicted)]
    case 'bind-cdev': {
      const { cdev } = facts.nodesOf(step.device)
      return [
        plain('open', cdev ?? `the device file of ${step.device}`),
        opening('VFIO_DEVICE_BIND_IOMMUFD', step.device, predicted),
      ]
    }
    case 'reset-info':
      return [plain('VFIO_DEVICE_GET_PCI_HOT_RESET_INFO', step.device)]
    case 'hot-reset':
      return [
        { call: 'VFIO_DEVICE_PCI_HOT_RESET', target: step.device, sideEffect: hitText(facts) },
      ]
    case 'close-device':
      return [{ call: 'close', target: step.device, sideEffect: closingText(predicted) }]
    case 'close-group':
      return [plain('close', groupFile(step.device, facts))]
    case 'close-container':
      return [plain('close', CONTAINER_NODE)]
    case 'close-iommufd':
      return [plain('close', IOMMUFD_NODE)]
    case 'device-reset':
    case 'set-vf-token':
      return []
  }
}

function plain(call: string, target: string): PlannedCall {
  return { call, target, sideEffect: null }
}

function groupCalls(step: OpenGroupStep, facts: CallFacts): readonly PlannedCall[] {
  const target = groupFile(step.device, facts)
  const held = 'Nobody else can open the group meanwhile.'
  const open = { call: 'open', target, sideEffect: held }
  if (step.container === null) return [open]
  const blocked = 'All DMA of the group is blocked, also of its members without driver.'
  return [
    open,
    { call: 'VFIO_GROUP_SET_CONTAINER', target, sideEffect: facts.dmaOwnership ? blocked : null },
    plain('VFIO_SET_IOMMU', CONTAINER_NODE),
  ]
}

function groupFile(address: PciAddress, { nodesOf }: CallFacts): string {
  return nodesOf(address).group ?? `the group file of ${address}`
}

function opening(
  call: string,
  target: PciAddress,
  predicted: SimulatedStep | undefined,
): PlannedCall {
  const woken = 'The function is woken, and its bus mastering switched off: its DMA stops.'
  return { call, target, sideEffect: [woken, ...effectTexts(predicted)].join(' ') }
}

function closingText(predicted: SimulatedStep | undefined): string {
  return ['Bus mastering stays off.', ...effectTexts(predicted)].join(' ')
}

/**
 * Resets that come with the call though nobody asked for them
 * (`docs/reference/hot-reset.md#resets-that-nobody-asked-for`).
 */
function effectTexts(predicted: SimulatedStep | undefined): readonly string[] {
  return (predicted?.effects ?? []).map(({ kind, devices, certain }) => {
    const verb =
      certain === false ? 'may be reset' : devices.length === 1 ? 'is reset' : 'are reset'
    const how = kind === 'function-reset' ? 'by a function reset' : 'together, silently'
    return `${listed(devices)} ${verb} ${how}.`
  })
}

function hitText({ affected, unaccounted, isKnown }: CallFacts): string {
  if (isKnown && affected.length === 0) return 'Resets nothing: there is no hot reset.'
  const reset = affected.length === 0 ? 'What it resets is unknown.' : `Resets ${listed(affected)}.`
  const wiped =
    unaccounted.length === 0
      ? ''
      : ` Resets ${listed(unaccounted)} too, which the kernel does not list.`
  return `${reset}${wiped} Their users get no notice.`
}
