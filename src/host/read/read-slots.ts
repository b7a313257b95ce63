import { type Gap, known, type Observed, valueOrNull } from '../gap.js'
import { type PciAddress, parseBusId, parsePciAddress } from '../pci-address.js'
import type { RawFunction, RawSlot } from '../raw-host.js'
import { gapOf, malformedText, orNone, unknownOf } from '../tree/failure.js'
import { type HostTree, isFailure } from '../tree/tree.js'
import { joinPath, nameOf, parentOf } from '../tree/tree-path.js'

export interface Slots {
  readonly slots: Observed<readonly RawSlot[]>
  readonly pciehpPorts: Observed<ReadonlySet<PciAddress>>
  readonly hotplugPorts: ReadonlySet<PciAddress>
  readonly gaps: readonly Gap[]
}

const SLOTS = 'sys/bus/pci/slots'
const PORT_DRIVERS = 'sys/bus/pci_express/drivers'
const PORT_SERVICES = 'sys/bus/pci_express/devices'
const PCIEHP = `${PORT_DRIVERS}/pciehp`

/** Reads the slots and the ports that pciehp serves (`docs/reference/hot-reset.md#does-a-reset-exist`). */
export function readSlots(tree: HostTree): Slots {
  const gaps: Gap[] = []
  return {
    slots: listSlots(tree, gaps),
    pciehpPorts: listPciehpPorts(tree),
    hotplugPorts: listHotplugPorts(tree),
    gaps,
  }
}

/** A live kernel makes the folder whether or not it has slots, unless it is built without them. */
function listSlots(tree: HostTree, gaps: Gap[]): Observed<readonly RawSlot[]> {
  const names = tree.list(SLOTS)
  if (isFailure(names)) return orNone(tree.origin, SLOTS, names, [])
  const slots: RawSlot[] = []
  for (const name of names) {
    const slot = readSlot(tree, name)
    if ('why' in slot) gaps.push(slot)
    else slots.push(slot)
  }
  return known(slots)
}

function readSlot(tree: HostTree, name: string): RawSlot | Gap {
  const folder = joinPath(SLOTS, name)
  // Listed first: what a listing tells of a file saves a look at it.
  const files = tree.list(folder)
  const path = joinPath(folder, 'address')
  const text = tree.readText(path)
  if (isFailure(text)) return gapOf(tree.origin, path, text)
  const place = parseSlotAddress(text)
  if (place === undefined) return malformedText(path, text)
  if (isFailure(files)) return gapOf(tree.origin, folder, files)
  // The slot can be older than its driver (ACPI's); this file comes with the driver.
  const takenAt = files.includes('power') ? timeOf(tree, joinPath(folder, 'power')) : null
  if (!files.includes('module')) return { name, ...place, module: null, takenAt }
  const module = tree.readLink(joinPath(folder, 'module'))
  if (isFailure(module)) return gapOf(tree.origin, joinPath(folder, 'module'), module)
  return { name, ...place, module: nameOf(module), takenAt }
}

/** When the functions below ports with a hotplug service were bound to vfio drivers. */
export function readBinds(
  tree: HostTree,
  functions: readonly RawFunction[],
  { hotplugPorts }: Pick<Slots, 'hotplugPorts'>,
): ReadonlyMap<PciAddress, number | null> {
  if (hotplugPorts.size === 0) return new Map()
  const bound = functions.filter(({ path, driver, vfioDev }) => {
    const port = parsePciAddress(nameOf(parentOf(path)))
    const isVfio = driver.known && driver.value?.includes('vfio') === true
    return port !== undefined && hotplugPorts.has(port) && (isVfio || valueOrNull(vfioDev) !== null)
  })
  return new Map(
    bound.map(({ address, path }) => [address, timeOf(tree, joinPath(path, 'driver'))]),
  )
}

function timeOf(tree: HostTree, path: string): number | null {
  const at = tree.madeAt(path)
  return isFailure(at) ? null : at
}

/** `DDDD:BB:DD`, or `DDDD:BB` of a placeholder (`address_read_file`). */
function parseSlotAddress(text: string): Pick<RawSlot, 'bus' | 'device'> | undefined {
  const whole = parseBusId(text)
  if (whole !== undefined) return { bus: whole, device: null }
  const bus = parseBusId(text.slice(0, -3))
  const device = /:[0-9a-f]{2}$/.test(text) ? Number.parseInt(text.slice(-2), 16) : undefined
  return bus === undefined || device === undefined ? undefined : { bus, device }
}

/** Links such as `0000:00:1c.0:pcie004`: port and service. Without pciehp among the port drivers it serves none. */
function listPciehpPorts(tree: HostTree): Observed<ReadonlySet<PciAddress>> {
  const names = tree.list(PCIEHP)
  if (!isFailure(names)) return known(new Set(names.flatMap((name) => portOf(name) ?? [])))
  const isWithout =
    names.why === 'absent' && (tree.origin.kind === 'live' || !isFailure(tree.list(PORT_DRIVERS)))
  return isWithout ? known(new Set()) : unknownOf(tree.origin, PCIEHP, names)
}

function portOf(service: string): PciAddress | undefined {
  return parsePciAddress(service.slice(0, service.lastIndexOf(':')))
}

/** Ports with a hotplug service, bound or not. Nothing but a warning rests on them, so a copy without them lacks nothing. */
function listHotplugPorts(tree: HostTree): ReadonlySet<PciAddress> {
  const names = tree.list(PORT_SERVICES)
  const services = isFailure(names) ? [] : names.filter((name) => HOTPLUG.test(name))
  return new Set(services.flatMap((name) => portOf(name) ?? []))
}

/** `pcieTSS`, port type and service: PCIE_PORT_SERVICE_HP is 4 (`get_descriptor_id`, drivers/pci/pcie/portdrv.c). */
const HOTPLUG = /:pcie[0-9a-f]+04$/
