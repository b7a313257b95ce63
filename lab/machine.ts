import type { Survey, SurveyedFunction } from './agent/protocol.js'

/** A booted machine as those see it who write scenarios for it. */
export interface Machine {
  /** Functions that scenarios may bind and open, sorted by address. */
  readonly functions: readonly TestFunction[]
  /** Those whose reset scenarios ask for. */
  readonly targets: readonly TestFunction[]
  /** Whether its kernel has cdevs and iommufd. */
  readonly hasCdev: boolean
  /** Share of the scenarios drawn at random before which slots or functions come and go. */
  readonly movingShare: number
}

export interface TestFunction {
  readonly address: string
  readonly bus: string
  /** null where there is no IOMMU. */
  readonly group: number | null
  /** The driver that a host would use it with. */
  readonly hostDriver: string
  readonly isVirtual: boolean
  /** Its own physical function, for a virtual one. */
  readonly physfn: string | null
  /** Keeps this driver for the whole boot; null: scenarios choose. */
  readonly fixedDriver: string | null
  /** Nothing above it: no bus to reset. */
  readonly isOnRootBus: boolean
  /** How many virtual functions it has. */
  readonly vfs: number
  /** The port above it that pciehp has made a slot below; null: there is none. */
  readonly slotPort: string | null
}

/** What each emulated device is driven by. */
const HOST_DRIVERS: Readonly<Record<string, string>> = {
  '8086:100e': 'e1000',
  '8086:10d3': 'e1000e',
  '8086:10c9': 'igb',
  '8086:10ca': 'igbvf',
  '1b36:0010': 'nvme',
  // An e1000e that passes for a device whose bus must not be reset; its driver no longer knows it.
  '168c:003c': 'pci-stub',
}

/** What a machine is like besides its functions. */
export interface MachineTraits {
  readonly targets: readonly string[]
  readonly hasCdev: boolean
  readonly moving?: boolean
  /** Functions that are to stay away: nothing may look for them again. */
  readonly remove?: readonly string[]
}

/** `targets`: addresses of the functions to be asked about; empty: all that scenarios may bind. */
export function machineOf(
  { functions }: Survey,
  { targets, hasCdev, moving = false, remove = [] }: MachineTraits,
): Machine {
  const ports = new Set(functions.flatMap(({ address, hasSlot }) => (hasSlot ? [address] : [])))
  const tested = functions
    .filter(({ isTested }) => isTested)
    .map((one) => ({
      ...testFunction(one, ports),
      vfs: functions.filter(({ physfn }) => physfn === one.address).length,
    }))
  const bindable = tested.filter(({ fixedDriver }) => (fixedDriver ?? 'vfio-pci') === 'vfio-pci')
  const wanted = bindable.filter(({ address }) => targets.length === 0 || targets.includes(address))
  const movingShare = remove.length > 0 ? 0 : moving ? 0.8 : 0.2
  return { functions: tested, targets: wanted, hasCdev, movingShare }
}

/** Functions on the bus of `one`, itself left out: what its reset takes along, if nothing else is there. */
export function siblingsOf({ functions }: Machine, one: TestFunction): readonly TestFunction[] {
  return functions.filter(({ address, bus }) => bus === one.bus && address !== one.address)
}

/** Functions of the group of `one` on other buses: they decide whether it can be opened, and are not reset with it. */
export function distantGroupMembers(
  { functions }: Machine,
  one: TestFunction,
): readonly TestFunction[] {
  return functions.filter(
    ({ bus, group }) => bus !== one.bus && group !== null && group === one.group,
  )
}

/** A function that shares neither bus nor group with `one`. */
export function strangerTo({ functions }: Machine, one: TestFunction): TestFunction | undefined {
  return functions.find(
    ({ bus, group, fixedDriver }) => bus !== one.bus && group !== one.group && fixedDriver === null,
  )
}

function testFunction(
  one: SurveyedFunction,
  ports: ReadonlySet<string>,
): Omit<TestFunction, 'vfs'> {
  return {
    address: one.address,
    bus: one.address.slice(0, 7),
    group: one.group,
    hostDriver: hostDriverOf(one),
    isVirtual: one.physfn !== null,
    physfn: one.physfn,
    fixedDriver: one.fixedDriver,
    isOnRootBus: one.parent === null,
    slotPort: one.parent !== null && ports.has(one.parent) ? one.parent : null,
  }
}

/** A virtual NVMe controller is offline until its physical one is told otherwise: nvme does not take it (ENODEV). */
function hostDriverOf({ id, physfn }: SurveyedFunction): string {
  const driver = HOST_DRIVERS[id] ?? 'pci-stub'
  return physfn !== null && driver === 'nvme' ? 'pci-stub' : driver
}
