import { at, entriesAt, listAt, textAt, type Value, wordsIn } from './structured.js'
import { traces } from './traces.js'
import {
  type DeviceChoice,
  type Found,
  parseId,
  parsePlace,
  quoted,
  type VmInput,
  vmInput,
} from './vm-input.js'

/** Kinds of devices that Incus and LXD have, by one of which a document is recognised. */
const TYPES: ReadonlySet<string> = new Set([
  'disk',
  'gpu',
  'infiniband',
  'nic',
  'none',
  'pci',
  'proxy',
  'tpm',
  'unix-block',
  'unix-char',
  'unix-hotplug',
  'usb',
])

/**
 * Whether a document is the configuration of an instance or a profile, or a list of them (`incus list --format json`): `devices` by
 * name, each with a `type`.
 */
export function isIncusConfig(document: Value): boolean {
  return instancesIn(document).some((each) =>
    devicesOf(each).some(([, device]) => TYPES.has(textAt(device, 'type') ?? '')),
  )
}

function instancesIn(document: Value): readonly Value[] {
  return Array.isArray(document) ? document : [document]
}

/** Those of the profiles too, where the document has them. */
function devicesOf(instance: Value): readonly (readonly [string, Value])[] {
  const expanded = entriesAt(instance, 'expanded_devices')
  return expanded.length > 0 ? expanded : entriesAt(instance, 'devices')
}

/**
 * What an instance of Incus or LXD gets: `pci`, and `gpu`, `nic` and `infiniband` where they are passed through as functions.
 * A container shares a GPU with the host instead; nothing is checked of one.
 */
export function readIncusConfig(document: Value): readonly VmInput[] {
  return instancesIn(document).map(readInstance)
}

function readInstance(document: Value): VmInput {
  const name = textAt(document, 'name')
  if (textAt(document, 'type') === 'container') return vmInput(name, containerFound(document))
  const found = devicesOf(document).flatMap(([key, each]) => deviceFound(key, each, document))
  return vmInput(name, [...found, ...profilesFound(document), ...rawFound(document)])
}

function containerFound(document: Value): readonly Found[] {
  const others = devicesOf(document).filter(([, each]) => textAt(each, 'type') !== 'gpu')
  return traces(others.flatMap(([, each]) => wordsIn(each)))
}

function deviceFound(key: string, device: Value, document: Value): readonly Found[] {
  const type = textAt(device, 'type') ?? ''
  const text = quoted(`${key} (${settingsText(device)})`)
  switch (type) {
    case 'pci':
      return [atAddress(textAt(device, 'address') ?? '', text)]
    case 'gpu':
      return [gpuFound(device, text)]
    case 'nic':
    case 'infiniband':
      return nicFound(key, device, document, text)
    default:
      if (!TYPES.has(type)) return [{ cause: 'unknown-option', text }]
      return type === 'unix-char' ? traces(wordsIn(device)) : []
  }
}

/** `type: nic, nictype: sriov, parent: eth0`. */
function settingsText(device: Value): string {
  return entriesAt(device)
    .map(([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ')
}

/** Without a function number there is no such folder in sysfs, where Incus looks (`pcidev.NormaliseAddress`). */
function atAddress(written: string, text: string): Found {
  const place = parsePlace(written)
  return place === undefined || place.func === null
    ? { cause: 'no-address', text }
    : given({ by: 'address', place })
}

/** Incus binds what it passes through to vfio-pci itself. */
function given(which: DeviceChoice): Found {
  return { which, managed: true, via: null, token: null }
}

/** `gputype` physical, the default: by address, by the number of its DRM card, or by IDs; else all GPUs are meant. */
function gpuFound(device: Value, text: string): Found {
  const kind = textAt(device, 'gputype') ?? 'physical'
  if (kind === 'mdev' || kind === 'mig') return { kind: 'mediated', text }
  const pci = textAt(device, 'pci')
  if (kind === 'sriov' && pci !== null) return vfOf(pci, text)
  if (kind !== 'physical') return { cause: 'pool', text }
  if (pci !== null) return gpu(atAddress(pci, text))
  const [vendor, product] = ['vendorid', 'productid'].map((key) =>
    parseId(textAt(device, key) ?? ''),
  )
  if (at(device, 'id') !== undefined || vendor === undefined || product === undefined) {
    return { cause: 'pool', text }
  }
  const pattern = { vendor, device: product, address: null }
  return gpu(given({ by: 'ids', pattern, count: 1, text }))
}

function vfOf(written: string, text: string): Found {
  const parent = parsePlace(written)
  return parent === undefined || parent.func === null
    ? { cause: 'no-address', text }
    : given({ by: 'vf', parent, text })
}

/** With a GPU the other functions of the card go to the VM, as far as they are in its group. */
function gpu(found: Found): Found {
  return 'which' in found ? { ...found, along: 'device' } : found
}

/** Kinds of interfaces that are no function of the host. */
const VIRTUAL = /^(?:bridged|macvlan|ipvlan|p2p|routed|ovn)$/

function nicFound(key: string, device: Value, document: Value, text: string): readonly Found[] {
  const kind = textAt(device, 'nictype')
  const parent = textAt(device, 'parent') ?? ''
  if (kind === null) return networkFound(key, device, document, text)
  if (VIRTUAL.test(kind)) return []
  if (kind === 'physical') return [given({ by: 'netdev', name: parent, gives: 'itself', text })]
  if (kind === 'sriov') return [given({ by: 'netdev', name: parent, gives: 'a-vf', text })]
  return [{ cause: 'unknown-option', text }]
}

/** A network may hand out functions; one that made a device on the host did not, and the first that Incus or LXD make are bridges. */
function networkFound(key: string, device: Value, document: Value, text: string): readonly Found[] {
  const network = textAt(device, 'network')
  const isBridge = network === 'incusbr0' || network === 'lxdbr0'
  const host = textAt(document, 'config', `volatile.${key}.host_name`)
  return isBridge || host !== null ? [] : [{ cause: 'pool', text }]
}

/** Every instance has a root disk: where none is given, profiles give it, and may give more. */
function profilesFound(document: Value): readonly Found[] {
  const profiles = listAt(document, 'profiles')
  const devices = devicesOf(document)
  const hasRoot = devices.some(
    ([, each]) => textAt(each, 'type') === 'disk' && textAt(each, 'path') === '/',
  )
  if (hasRoot || profiles.length === 0) return []
  const text = quoted(`profiles ${profiles.join(', ')}, without --expanded`)
  return [{ cause: 'other-object', text }]
}

/** `raw.qemu` and the like go to QEMU as they are. */
function rawFound(document: Value): readonly Found[] {
  const settings = [...entriesAt(document, 'config'), ...entriesAt(document, 'expanded_config')]
  return settings.flatMap(([key, value]) =>
    key.startsWith('raw.')
      ? traces(wordsIn(value)).map(({ text }) => ({
          cause: 'unknown-option' as const,
          text: `${key}: ${text}`,
        }))
      : [],
  )
}
