import { deviceAt } from './cloud-hypervisor.js'
import { at, entriesAt, listAt, textAt, type Value, wordsIn } from './structured.js'
import { traces } from './traces.js'
import { type Found, quoted, type VmInput, vmInput } from './vm-input.js'

/** Keys of a `VmConfig`, without two of which a document is none. */
const KEYS: ReadonlySet<string> = new Set([
  'balloon',
  'console',
  'cpus',
  'devices',
  'disks',
  'fs',
  'iommu',
  'kernel',
  'memory',
  'net',
  'numa',
  'payload',
  'platform',
  'pmem',
  'rng',
  'serial',
  'user_devices',
  'vdpa',
  'vsock',
])

/** Whether a document is the configuration of a VM for Cloud Hypervisor's API, or one device of it. */
export function isCloudHypervisorConfig(document: Value): boolean {
  const keys = entriesAt(document).map(([key]) => key)
  return (
    keys.filter((key) => KEYS.has(key)).length >= 2 || isDevices(document) || isDevice(document)
  )
}

function isDevices(document: Value): boolean {
  return listAt(document, 'devices').some(isDevice)
}

function isDevice(value: Value): boolean {
  return /^\/sys\//.test(textAt(value, 'path') ?? '')
}

/** What `vm.create` and `vm.add-device` of Cloud Hypervisor's API give to a VM: `devices[].path`. */
export function readCloudHypervisorConfig(document: Value): readonly VmInput[] {
  const via = at(document, 'platform', 'iommufd') === true ? 'iommufd' : null
  const devices = isDevice(document) ? [document] : listAt(document, 'devices')
  const found = devices.map((each): Found => {
    const path = textAt(each, 'path')
    return path === null
      ? { cause: 'no-address', text: quoted(JSON.stringify(each)) }
      : deviceAt(path, via)
  })
  const rest = isDevice(document)
    ? []
    : entriesAt(document).flatMap(([key, value]) =>
        key === 'devices' ? [] : [key, ...wordsIn(value)],
      )
  return [vmInput(null, [...found, ...traces(rest)], 'cloud-hypervisor')]
}
