import type { PciAddress } from '../host/pci-address.js'
import type { RawFunction, RawHost } from '../host/raw-host.js'
import { isSame } from '../text/lists.js'
import type { Danger } from './danger.js'

/** What a deed on functions rests on, as the host was when it was read. */
export interface Footing {
  /** The functions that are opened or reset, with how they stand. */
  readonly functions: ReadonlyMap<PciAddress, string>
  readonly dangers: readonly Danger[]
  /** The calls that would be made, with what is predicted of them: plain data. */
  readonly calls: unknown
}

/** What became different between two readings of what a deed rests on. */
export type FootingChange =
  /** A function came into what is reset or opened, went out of it, or stands otherwise there. */
  | { readonly kind: 'function'; readonly address: PciAddress }
  /** Other dangers. */
  | { readonly kind: 'dangers' }
  /** Other calls, or another answer of the kernel is predicted. */
  | { readonly kind: 'calls' }

/** What a deed that reaches these functions rests on. */
export function footingOf(
  raw: RawHost,
  reached: ReadonlySet<string>,
  rest: Pick<Footing, 'dangers' | 'calls'>,
): Footing {
  const found = raw.functions.filter(({ address }) => reached.has(address))
  return { functions: new Map(found.map((each) => [each.address, standing(each)])), ...rest }
}

/** Everything that a deed rests on and that is not as it was. Empty: what was allowed is what would be done. */
export function changesBetween(before: Footing, after: Footing): readonly FootingChange[] {
  const [earlier, later] = [before.functions, after.functions]
  const addresses = [...new Set([...earlier.keys(), ...later.keys()])]
  const functions = addresses
    .filter((address) => earlier.get(address) !== later.get(address))
    .map((address): FootingChange => ({ kind: 'function', address }))
  return [
    ...functions,
    ...(isSame(before.dangers, after.dangers) ? [] : [{ kind: 'dangers' } as const]),
    ...(isSame(before.calls, after.calls) ? [] : [{ kind: 'calls' } as const]),
  ]
}

/** How a function stands: who has it, and which files open it. Its registers and its power change by themselves. */
function standing({ path, driver, iommuGroup, vfioDev, virtfns, physfn }: RawFunction): string {
  return JSON.stringify([path, driver, iommuGroup, vfioDev, virtfns, physfn])
}
