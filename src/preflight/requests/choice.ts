import { formatPciAddress, numbersOf, type PciAddress } from '../../host/pci-address.js'
import type { RawHost } from '../../host/raw-host.js'
import type { InputPlace } from '../inputs/vm-input.js'
import type { MappedAs } from '../question.js'
import type { Surroundings } from './surroundings.js'

/** A host, with what descriptions refer to beside its functions. */
export interface RequestHost {
  readonly raw: RawHost
  readonly surroundings: Surroundings
}

/** A function that a description means. */
export interface ChosenFunction {
  readonly address: PciAddress
  /** What Proxmox compares before it starts the VM; null: nothing. */
  readonly mapped: MappedAs | null
}

/** What a choice means on a host. */
export interface Choice {
  /** Sets of functions, of which the VM gets one; that is known before it starts where there is just one. */
  readonly sets: readonly (readonly ChosenFunction[])[]
  /** `one`: the VM gets one of the sets. `all`: each set goes to a VM of its own. */
  readonly gives: 'one' | 'all'
}

/** A function that is not there is named all the same: that it is missing is the answer. */
export function addressesAt({ func, ...place }: InputPlace, raw: RawHost): readonly PciAddress[] {
  if (func !== null) return [formatPciAddress({ ...place, func })]
  const found = raw.functions.filter(({ address }) => {
    const { domain, bus, device } = numbersOf(address)
    return domain === place.domain && bus === place.bus && device === place.device
  })
  if (found.length > 0) return found.map(({ address }) => address)
  return [formatPciAddress({ ...place, func: 0 })]
}
