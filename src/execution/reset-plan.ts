import type { PciAddress } from '../host/pci-address.js'
import type { PciDevice } from '../pci/device.js'
import { representatives } from '../policy/needs.js'
import type { Interface } from '../policy/policy.js'
import { bareHotReset, type Scenario, type Step } from '../simulation/scenario/scenario.js'
import type { VfioHost } from '../vfio/vfio-host.js'

/** How a hot reset of a function is carried out: everything that has to be opened, the reset, and the closing. */
export interface ResetPlan {
  readonly via: Interface
  readonly target: PciAddress
  /** Functions that stand for what the caller owns beside the target. */
  readonly owning: ReadonlySet<PciAddress>
  readonly scenario: Scenario<Step>
}

/**
 * The interface with the fewest side effects: the group API opens the target's device alone and bare group files for the
 * rest, a context needs a device of each group, and every open device is reset
 * (`docs/reference/hot-reset.md#resets-that-nobody-asked-for`).
 */
export function chooseInterface({ interfaces }: VfioHost): Interface {
  const { groupApi, cdev } = interfaces
  const hasGroups = !groupApi.known || groupApi.value
  return !hasGroups && cdev.known && cdev.value ? 'cdev' : 'group'
}

/** The plan for one user who opens what the target's dev_set asks for, and no more. */
export function resetPlan(host: VfioHost, target: PciDevice, via: Interface): ResetPlan {
  const others = representatives(host, target, possibleMembers(host, target))
  const steps = via === 'group' ? groupSteps(host, target, others) : cdevSteps(target, others)
  return {
    via,
    target: target.address,
    owning: new Set(others.map(({ address }) => address)),
    scenario: scenarioOf(steps),
  }
}

/** The plan that opens the target alone, asks what its reset would reset, and closes it again. */
export function infoPlan(host: VfioHost, target: PciDevice, via: Interface): ResetPlan {
  const steps = via === 'group' ? groupSteps(host, target, []) : cdevSteps(target, [])
  return {
    via,
    target: target.address,
    owning: new Set(),
    scenario: scenarioOf(steps.filter((step) => step.do !== 'hot-reset')),
  }
}

function scenarioOf(steps: readonly Step[]): Scenario<Step> {
  return { kernel: null, policy: null, drivers: new Map(), noiommu: null, steps }
}

/** Members of the target's dev_set, those included that an unread fact decides about. */
function possibleMembers(host: VfioHost, target: PciDevice): ReadonlySet<PciDevice> {
  const { worlds } = host.scopes.worldsOf(target)
  return new Set(
    worlds.flatMap((world) => {
      const { members, uncertain } = host.sets.setOf(target, world)
      return [...members, ...uncertain.map(({ device }) => device)]
    }),
  )
}

const ACTOR = { actor: 'reset', line: 1 } as const
const CONTAINER = 'container'
const CONTEXT = 'context'

/** Up to 5.18 a group file proves nothing outside a container, so the others join the target's. */
function groupSteps(
  { kernel }: VfioHost,
  { address: device }: PciDevice,
  others: readonly PciDevice[],
): readonly Step[] {
  const further = others.map(({ address }) => address)
  const container = kernel.bareGroupFd ? null : CONTAINER
  return [
    { ...ACTOR, do: 'open-container', as: CONTAINER },
    { ...ACTOR, do: 'open-group', device, container: CONTAINER },
    ...further.map((each): Step => ({ ...ACTOR, do: 'open-group', device: each, container })),
    { ...ACTOR, do: 'open-device', device, token: null },
    { ...ACTOR, do: 'reset-info', device, argsz: null },
    hotResetStep(device, [device, ...further]),
    { ...ACTOR, do: 'close-device', device },
    ...[device, ...further]
      .reverse()
      .map((each): Step => ({ ...ACTOR, do: 'close-group', device: each })),
    { ...ACTOR, do: 'close-container', name: CONTAINER },
  ]
}

/** The target first: where it cannot be bound, the others are not reset for nothing. */
function cdevSteps({ address: device }: PciDevice, others: readonly PciDevice[]): readonly Step[] {
  const all = [device, ...others.map(({ address }) => address)]
  return [
    { ...ACTOR, do: 'open-iommufd', as: CONTEXT },
    ...all.map(
      (each): Step => ({
        ...ACTOR,
        do: 'bind-cdev',
        device: each,
        iommufd: CONTEXT,
        claim: false,
        token: null,
      }),
    ),
    { ...ACTOR, do: 'reset-info', device, argsz: null },
    hotResetStep(device, []),
    ...[...all].reverse().map((each): Step => ({ ...ACTOR, do: 'close-device', device: each })),
    { ...ACTOR, do: 'close-iommufd', name: CONTEXT },
  ]
}

function hotResetStep(device: PciAddress, groups: readonly PciAddress[]): Step {
  return { ...bareHotReset({ ...ACTOR, device }), groups }
}
