import { known, type Observed, unknown } from '../host/gap.js'
import type { PciAddress } from '../host/pci-address.js'
import type { GroupNumber } from '../host/scalars.js'
import type { PciDevice } from '../pci/device.js'
import type { VfioHost } from '../vfio/vfio-host.js'
import type { Possibility } from './facts.js'
import type { Scenario } from './scenario/scenario.js'

/** A function that a scenario names, and what makes it a party to the story. */
export interface CastMember {
  readonly address: PciAddress
  /** Its group with the scenario's bind state; null: it has none. */
  readonly group: Observed<GroupNumber | null>
  /** Functions that a hot reset of it affects; empty: there is no such reset. */
  readonly affected: Observed<readonly PciAddress[]>
}

/** The functions of a scenario, in address order. Where a group depends on what was not read, it is that gap. */
export function castOf(
  scenario: Scenario,
  [first, ...others]: readonly Possibility<{ readonly host: VfioHost }>[],
): readonly CastMember[] {
  if (first === undefined) return []
  const cast = castIn(scenario, first.result.host)
  return others.reduce((told, { assumptions, result }) => {
    const [assumed] = assumptions.values()
    const other = castIn(scenario, result.host)
    return told.map((member, index) => {
      const isSame = sameGroup(member.group, other[index]?.group)
      return isSame || assumed === undefined ? member : { ...member, group: unknown(assumed.gap) }
    })
  }, cast)
}

function sameGroup(one: Observed<number | null>, other: CastMember['group'] | undefined): boolean {
  return !one.known || (other?.known === true && other.value === one.value)
}

function castIn({ drivers, steps }: Scenario, host: VfioHost): readonly CastMember[] {
  const named = new Set([
    ...drivers.keys(),
    ...steps.flatMap((step) => ('device' in step ? [step.device] : [])),
  ])
  return host.topology.devices
    .filter(({ address }) => named.has(address))
    .map((device) => ({
      address: device.address,
      group: device.raw.iommuGroup,
      affected: affectedBy(device, host),
    }))
}

function affectedBy(device: PciDevice, { scopes }: VfioHost): Observed<readonly PciAddress[]> {
  const { worlds, gaps } = scopes.worldsOf(device)
  const [first = [], ...others] = worlds.map((world) => {
    const { scope } = scopes.answer(device, world)
    return (scope?.affected ?? []).map(({ address }) => address)
  })
  const [gap] = gaps
  const isFirm = gap === undefined || others.every((other) => other.join() === first.join())
  return isFirm ? known(first) : { known: false, gap }
}
