import type { PciAddress } from '../../src/host/pci-address.js'
import { POLICIES, type PolicyId } from '../../src/policy/policies/index.js'
import type { Policy } from '../../src/policy/policy.js'
import type { ResetQuestion } from '../../src/policy/verdict.js'
import type { SimulatedStep } from '../../src/simulation/simulated-step.js'
import type { StepText } from './play.js'

/** How the assumed caller (`docs/reference/policies.md#the-assumed-caller`) opens the function, and what it passes. */
export type Way = 'group' | 'cdev' | 'device-fds' | 'claim'

/** The policies whose assumed caller goes one way. */
export function policiesOf(way: Way): readonly PolicyId[] {
  return POLICIES.filter((policy) => wayOf(policy) === way).map(({ id }) => id)
}

function wayOf({ opened, passed, claims }: Policy): Way {
  if (claims !== null) return 'claim'
  if (opened === 'group') return 'group'
  return passed === 'nothing' ? 'cdev' : 'device-fds'
}

/**
 * What the assumed caller does on one way, as a story. What it owns beside the target is opened first,
 * whether or not that works; the calls from `target` on are those that the verdict is about.
 */
export function assumedStory(
  way: Way,
  { target, cases }: ResetQuestion,
  owning: readonly PciAddress[],
): readonly StepText[] {
  const device = target.address
  if (way === 'group') return groupStory(device, passedGroups(cases, owning))
  const bind = (address: PciAddress, claim = false) => ({
    actor: 'a',
    do: 'bind-cdev',
    device: address,
    iommufd: 'X',
    claim,
  })
  return [
    { actor: 'a', do: 'open-iommufd', as: 'X' },
    ...owning.map((each) => bind(each)),
    bind(device, way === 'claim'),
    {
      actor: 'a',
      do: 'hot-reset',
      device,
      deviceFds: way === 'device-fds' ? [device, ...owning] : [],
    },
  ]
}

function groupStory(device: PciAddress, others: readonly PciAddress[]): readonly StepText[] {
  const open = (address: PciAddress) => ({
    actor: 'a',
    do: 'open-group',
    device: address,
    container: 'c0',
  })
  return [
    { actor: 'a', do: 'open-container', as: 'c0' },
    ...others.map(open),
    open(device),
    { actor: 'a', do: 'open-device', device },
    { actor: 'a', do: 'hot-reset', device, groups: [device, ...others] },
  ]
}

/** One function of each further group that occurs in the dev_set. */
function passedGroups(
  [c]: ResetQuestion['cases'],
  owning: readonly PciAddress[],
): readonly PciAddress[] {
  const numbers = new Set([numberOf(c.target.raw.iommuGroup)])
  const inSet = new Set(c.devSet.members.map(({ raw }) => numberOf(raw.iommuGroup)))
  return owning.filter((address) => {
    const device = c.host.topology.byAddress.get(address)
    const number = device === undefined ? null : numberOf(device.raw.iommuGroup)
    if (number === null || numbers.has(number) || !inSet.has(number)) return false
    numbers.add(number)
    return true
  })
}

function numberOf(group: { readonly known: boolean; readonly value?: number | null }) {
  return group.known ? (group.value ?? null) : null
}

/** The first answer about the target that is not "ok", in short. `inspect` does not ask for the context as such. */
export function storyEnding(steps: readonly SimulatedStep[], target: PciAddress): string {
  const first = steps.find(({ device, outcome }) => device === target && outcome !== 'ok')
  if (first === undefined) return 'permitted'
  return first.outcome === 'undetermined' ? 'undetermined' : String(first.errno)
}
