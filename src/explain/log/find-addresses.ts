import { formatPciAddress, type PciAddress, parsePciAddress } from '../../host/pci-address.js'
import type { GroupNumber } from '../../host/scalars.js'
import { distinct } from '../../text/lists.js'

/** Functions, groups and device files that a text names. */
export interface Named {
  readonly devices: readonly PciAddress[]
  readonly groups: readonly GroupNumber[]
  readonly cdevs: readonly string[]
}

/** `0000:65:00.0`, `65:00.0`, `00000000:C1:00.0`; not a part of a longer word, a time or a MAC address. */
const ADDRESS =
  /(?<![0-9a-z:.])(?:([0-9a-f]{4,8}):)?([0-9a-f]{2}):([01][0-9a-f])\.([0-7])(?![0-9a-z])/gi

/** Other forms, which only what stands before them, or how they are built, tells from a time and other numbers. */
const OTHER_FORMS: readonly RegExp[] = [
  // libvirt's node device names, which `virsh` prints.
  /\bpci_([0-9a-f]{4,8})_([0-9a-f]{2})_([01][0-9a-f])_([0-7])\b/gi,
  // Without zeros in front, as Xen's tools and scripts print them: `PCI device 0:1:0.0`.
  /\b(?:pci|device|devices|dev|bdf|function|bind|unbind)[ :='"-]{1,3}(?:([0-9a-f]{1,8}):)?([0-9a-f]{1,2}):([01]?[0-9a-f])\.([0-7])(?![0-9a-z.])/gi,
  // VT-d of some releases: `[0x00:0x02.0]`.
  /\[()0x([0-9a-f]{2}):0x([01][0-9a-f])\.([0-7])\]/gi,
]

/** NVIDIA's driver leaves the function out, `(PCI:0000:01:00)`: it drives function 0. */
const NVIDIA = /\bPCI:([0-9a-f]{4,8}):([0-9a-f]{2}):([01][0-9a-f])(?![0-9a-z.])/gi

/** A requester ID as VT-d prints it: `SID 100` is 01:00.0. */
const REQUESTER = /\bSID (?:0x)?([0-9a-f]{1,4})\b/gi

const GROUP =
  /(?:\/dev\/vfio\/(?:noiommu-)?|iommu_groups?\/|\b(?:iommu )?group:? (?:ID )?)(\d{1,9})\b/gi

const CDEV = /\/dev\/vfio\/devices\/((?:noiommu-)?vfio\d{1,9})\b/g

/** More than these in one line are a listing, not a message. */
const LIMIT = 64

/** Everything in `text` that could be a function, a group or a device file, in the order in which it stands there. */
export function findNamed(text: string): Named {
  return {
    devices: addressesIn(text),
    groups: kept([...text.matchAll(GROUP)].map(([, number]) => Number(number))),
    cdevs: kept([...text.matchAll(CDEV)].flatMap(([, name]) => name ?? [])),
  }
}

/** No address, in whatever form, is without one of these. */
const ANY = /:(?:0x)?[01]?[0-9a-f]\.[0-7]|pci_[0-9a-f]{4}|PCI:[0-9a-f]{4}|\bSID (?:0x)?[0-9a-f]/i

const NONE: readonly PciAddress[] = []

/** The functions alone. Without a domain, domain 0 is meant. */
export function addressesIn(text: string): readonly PciAddress[] {
  if (!ANY.test(text)) return NONE
  const found: PciAddress[] = []
  for (const match of text.matchAll(ADDRESS)) found.push(...addressOf(match))
  for (const form of OTHER_FORMS) {
    for (const match of text.matchAll(form)) found.push(...addressOf(match))
  }
  for (const [, domain, bus, device] of text.matchAll(NVIDIA)) {
    found.push(...addressOf(['', domain, bus, device, '0']))
  }
  for (const [, id = ''] of text.matchAll(REQUESTER)) found.push(...requester(id))
  return kept(found)
}

function requester(id: string): readonly PciAddress[] {
  const number = Number.parseInt(id, 16)
  return address({ domain: 0, bus: number >> 8, device: (number >> 3) & 0x1f, func: number & 7 })
}

function addressOf(match: ArrayLike<string | undefined>): readonly PciAddress[] {
  return address({
    domain: Number.parseInt(match[1] || '0', 16),
    bus: Number.parseInt(match[2] ?? '', 16),
    device: Number.parseInt(match[3] ?? '', 16),
    func: Number(match[4]),
  })
}

function address(parts: Parameters<typeof formatPciAddress>[0]): readonly PciAddress[] {
  const parsed = parsePciAddress(formatPciAddress(parts))
  return parsed === undefined ? [] : [parsed]
}

function kept<T>(values: readonly T[]): readonly T[] {
  return distinct(values).slice(0, LIMIT)
}
