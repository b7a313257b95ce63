import { encodeConfig, parseIds } from './config-bytes.js'
import type { FunctionSpec } from './functions.js'
import { type HostFiles, linkTo } from './host-files.js'
import { busNumber, busOf, type Places, requesterId } from './places.js'

/** vfio device of a function: what stands in its `vfio-dev` folder. */
export interface VfioDevice {
  readonly name: string
  readonly cdev: boolean
}

/** Everything that sysfs shows for one function. */
export function functionFiles(
  spec: FunctionSpec,
  places: Places,
  vfioDevice: VfioDevice | null,
): HostFiles {
  const path = places.pathOf(spec.address)
  const device = `sys/bus/pci/devices/${spec.address}`
  const files: HostFiles = { [device]: linkTo(device, path) }
  const put = (name: string, text: string) => {
    // An emptied `reset_method` reads as zero bytes; no other attribute is ever empty.
    files[`${path}/${name}`] = text === '' ? '' : `${text}\n`
  }
  const link = (name: string, to: string) => {
    files[`${path}/${name}`] = linkTo(`${path}/${name}`, to)
  }
  putAttributes(spec, put)
  const config = encodeConfig(spec, relationsOf(spec, places))
  if (config !== undefined) files[`${path}/config`] = config
  link('subsystem', 'sys/bus/pci')
  if (spec.driver !== undefined) {
    link('driver', `sys/bus/pci/drivers/${spec.driver}`)
    const bound = `sys/bus/pci/drivers/${spec.driver}/${spec.address}`
    files[bound] = linkTo(bound, path)
  }
  if (spec.group !== undefined) link('iommu_group', `sys/kernel/iommu_groups/${spec.group}`)
  putVirtual(spec, places, put, link)
  for (const bus of places.childBuses(spec)) put(`pci_bus/${bus}/cpuaffinity`, 'f')
  if (vfioDevice !== null) putVfioDevice(files, path, vfioDevice)
  for (const [name, text] of Object.entries(spec.files ?? {})) files[`${path}/${name}`] = text
  return files
}

type Put = (name: string, text: string) => void

function putAttributes(spec: FunctionSpec, put: Put): void {
  const [vendor, device] = parseIds(spec.id ?? '0000:0000')
  const [subVendor, subDevice] = parseIds(spec.subsystem ?? '0000:0000')
  const classCode = spec.class ?? 0
  put('vendor', `0x${hex(vendor, 4)}`)
  put('device', `0x${hex(device, 4)}`)
  put('subsystem_vendor', `0x${hex(subVendor, 4)}`)
  put('subsystem_device', `0x${hex(subDevice, 4)}`)
  put('class', `0x${hex(classCode, 6)}`)
  put('revision', `0x${hex(spec.revision ?? 0, 2)}`)
  put('enable', String(spec.enable ?? (hasHostDriver(spec) ? 1 : 0)))
  put('irq', '0')
  put(
    'resource',
    Array(7)
      .fill(`0x${hex(0, 16)} 0x${hex(0, 16)} 0x${hex(0, 16)}`)
      .join('\n'),
  )
  put('numa_node', String(spec.numaNode ?? -1))
  if (spec.powerState !== null) put('power_state', spec.powerState ?? 'D0')
  if (spec.runtimeStatus !== null) put('power/runtime_status', spec.runtimeStatus ?? 'active')
  if (spec.bootVga !== undefined) put('boot_vga', spec.bootVga ? '1' : '0')
  const methods = spec.resetMethods === undefined ? methodsOf(spec) : spec.resetMethods
  if (methods !== null) put('reset_method', methods)
  const driver = spec.driver === undefined ? '' : `DRIVER=${spec.driver}\n`
  const id = `${hex(vendor, 4)}:${hex(device, 4)}`.toUpperCase()
  const subsystem = `${hex(subVendor, 4)}:${hex(subDevice, 4)}`.toUpperCase()
  put(
    'uevent',
    `${driver}PCI_CLASS=${classCode.toString(16).toUpperCase()}\nPCI_ID=${id}\n` +
      `PCI_SUBSYS_ID=${subsystem}\nPCI_SLOT_NAME=${spec.address}`,
  )
}

/** Words of the methods that the function's own capabilities give, in the kernel's order. */
function methodsOf(spec: FunctionSpec): string | null {
  const words = [
    spec.flr === true ? 'flr' : '',
    spec.afFlr === true ? 'af_flr' : '',
    spec.pm === true ? 'pm' : '',
  ].filter((word) => word !== '')
  return words.length === 0 ? null : words.join(' ')
}

function putVirtual(
  spec: FunctionSpec,
  places: Places,
  put: Put,
  link: (name: string, to: string) => void,
): void {
  if (spec.vf !== undefined) link('physfn', places.pathOf(spec.vf.pf))
  const virtfns = places.virtfns(spec.address)
  for (const each of virtfns) link(`virtfn${each.vf?.index}`, places.pathOf(each.address))
  if (virtfns.length === 0 && spec.totalVfs === undefined) return
  put('sriov_totalvfs', String(spec.totalVfs ?? virtfns.length))
  put('sriov_numvfs', String(virtfns.length))
}

function putVfioDevice(files: HostFiles, path: string, { name, cdev }: VfioDevice): void {
  const folder = `${path}/vfio-dev/${name}`
  files[`${folder}/uevent`] = ''
  if (cdev) files[`${folder}/dev`] = '251:0\n'
  const link = `sys/class/vfio-dev/${name}`
  files[link] = linkTo(link, folder)
}

function relationsOf(spec: FunctionSpec, places: Places) {
  const secondary = spec.secondary === undefined ? 0 : Number.parseInt(spec.secondary, 16)
  const subordinate = spec.secondary === undefined ? 0 : places.subordinate(spec)
  const bus = busNumber(busOf(spec.address))
  return { bus, secondary, subordinate, vfs: vfsOf(spec, places) }
}

function vfsOf(spec: FunctionSpec, places: Places) {
  const [first, second] = places.virtfns(spec.address)
  const count = places.virtfns(spec.address).length
  if (first === undefined) {
    return spec.totalVfs === undefined
      ? null
      : { total: spec.totalVfs, count, offset: 0, stride: 0 }
  }
  const offset = requesterId(first.address) - requesterId(spec.address)
  const stride = second === undefined ? 1 : requesterId(second.address) - requesterId(first.address)
  return { total: spec.totalVfs ?? count, count, offset, stride }
}

/** A driver that enables the function when it probes; vfio and stub drivers do not. */
function hasHostDriver({ driver }: FunctionSpec): boolean {
  return driver !== undefined && driver !== 'pci-stub' && !isVfioDriver(driver)
}

/** `vfio-pci` and its variants, by the names that the kernel's own ones have. */
export function isVfioDriver(driver: string | undefined): boolean {
  return driver !== undefined && /(^|[-_])vfio([-_]|$)/.test(driver)
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}
