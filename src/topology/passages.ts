import { isStated } from '../document/stated.js'
import type { PciAddress } from '../host/pci-address.js'
import type { RelatedFunction } from '../inspect/document.js'
import type { ReportIndex } from '../inspect/report-index.js'
import { append } from '../text/lists.js'
import { acsOf } from './acs-mark.js'
import type { Passage } from './forest.js'

/**
 * The ways sideways: between the downstream ports of a switch of which one lets requests pass to its siblings, and
 * between the functions of a device that nothing keeps apart. What was not read is no way and no wall: the port says so.
 */
export function passagesIn({ functions }: ReportIndex): readonly Passage[] {
  const ports = new Map<PciAddress, RelatedFunction[]>()
  const passages: Passage[] = []
  for (const each of functions.values()) {
    const { portType, parent } = each
    if (portType === 'downstream-port' && isStated(parent) && parent !== null) {
      append(ports, parent, each)
    }
    passages.push(...withinDevice(each))
  }
  return [...[...ports.values()].flatMap(betweenPorts), ...passages]
}

/** One port that does not redirect opens all its siblings: `docs/reference/groups.md#strict-view`. */
function betweenPorts(ports: readonly RelatedFunction[]): readonly Passage[] {
  const open = ports.filter((port) => acsOf(port)?.state === 'open')
  if (open.length === 0 || ports.length < 2) return []
  return [{ from: open.map(addressOf), to: ports.map(addressOf) }]
}

/** Told once for all functions of the device. */
function withinDevice({ address, isolation: { findings } }: RelatedFunction): readonly Passage[] {
  return findings.flatMap((finding): readonly Passage[] => {
    if (finding.kind !== 'multifunction-not-isolated' || finding.at !== address) return []
    const all = [address, ...finding.with]
    return all.some((other) => other < address) ? [] : [{ from: all, to: all }]
  })
}

function addressOf({ address }: RelatedFunction): PciAddress {
  return address
}
