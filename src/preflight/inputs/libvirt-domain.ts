import {
  type InputDevice,
  type InputPlace,
  type InputProblem,
  isInputProblem,
  quoted,
  type SkippedDevice,
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
 * What a libvirt domain XML gives to its VM: `<hostdev>` of PCI functions, `<interface type='hostdev'>`, and disks on an NVMe
 * controller (libvirt, docs/formatdomain.rst).
 */
export function parseLibvirtDomain(xml: string): VmInput | InputProblem {
  const root = parseXml(xml)
  if (isInputProblem(root)) return root
  if (!ROOTS.has(root.name)) {
    const problem = `its root element is <${quoted(root.name)}>, which is no libvirt domain`
    return { problem, line: 1 }
  }
  const domain = elementsNamed(root, 'domain')[0] ?? root
  const shared = isOn(childNamed(domain, 'iommufd')?.attributes['enabled']) ? 'iommufd' : null
  const found = [
    ...elementsNamed(domain, 'hostdev').map((each) => hostDevice(each, shared)),
    ...elementsNamed(domain, 'interface').map((each) => hostInterface(each, shared)),
    ...elementsNamed(domain, 'disk').map((each) => nvmeDisk(each, shared)),
  ].filter((each) => each !== null)
  const name = childNamed(domain, 'name')?.text.trim()
  return vmInput(name === undefined || name === '' ? null : name, found)
}

type Found = InputDevice | SkippedDevice | null

function hostDevice(element: XmlElement, shared: InputDevice['way']): Found {
  const { type, mode } = element.attributes
  if (type === 'pci') return functionOf(element, shared)
  const text = quoted(`hostdev ${mode ?? ''} ${type ?? ''}`)
  return { kind: type === 'mdev' ? 'mediated' : 'other-host-device', text }
}

function hostInterface(element: XmlElement, shared: InputDevice['way']): Found {
  return element.attributes['type'] === 'hostdev' ? functionOf(element, shared) : null
}

/** `<disk type='nvme'>`: QEMU drives the controller itself, through VFIO. */
function nvmeDisk(element: XmlElement, shared: InputDevice['way']): Found {
  if (element.attributes['type'] !== 'nvme') return null
  const source = childNamed(element, 'source')
  return functionOf({ ...element, attributes: { ...source?.attributes } }, shared)
}

function functionOf(element: XmlElement, shared: InputDevice['way']): Found {
  const source = childNamed(element, 'source')
  const place = source === undefined ? undefined : placeOf(childNamed(source, 'address'))
  if (source === undefined || place === undefined) {
    return { kind: 'no-address', text: quoted(element.name) }
  }
  const token = elementsNamed(source, 'vf-token')[0]?.attributes['uuid']
  const own = isOn(childNamed(element, 'driver')?.attributes['iommufd']) ? 'iommufd' : null
  return {
    place,
    managed: isOn(element.attributes['managed']),
    way: own ?? shared,
    token: token ?? null,
  }
}

/** `<address domain='0x0000' bus='0x03' slot='0x00' function='0x0'/>`; the domain may be left out. */
function placeOf(address: XmlElement | undefined): InputPlace | undefined {
  if (address === undefined) return undefined
  const { domain: stated, bus: ofBus, slot, function: ofFunction } = address.attributes
  const domain = stated === undefined ? 0 : numberOf(stated, 0xffff_ffff)
  const bus = numberOf(ofBus, 0xff)
  const device = numberOf(slot, 0x1f)
  const func = ofFunction === undefined ? 0 : numberOf(ofFunction, 7)
  if (domain === undefined || bus === undefined) return undefined
  return device === undefined || func === undefined ? undefined : { domain, bus, device, func }
}

/** As `virStrToLong_uip` with base 0: hexadecimal after `0x`, octal after `0`, else decimal. */
function numberOf(text: string | undefined, most: number): number | undefined {
  if (text === undefined || !/^(?:0x[0-9a-f]{1,8}|[0-9]{1,10})$/i.test(text)) return undefined
  const base = /^0x/i.test(text) ? 16 : /^0[0-7]+$/.test(text) ? 8 : 10
  const value = Number.parseInt(text.replace(/^0x/i, ''), base)
  return value <= most ? value : undefined
}

function isOn(value: string | undefined): boolean {
  return value === 'yes' || value === 'on'
}
