import { at, entriesAt, listAt, textAt, type Value, wordsIn } from './structured.js'
import { traces } from './traces.js'
import { type Found, parsePlace, quoted, type VmInput, vmInput } from './vm-input.js'

/** Whether a document is an object of KubeVirt or Harvester. */
export function isKubeVirtObject(document: Value): boolean {
  return /(?:^|\.)(?:kubevirt|harvesterhci)\.io\//.test(textAt(document, 'apiVersion') ?? '')
}

/**
 * What objects of KubeVirt give to their VMs: `gpus` and `hostDevices` of a VM or VMI, by the `permittedHostDevices` of a KubeVirt
 * object among `all`, those of further texts too. Without a VM there every permitted function goes to a VM of its own, and so does
 * what a PCIDeviceClaim of Harvester gives away.
 */
export function readKubeVirt(
  documents: readonly Value[],
  all: readonly Value[] = documents,
): readonly VmInput[] {
  const own = objectsIn(documents)
  const objects = objectsIn(all)
  const permitted = objects.flatMap(permittedDevices)
  const hasVm = objects.some(isVm)
  const given = [
    ...own.flatMap(claimedFunction),
    ...own.flatMap(otherObject),
    ...(hasVm ? [] : eachPermitted(own.flatMap(permittedDevices))),
  ]
  const described = own.filter(isVm).map((each) => readVm(each, permitted, objects))
  return given.length === 0 && hasVm ? described : [...described, vmInput(null, given)]
}

/** Also those of a list, as `kubectl get -o yaml` prints it. */
function objectsIn(documents: readonly Value[]): readonly Value[] {
  return documents.flatMap((each) => [each, ...listAt(each, 'items')])
}

function isVm(object: Value): boolean {
  return specOf(object) !== undefined
}

/** Spec of the VMI in a VM, a VMI, a replica set or a pool; undefined: another object. */
function specOf(object: Value): Value {
  switch (textAt(object, 'kind')) {
    case 'VirtualMachine':
    case 'VirtualMachineInstanceReplicaSet':
      return at(object, 'spec', 'template', 'spec') ?? {}
    case 'VirtualMachinePool':
      return at(object, 'spec', 'virtualMachineTemplate', 'spec', 'template', 'spec') ?? {}
    case 'VirtualMachineInstance':
    case 'VirtualMachineInstancePreset':
      return at(object, 'spec') ?? {}
    default:
      return undefined
  }
}

function readVm(
  object: Value,
  permitted: readonly Permitted[],
  objects: readonly Value[],
): VmInput {
  const spec = specOf(object)
  const devices = at(spec, 'domain', 'devices')
  const types = [
    at(object, 'spec', 'instancetype'),
    at(object, 'spec', 'virtualMachineTemplate', 'spec', 'instancetype'),
  ]
  const found = [
    ...resourcesFound([...listAt(devices, 'gpus'), ...listAt(devices, 'hostDevices')], permitted),
    ...listAt(devices, 'interfaces').flatMap(interfaceFound),
    ...types.flatMap((type) => typeFound(type, permitted, objects)),
    ...otherDevices(devices),
    ...traces(annotationWords(object)),
  ]
  return vmInput(textAt(object, 'metadata', 'name'), found)
}

/** Keys of `devices` that are read, or give no PCI function whatever they say (KubeVirt's API, type Devices). */
const KEYS =
  /^(?:autoattach\w+|blockMultiQueue|clientPassthrough|disableHotplug|disks|downwardMetrics|filesystems|gpus|hostDevices|inputs|interfaces|logSerialConsole|networkInterfaceMultiqueue|panicDevices|rng|sound|tpm|useVirtioTransitional|video|watchdog)$/

function otherDevices(devices: Value): readonly Found[] {
  return entriesAt(devices).flatMap(([key, value]): readonly Found[] =>
    KEYS.test(key)
      ? []
      : [{ cause: 'unknown-option', text: quoted(`${key}: ${JSON.stringify(value)}`) }],
  )
}

/** A sidecar may change the domain: `hooks.kubevirt.io/hookSidecars`. */
function annotationWords(object: Value): readonly string[] {
  return [
    ...entriesAt(object, 'metadata', 'annotations'),
    ...entriesAt(object, 'spec', 'template', 'metadata', 'annotations'),
  ].flatMap(([key, value]) => [key, ...wordsIn(value)])
}

/** What may be given away under a name: functions, or mediated devices. */
type Permitted = PermittedFunction | { readonly resource: string; readonly vendor: null }

interface PermittedFunction {
  readonly resource: string
  readonly vendor: number
  readonly device: number
}

/** `pciVendorSelector: "10DE:1EB8"` with its `resourceName`; one that cannot be read permits nothing known. */
function permittedDevices(object: Value): readonly Permitted[] {
  const permitted = at(object, 'spec', 'configuration', 'permittedHostDevices')
  const mediated = listAt(permitted, 'mediatedDevices').flatMap((each): readonly Permitted[] => {
    const resource = textAt(each, 'resourceName')
    return resource === null ? [] : [{ resource, vendor: null }]
  })
  const functions = listAt(permitted, 'pciHostDevices').flatMap((each): readonly Permitted[] => {
    const resource = textAt(each, 'resourceName')
    const ids = /^([0-9a-f]{4}):([0-9a-f]{4})$/i.exec(textAt(each, 'pciVendorSelector') ?? '')
    if (resource === null || ids === null) return []
    const [, vendor = '', device = ''] = ids
    return [{ resource, vendor: Number.parseInt(vendor, 16), device: Number.parseInt(device, 16) }]
  })
  return [...functions, ...mediated]
}

/** Devices of a VM, counted by the resource that they name. */
function resourcesFound(
  devices: readonly Value[],
  permitted: readonly Permitted[],
): readonly Found[] {
  const counts = new Map<string, number>()
  const found: Found[] = []
  for (const each of devices) {
    const resource = textAt(each, 'deviceName')
    if (resource !== null) counts.set(resource, (counts.get(resource) ?? 0) + 1)
    // A claim of dynamic resource allocation, or something newer.
    else found.push({ cause: 'pool', text: quoted(JSON.stringify(each)) })
  }
  return [
    ...found,
    ...[...counts].map(([resource, count]) => resourceFound(resource, count, permitted)),
  ]
}

function resourceFound(resource: string, count: number, permitted: readonly Permitted[]): Found {
  const [only, another] = permitted.filter((each) => each.resource === resource)
  const text = quoted(`deviceName: ${resource}`)
  if (only === undefined) return { cause: 'resource', text: quoted(resource) }
  if (another !== undefined) return { cause: 'pool', text }
  return only.vendor === null ? { kind: 'mediated', text } : byIds(only, count, text)
}

function byIds({ vendor, device }: PermittedFunction, count: number | 'each', text: string): Found {
  const which = { by: 'ids', pattern: { vendor, device, address: null }, count, text } as const
  return { which, managed: false, via: null, token: null }
}

function eachPermitted(permitted: readonly Permitted[]): readonly Found[] {
  return permitted.map((each) =>
    each.vendor === null
      ? { kind: 'mediated', text: quoted(each.resource) }
      : byIds(each, 'each', quoted(each.resource)),
  )
}

/** An interface with `sriov` is a VF that a device plugin chooses. */
function interfaceFound(value: Value): readonly Found[] {
  if (at(value, 'sriov') === undefined) return []
  return [{ cause: 'pool', text: quoted(`interface ${textAt(value, 'name') ?? ''} with sriov`) }]
}

/** An instance type may give GPUs and host devices too. */
function typeFound(
  reference: Value,
  permitted: readonly Permitted[],
  objects: readonly Value[],
): readonly Found[] {
  if (reference === undefined) return []
  const name = textAt(reference, 'name')
  const type = objects.find(
    (each) =>
      /^VirtualMachine(?:Cluster)?Instancetype$/i.test(textAt(each, 'kind') ?? '') &&
      textAt(each, 'metadata', 'name') === name,
  )
  if (type === undefined) {
    return [{ cause: 'other-object', text: quoted(`instancetype ${name ?? ''}`) }]
  }
  const devices = [...listAt(type, 'spec', 'gpus'), ...listAt(type, 'spec', 'hostDevices')]
  return resourcesFound(devices, permitted)
}

/** Harvester: `kind: PCIDeviceClaim` with the address of the function. */
function claimedFunction(object: Value): readonly Found[] {
  if (textAt(object, 'kind') !== 'PCIDeviceClaim') return []
  const written = textAt(object, 'spec', 'address') ?? ''
  const place = parsePlace(written)
  if (place === undefined)
    return [{ cause: 'no-address', text: quoted(`PCIDeviceClaim ${written}`) }]
  return [{ which: { by: 'address', place }, managed: true, via: null, token: null }]
}

/** Objects that are read. */
const READ =
  /^(?:KubeVirt|PCIDeviceClaim|VirtualMachine(?:(?:Cluster)?Instancetype|Instance|InstancePreset|InstanceReplicaSet|Pool)?)$/

/** Another object, such as the PCIDevice of an inventory, may speak of functions too. */
function otherObject(object: Value): readonly Found[] {
  return !isKubeVirtObject(object) || READ.test(textAt(object, 'kind') ?? '')
    ? []
    : traces(wordsIn(object))
}
