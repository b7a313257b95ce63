import type { VmInterface } from '../../host/vm-facts.js'
import { placeOf } from './libvirt-address.js'
import { readQemuWords } from './qemu-words.js'
import { traces } from './traces.js'
import {
  type Found,
  type InputDevice,
  type InputProblem,
  isInputProblem,
  quoted,
  type SkippedKind,
  type VmInput,
  vmInput,
} from './vm-input.js'
import { childNamed, elementsNamed, parseXml, type XmlElement } from './xml.js'

/** Roots in which functions can be given to a VM: a domain, its status file, or an element of one. */
const ROOTS: ReadonlySet<string> = new Set([
  'domain',
  'domstatus',
  'domainsnapshot',
  'domaincheckpoint',
  'devices',
  'hostdev',
  'interface',
  'disk',
])

/**
 * What a libvirt domain XML gives to its VM: `<hostdev>` of PCI functions, `<interface type='hostdev'>`, disks on an NVMe
 * controller (libvirt, docs/formatdomain.rst), and what `<qemu:commandline>` gives QEMU (docs/drvqemu.rst). unRAID, TrueNAS,
 * virt-manager and GNOME Boxes write such domains too.
 */
export function parseLibvirtDomain(xml: string): VmInput | InputProblem {
  const root = parseXml(xml)
  if (isInputProblem(root)) return root
  if (!ROOTS.has(root.name)) {
    const problem = `its root element is <${quoted(root.name)}>, which is no libvirt domain`
    return { problem, line: 1 }
  }
  const domain = elementsNamed(root, 'domain')[0] ?? root
  const shared = interfaceOf(childNamed(domain, 'iommufd')?.attributes['enabled'])
  const found: Found[] = []
  const problem = readElement(domain, shared, found)
  if (problem !== null) return problem
  return vmInput(childNamed(domain, 'name')?.text.trim() ?? null, found)
}

/** Elements whose words are for people, or for other programs. */
const FOR_OTHERS: ReadonlySet<string> = new Set(['metadata', 'description', 'title', 'name', 'os'])

/** Appends what an element gives, and what stands inside it; a problem where that is broken. */
function readElement(
  element: XmlElement,
  shared: VmInterface | null,
  found: Found[],
): InputProblem | null {
  if (FOR_OTHERS.has(element.name)) return null
  const own = readOwn(element, shared)
  if (isInputProblem(own)) return own
  found.push(...own)
  for (const child of unreadChildren(element)) {
    const problem = readElement(child, shared, found)
    if (problem !== null) return problem
  }
  return null
}

/** What is inside, without what was read with the element itself. */
function unreadChildren(element: XmlElement): readonly XmlElement[] {
  const { name, attributes, children } = element
  if (name === 'hostdev' || isCommandLine(name) || isHostInterface(element)) return []
  const isNvme = name === 'disk' && attributes['type'] === 'nvme'
  return isNvme ? children.filter((child) => child.name !== 'source') : children
}

function isHostInterface({ name, attributes }: XmlElement): boolean {
  return name === 'interface' && attributes['type'] === 'hostdev'
}

function isCommandLine(name: string): boolean {
  return /^[\w-]+:commandline$/.test(name)
}

function readOwn(element: XmlElement, shared: VmInterface | null): readonly Found[] | InputProblem {
  const { name } = element
  if (name === 'hostdev') return hostDevice(element, shared)
  if (isHostInterface(element)) return functionOf(element, shared)
  if (name === 'interface') return otherInterface(element)
  if (name === 'disk') return nvmeDisk(element, shared)
  if (isCommandLine(name)) return commandLine(element)
  return unknownElement(element)
}

/** What a `<hostdev>` is that is no PCI function (`virDomainHostdevSubsysType`, `virDomainHostdevCapsType`). */
const OTHER_TYPES: ReadonlyMap<string, SkippedKind> = new Map([
  ['usb', 'other-host-device'],
  ['scsi', 'other-host-device'],
  ['scsi_host', 'other-host-device'],
  ['storage', 'other-host-device'],
  ['misc', 'other-host-device'],
  ['net', 'other-host-device'],
] as const)

/** Mediated devices by their `model` (`virMediatedDeviceModelType`). */
const MDEV_MODELS: ReadonlyMap<string, SkippedKind> = new Map([
  ['vfio-ccw', 'ccw'],
  ['vfio-ap', 'ap'],
] as const)

function hostDevice(element: XmlElement, shared: VmInterface | null): readonly Found[] {
  const { type = '', mode = '', model = '' } = element.attributes
  if (type === 'pci') return functionOf(element, shared)
  const text = quoted(`hostdev ${mode} ${type} ${model}`)
  if (type === 'mdev') return [{ kind: MDEV_MODELS.get(model) ?? 'mediated', text }]
  const kind = OTHER_TYPES.get(type)
  return [kind === undefined ? { cause: 'unknown-option', text } : { kind, text }]
}

/** Kinds of interfaces that are no function of the host (`virDomainNetType`). */
const VIRTUAL_INTERFACES =
  /^(?:bridge|client|direct|ethernet|internal|mcast|null|server|udp|user|vdpa|vds|vhostuser)$/

function otherInterface(element: XmlElement): readonly Found[] {
  const { type = '' } = element.attributes
  if (type === 'network') return networkInterface(element)
  if (VIRTUAL_INTERFACES.test(type)) return []
  return [{ cause: 'unknown-option', text: quoted(`interface ${type}`) }]
}

/**
 * A network may be a pool of VFs, from which libvirt takes one at the start; the domain does not tell. One with a bridge is
 * none, and `default` is the network with address translation that libvirt itself brings.
 */
function networkInterface(element: XmlElement): readonly Found[] {
  const { network = '', bridge } = childNamed(element, 'source')?.attributes ?? {}
  if (bridge !== undefined || network === 'default') return []
  return [{ which: { by: 'network', name: network }, managed: true, via: null, token: null }]
}

/** `<disk type='nvme'>`: QEMU drives the controller itself, through VFIO. */
function nvmeDisk(element: XmlElement, shared: VmInterface | null): readonly Found[] {
  if (element.attributes['type'] !== 'nvme') return []
  const source = childNamed(element, 'source')
  if (source === undefined) return [{ cause: 'no-address', text: quoted(element.name) }]
  // Its `<driver>` is about the format of the disk.
  const { name, text } = element
  return functionOf({ name, text, attributes: source.attributes, children: [source] }, shared)
}

function functionOf(element: XmlElement, shared: VmInterface | null): readonly Found[] {
  const source = childNamed(element, 'source')
  const place = source === undefined ? undefined : placeOf(childNamed(source, 'address'))
  if (source === undefined || place === undefined) {
    return [{ cause: 'no-address', text: quoted(element.name) }]
  }
  const { name: through = 'vfio', iommufd } = childNamed(element, 'driver')?.attributes ?? {}
  const device: InputDevice = {
    which: { by: 'address', place },
    managed: isOn(element.attributes['managed']),
    via: interfaceOf(iommufd) ?? shared,
    token: elementsNamed(source, 'vf-token')[0]?.attributes['uuid'] ?? null,
  }
  if (through === 'vfio') return [device]
  return [device, { cause: 'not-vfio', text: quoted(`${element.name}, driver ${through}`) }]
}

/** `<domain:commandline>` with an `<domain:arg value='…'/>` for each word. */
function commandLine(element: XmlElement): readonly Found[] | InputProblem {
  const words = element.children
    .filter(({ name }) => name.endsWith(':arg'))
    .map(({ attributes }) => attributes['value'] ?? '')
  const read = readQemuWords(words)
  return isInputProblem(read) ? read : read.found
}

/** Devices whose `<source>` is the address of a function, in an element that is not known here; and other words of functions. */
function unknownElement({ name, attributes, children, text }: XmlElement): readonly Found[] {
  const source = name === 'source' ? childNamed({ children }, 'address') : undefined
  const isAddress =
    source?.attributes['bus'] !== undefined && source.attributes['slot'] !== undefined
  return [
    ...(isAddress
      ? [
          {
            cause: 'unknown-option',
            text: 'the source of a device that is not known here',
          } as const,
        ]
      : []),
    ...traces([...Object.values(attributes), text]),
  ]
}

function isOn(value: string | undefined): boolean {
  return value === 'yes' || value === 'on'
}

/** The way in that a switch of iommufd states; null: it states none. */
function interfaceOf(iommufd: string | undefined): VmInterface | null {
  if (iommufd === undefined) return null
  return isOn(iommufd) ? 'iommufd' : 'group'
}
