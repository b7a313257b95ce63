import { placeOf } from './libvirt-address.js'
import type { InputPlace } from './vm-input.js'
import { isInputProblem } from './vm-input.js'
import { childNamed, parseXml } from './xml.js'

/** A network of libvirt, as far as it hands out functions. */
export type LibvirtNetwork =
  /** A bridge or the like: none. */
  | { readonly kind: 'plain' }
  /** One of these functions, or, where `parent` is a network interface, of its VFs. */
  | {
      readonly kind: 'pool'
      readonly parent: string | null
      readonly places: readonly InputPlace[]
    }

/** `<forward mode='hostdev'>` with `<pf dev='…'/>` or addresses (docs/formatnetwork.rst). null: the text is no network. */
export function parseLibvirtNetwork(xml: string): LibvirtNetwork | null {
  const root = parseXml(xml)
  if (isInputProblem(root) || root.name !== 'network') return null
  const forward = childNamed(root, 'forward')
  if (forward?.attributes['mode'] !== 'hostdev') return { kind: 'plain' }
  const addresses = forward.children.filter(({ name }) => name === 'address')
  const places = addresses.flatMap((each) => placeOf(each) ?? [])
  const parent = childNamed(forward, 'pf')?.attributes['dev'] ?? null
  // Of a list that is read in part anybody may be taken.
  const isWhole = places.length === addresses.length
  return { kind: 'pool', parent, places: isWhole ? places : [] }
}
