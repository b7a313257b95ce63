import { isInputProblem } from './vm-input.js'
import { childNamed, parseXml } from './xml.js'

/**
 * Whether a network of libvirt hands out functions: `<forward mode='hostdev'>` (docs/formatnetwork.rst). null: the text is no
 * network.
 */
export function networkKind(xml: string): 'pool' | 'plain' | null {
  const root = parseXml(xml)
  if (isInputProblem(root) || root.name !== 'network') return null
  return childNamed(root, 'forward')?.attributes['mode'] === 'hostdev' ? 'pool' : 'plain'
}
