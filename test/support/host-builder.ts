import { functionFiles, isVfioDriver, type VfioDevice } from './function-files.js'
import type { FunctionSpec } from './functions.js'
import { type HostFiles, linkTo } from './host-files.js'
import { groupName, type HostSpec, hasCdev, releaseOf } from './host-spec.js'
import { type Places, placeFunctions } from './places.js'
import { systemFiles } from './system-files.js'

/** The host's files, as a tree for the reader: sysfs, and the parts of proc and dev that are read. */
export function buildHost(spec: HostSpec): HostFiles {
  const places = placeFunctions(spec.functions, spec.rootPaths ?? {})
  const vfioDevices = nameVfioDevices(spec)
  const files: HostFiles = {
    'sys/bus/pci/devices': null,
    'sys/bus/pci/slots': null,
    'sys/kernel/iommu_groups': null,
    'sys/bus/pci_express/drivers/pciehp/bind': '',
  }
  for (const each of spec.functions) {
    const vfioDevice = vfioDevices.get(each.address) ?? null
    Object.assign(files, functionFiles(each, places, vfioDevice), portFiles(each, places))
  }
  for (const { name, address } of spec.slots ?? []) {
    files[`sys/bus/pci/slots/${name}/address`] = `${address}\n`
  }
  Object.assign(files, groupFiles(spec, places), systemFiles(spec, places, vfioDevices), spec.files)
  return files
}

/** Names the vfio devices in the order of the list, as the kernel counts registrations. */
function nameVfioDevices(spec: HostSpec): ReadonlyMap<string, VfioDevice> {
  const named = new Map<string, VfioDevice>()
  const release = releaseOf(spec)
  if (release < 601) return named
  for (const { address, driver, vfioDev, group } of spec.functions) {
    if (vfioDev === null || (vfioDev === undefined && !isVfioDriver(driver))) continue
    const fake = group !== undefined && groupName(spec, group) === 'vfio-noiommu'
    const cdev = hasCdev(spec) && (!fake || release >= 703)
    const prefix = fake && release >= 703 ? 'noiommu-' : ''
    named.set(address, vfioDev ?? { name: `${prefix}vfio${named.size}`, cdev })
  }
  return named
}

/** Services of a port and the slot that pciehp registers for it. */
function portFiles(spec: FunctionSpec, places: Places): HostFiles {
  if (spec.type !== 4 && spec.type !== 6) return {}
  const files: HostFiles = {}
  const service = (code: number, driver: string) => {
    const name = `${spec.address}:pcie${((((spec.type ?? 0) - 4) << 8) | code).toString(16).padStart(3, '0')}`
    const folder = `${places.pathOf(spec.address)}/${name}`
    const bound = `sys/bus/pci_express/drivers/${driver}/${name}`
    const listed = `sys/bus/pci_express/devices/${name}`
    files[`${folder}/uevent`] = ''
    files[`${folder}/driver`] = linkTo(`${folder}/driver`, `sys/bus/pci_express/drivers/${driver}`)
    files[bound] = linkTo(bound, folder)
    files[listed] = linkTo(listed, folder)
  }
  service(1, 'pcie_pme')
  if (spec.pciehp !== true || spec.secondary === undefined) return files
  service(4, 'pciehp')
  const number = spec.slot?.number ?? Number.parseInt(spec.secondary, 16)
  const bus = `${spec.address.slice(0, -8)}:${spec.secondary}`
  files[`sys/bus/pci/slots/${number}/address`] = `${bus}:00\n`
  return files
}

function groupFiles(spec: HostSpec, places: Places): HostFiles {
  const files: HostFiles = {}
  const members = new Map<number, string[]>((spec.groups ?? []).map(({ id }) => [id, []]))
  for (const { address, group } of spec.functions) {
    if (group !== undefined) push(members, group, address)
  }
  for (const [id, addresses] of members) {
    const folder = `sys/kernel/iommu_groups/${id}`
    const described = spec.groups?.find((each) => each.id === id)
    const name = groupName(spec, id)
    const type = described?.type ?? (name === 'vfio-noiommu' ? 'unknown' : 'DMA')
    files[`${folder}/devices`] = null
    files[`${folder}/type`] = `${type}\n`
    if (name !== null) files[`${folder}/name`] = `${name}\n`
    const member = (at: string, target: string) => {
      files[`${folder}/devices/${at}`] = linkTo(`${folder}/devices/${at}`, target)
    }
    for (const address of addresses) member(address, places.pathOf(address))
    for (const other of described?.others ?? []) {
      const path = `sys/devices/platform/${other.name}`
      files[`${path}/uevent`] = ''
      member(other.name, path)
      if (other.driver === null) continue
      files[`${path}/driver`] = linkTo(`${path}/driver`, `sys/bus/platform/drivers/${other.driver}`)
    }
  }
  return files
}

function push(map: Map<number, string[]>, key: number, address: string): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [address])
  else list.push(address)
}
