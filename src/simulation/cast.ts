import { known, type Observed } from '../host/gap.js'
import type { PciAddress } from '../host/pci-address.js'
import type { PciDevice } from '../pci/device.js'
import type { VfioHost } from '../vfio/vfio-host.js'
import type { Scenario } from './scenario.js'

/** A function that a scenario names, and what makes it a party to the story. */
export interface CastMember {
  readonly address: PciAddress
  /** Its group with the scenario's bind state; null: it has none. */
  readonly group: Observed<number | null>
  /** Functions that a hot reset of it hits; empty: there is no such reset. */
  readonly affected: Observed<readonly PciAddress[]>
}

/** The functions of a scenario, in address order. */
export function castOf({ drivers, steps }: Scenario, host: VfioHost): readonly CastMember[] {
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
