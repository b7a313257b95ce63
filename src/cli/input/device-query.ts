import type { GroupNumber } from '../../host/scalars.js'
import { withoutSlashes } from '../../host/tree/tree-path.js'

/** What one DEVICE argument asks for, before the host is known. */
export type DeviceQuery =
  /** Parts that were left out match everything; an absent domain prefers domain 0. */
  | {
      readonly kind: 'address'
      readonly domain: number | null
      readonly bus: number
      readonly device: number | null
      readonly func: number | null
    }
  | { readonly kind: 'id'; readonly vendor: number; readonly device: number | null }
  | { readonly kind: 'group'; readonly group: GroupNumber }
  | { readonly kind: 'cdev'; readonly name: string }
  /** Network interface, block device, NVMe controller, display; else words of a function's name, such as `RTX 3090`. */
  | { readonly kind: 'name'; readonly name: string }

const HEX = '[0-9a-f]'
const PART = `(${HEX}{1,2})`
/** A domain of four digits or more, so that `0000:03:00.0` and `10000:e1:00.0` differ from `03:00.0`. */
const DOMAIN = `(?:0x)?(${HEX}{4,8})`

/**
 * The forms that people and other programs write (`docs/reference/commands.md#devices`), tried in order. The text is in
 * lower case.
 */
const FORMS: readonly {
  readonly pattern: RegExp
  readonly read: (parts: readonly (string | undefined)[]) => DeviceQuery
}[] = [
  { pattern: new RegExp(`^${DOMAIN}:${PART}:${PART}[.]([0-7])$`), read: address },
  { pattern: new RegExp(`^${DOMAIN}:${PART}:${PART}(?:[.][*])?$`), read: address },
  { pattern: new RegExp(`^()${PART}:${PART}[.]([0-7])$`), read: address },
  { pattern: new RegExp(`^()${PART}:${PART}(?:[.][*])?$`), read: address },
  { pattern: new RegExp(`^()${PART}:[*]?$`), read: address },
  // libvirt's nodedev name; Qubes and Xen (`dom0:01_11.0`); Harvester (`node-000003000`).
  { pattern: new RegExp(`^pci_${DOMAIN}_${PART}_${PART}_([0-7])$`), read: address },
  { pattern: new RegExp(`^(?:[a-z0-9-]+:)?()${PART}_${PART}[.]([0-7])$`), read: address },
  { pattern: new RegExp(`^.+-(${HEX}{4})(${HEX}{2})(${HEX}{2})([0-7])$`), read: address },
  {
    pattern: new RegExp(`^(${HEX}{4}):(${HEX}{4})?$`),
    read: ([, vendor, device]) => ({
      kind: 'id',
      vendor: hex(vendor),
      device: device === undefined ? null : hex(device),
    }),
  },
  { pattern: /^group:(\d{1,9})$/, read: group },
  { pattern: /^\/dev\/vfio\/(?:noiommu-)?(\d{1,9})$/, read: group },
  { pattern: /^\/sys\/(?:kernel\/iommu_groups|class\/vfio)\/(?:noiommu-)?(\d{1,9})$/, read: group },
  {
    pattern: /^(?:\/dev\/vfio\/devices\/|\/sys\/class\/vfio-dev\/)?((?:noiommu-)?vfio\d{1,9})$/,
    read: ([, name]) => ({ kind: 'cdev', name: name ?? '' }),
  },
]

/**
 * Letters, digits and what stands between them in pci.ids; no colon, which is of addresses and IDs. Made where it is asked: to look up
 * all letters takes a while.
 */
const isName = (text: string) =>
  /^[\p{L}\p{N}][\p{L}\p{N} _.,@+&/()[\]-]{0,62}[\p{L}\p{N}\])]$/u.test(text)

/** Reads a DEVICE argument; undefined when it has none of the forms. */
export function parseDeviceQuery(argument: string): DeviceQuery | undefined {
  const trimmed = copied(argument.trim())
  const text = withoutSlashes(trimmed.toLowerCase().replace(/^(?:host|sysfsdev|path)=/, ''))
  const element = addressElement(text)
  if (element !== undefined) return element
  for (const { pattern, read } of FORMS) {
    const match = pattern.exec(text)
    if (match !== null) return read(match)
  }
  if (text.startsWith('/sys/')) return parseDeviceQuery(text.slice(text.lastIndexOf('/') + 1))
  const name = trimmed.replace(/^\/dev\//, '')
  return isName(name) ? { kind: 'name', name } : undefined
}

/** What people copy along: the options of QEMU, the brackets of lspci, the comma of a list. */
function copied(text: string): string {
  if (/^vfio-pci[,-]/i.test(text)) {
    return text.split(',').find((option) => /^(?:host|sysfsdev)=/i.test(option)) ?? text
  }
  return /^\[([^[\]]*)\]$/.exec(text)?.[1] ?? text.replace(/[,;]$/, '')
}

/** libvirt's `<address domain='0x0000' bus='0x03' slot='0x00' function='0x0'/>`, alone or inside more XML. */
function addressElement(text: string): DeviceQuery | undefined {
  const element = [...text.matchAll(/<address\b[^<>]*>/g)]
    .map(([each]) => each)
    .find((each) => /\bbus=/.test(each))
  if (element === undefined) return undefined
  const value = (name: string): number | null => {
    const digits = new RegExp(`\\b${name}=['"](?:0x)?(${HEX}{1,8})['"]`).exec(element)?.[1]
    return digits === undefined ? null : Number.parseInt(digits, 16)
  }
  const bus = value('bus')
  if (bus === null) return undefined
  return {
    kind: 'address',
    domain: value('domain'),
    bus,
    device: value('slot'),
    func: value('function'),
  }
}

function address([, domain, bus, device, func]: readonly (string | undefined)[]): DeviceQuery {
  return {
    kind: 'address',
    domain: domain === undefined || domain === '' ? null : hex(domain),
    bus: hex(bus),
    device: device === undefined ? null : hex(device),
    func: func === undefined ? null : hex(func),
  }
}

function group([, number]: readonly (string | undefined)[]): DeviceQuery {
  return { kind: 'group', group: Number(number) }
}

function hex(digits: string | undefined): number {
  return Number.parseInt(digits ?? '', 16)
}
