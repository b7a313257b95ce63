import type { PciAddress } from '../host/pci-address.js'
import type { HeaderKind } from '../pci/device.js'
import type { PortType } from '../pci/port-type.js'
import { remembered } from '../text/lists.js'
import { classWords } from './class-words.js'
import { isStated } from './stated.js'
import type { DeviceName, Stated } from './values.js'

/** What a function's name is made from; functions that are merely mentioned come without their numbers. */
export interface NamedFacts {
  readonly name: DeviceName | null
  readonly classCode: Stated<string>
  readonly parent: Stated<PciAddress | null>
  readonly vendorId?: Stated<string>
  readonly deviceId?: Stated<string>
}

/** `VGA: NVIDIA GA102 [GeForce RTX 3090]`; without names `0300: 10de:2204`, as `lspci -n` has it. */
export function describeFunction(facts: NamedFacts): string {
  const model = modelName(facts)
  const kind = classLabel(facts)
  return model === null ? kind : `${kind}: ${model}`
}

/** `NVIDIA GA102 [GeForce RTX 3090]`, `Intel Device 4621` or `10de:2204`; null: nothing to name it by. */
export function modelName({ name, vendorId, deviceId }: NamedFacts): string | null {
  const numbers = idText(vendorId, deviceId)
  if (name === null || name.vendor === null) return numbers
  if (name.device !== null) return remembered(MODELS, name, () => wholeName(name))
  const vendor = shortVendor(name.vendor)
  return deviceId !== undefined && isStated(deviceId) ? `${vendor} Device ${deviceId}` : vendor
}

/** Functions with the same numbers have one name between them. */
const MODELS = new WeakMap<DeviceName, string>()

function wholeName({ vendor, device }: DeviceName): string {
  const short = vendor === null ? '' : shortVendor(vendor)
  if (device === null) return short
  return device.startsWith(short) ? device : `${short} ${device}`
}

/** The class in a word or two: ours, else that of pci.ids, else the number. With `-n` the number alone. */
function classLabel({ name, classCode, parent }: NamedFacts): string {
  const code = isStated(classCode) ? classCode.slice(0, 4) : 'class not read'
  if (name === null) return code
  return classWords(classCode, parent === null).label ?? name.class ?? code
}

function idText(
  vendorId: Stated<string> | undefined,
  deviceId: Stated<string> | undefined,
): string | null {
  if (vendorId === undefined || deviceId === undefined) return null
  if (!isStated(vendorId) && !isStated(deviceId)) return null
  return `${isStated(vendorId) ? vendorId : '????'}:${isStated(deviceId) ? deviceId : '????'}`
}

const COMPANY_FORM =
  /,? (?:Corporation|Corp\.?|Incorporated|Inc\.?|Limited|Ltd\.?|Co\.?,? Ltd\.?|LLC|GmbH|AG|Technologies|Technology|Semiconductor|Electronics|and subsidiaries)$/i

/** `Advanced Micro Devices, Inc. [AMD]` is AMD, `NVIDIA Corporation` is NVIDIA. */
function shortVendor(vendor: NonNullable<DeviceName['vendor']>): string {
  const mark = /\[([^[\]]+)\]$/.exec(vendor)?.[1]
  if (mark !== undefined) return mark
  let short = vendor
  for (let next = short.replace(COMPANY_FORM, ''); next !== short; ) {
    short = next
    next = short.replace(COMPANY_FORM, '')
  }
  return short === '' ? vendor : short
}

/** Port types in words. */
const PORT_WORDS = {
  endpoint: 'endpoint',
  'legacy-endpoint': 'legacy endpoint',
  'root-port': 'root port',
  'upstream-port': 'switch upstream port',
  'downstream-port': 'switch downstream port',
  'pcie-to-pci-bridge': 'PCIe-to-PCI bridge',
  'pci-to-pcie-bridge': 'PCI-to-PCIe bridge',
  'rc-endpoint': 'integrated endpoint',
  'rc-event-collector': 'event collector',
  conventional: 'conventional PCI',
} as const satisfies Record<PortType, string>

/** Port type in words; `port of unknown type` where it was not read. */
export function portWords({
  portType,
  header,
}: {
  readonly portType: Stated<PortType>
  readonly header: Stated<HeaderKind>
}): string {
  if (!isStated(portType)) return isBridge({ header }) ? 'bridge' : 'function'
  return isBridge({ header }) && portType === 'conventional' ? 'PCI bridge' : PORT_WORDS[portType]
}

/** Whether a function is a bridge; false also where its header was not read. */
export function isBridge({ header }: { readonly header: Stated<HeaderKind> }): boolean {
  return isStated(header) && header !== 'normal'
}

/** A value of the host in a table: `-` for none, `?` for not known. */
export function cellText(value: Stated<string | number | null>): string {
  if (!isStated(value)) return '?'
  return value === null ? '-' : String(value)
}
