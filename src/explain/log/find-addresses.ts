import { formatPciAddress, type PciAddress, parsePciAddress } from '../../host/pci-address.js'
import type { GroupNumber } from '../../host/scalars.js'

/** Functions, groups and device files that a text names. */
export interface Named {
  readonly devices: readonly PciAddress[]
  readonly groups: readonly GroupNumber[]
  readonly cdevs: readonly string[]
}

/** `0000:65:00.0`, `65:00.0`, `00000000:C1:00.0`; not a part of a longer word, a time or a MAC address. */
const ADDRESS =
  /(?<![0-9a-z:.])(?:([0-9a-f]{4,8}):)?([0-9a-f]{2}):([01][0-9a-f])\.([0-7])(?![0-9a-z])/gi

/** libvirt's node device names, which `virsh` prints. */
const NODE_DEVICE = /\bpci_([0-9a-f]{4,8})_([0-9a-f]{2})_([01][0-9a-f])_([0-7])\b/gi

const GROUP =
  /(?:\/dev\/vfio\/(?:noiommu-)?|iommu_groups?\/|\b(?:iommu )?group:? (?:ID )?)(\d{1,9})\b/gi

const CDEV = /\/dev\/vfio\/devices\/((?:noiommu-)?vfio\d{1,9})\b/g

/** More than these in one line are a listing, not a message. */
const LIMIT = 64

/** Everything in `text` that could be a function, a group or a device file, in the order in which it stands there. */
export function findNamed(text: string): Named {
  return {
    devices: [...addresses(text, ADDRESS), ...addresses(text, NODE_DEVICE)].slice(0, LIMIT),
    groups: distinct([...text.matchAll(GROUP)].map(([, number]) => Number(number))),
    cdevs: distinct([...text.matchAll(CDEV)].flatMap(([, name]) => name ?? [])),
  }
}

/** Without a domain, domain 0 is meant. */
function addresses(text: string, pattern: RegExp): readonly PciAddress[] {
  return distinct(
    [...text.matchAll(pattern)].flatMap(([, domain = '0', bus = '', device = '', func = '']) => {
      const address = formatPciAddress({
        domain: Number.parseInt(domain, 16),
        bus: Number.parseInt(bus, 16),
        device: Number.parseInt(device, 16),
        func: Number(func),
      })
      return parsePciAddress(address) ?? []
    }),
  )
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)].slice(0, LIMIT)
}
