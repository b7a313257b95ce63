import { known, mapObserved, type Observed } from '../host/gap.js'
import { remembered } from '../text/lists.js'
import { isBridge, type PciDevice } from './device.js'
import { type FlagHost, noBusReset, noFlr, noPmReset } from './flags.js'
import { PCI_CLASS_STORAGE_EXPRESS } from './registers.js'

/**
 * A method of `pci_reset_fn_methods` (drivers/pci/pci.c) that follows from registers and tables; `acpi` and `cxl_bus` do not.
 */
export type FunctionResetMethod =
  /** A reset that the kernel knows for this very function. */
  | 'device_specific'
  /** Function level reset of the PCIe capability. */
  | 'flr'
  /** Function level reset of the Advanced Features capability of conventional PCI. */
  | 'af_flr'
  /** Through D3hot, for functions that lose their state there. It may leave old state behind. */
  | 'pm'
  /** The bus, where the function is alone on it. */
  | 'bus'

/**
 * The resets of the function alone that its capabilities and the kernel's tables allow, in the kernel's order
 * (`pci_init_reset_methods`, 5.15 to 7.3). `reset_method` is the authority where it can be read: an
 * administrator may have changed it, and its `bus` proves nothing about siblings.
 */
export function predictFunctionResets(
  device: PciDevice,
  host: FlagHost,
): Observed<readonly FunctionResetMethod[]> {
  const { functionReset } = device
  const hidden = noFlr(device, host)
  const noPm = noPmReset(device, host)
  const specific = deviceSpecificReset(device)
  const bus = canResetBus(device, host)
  if (!functionReset.known) return functionReset
  if (!hidden.known) return hidden
  if (!noPm.known) return noPm
  if (!specific.known) return specific
  if (!bus.known) return bus
  const { afFlr, pm } = functionReset.value
  const flr = functionReset.value.flr && hidden.value === null
  return methodsThat([
    specific.value === 'always' || (specific.value === 'with-flr' && flr),
    flr,
    afFlr && hidden.value === null,
    pm && !noPm.value,
    bus.value,
  ])
}

/** In the kernel's order. */
const METHODS = ['device_specific', 'flr', 'af_flr', 'pm', 'bus'] as const

/** One list for all functions that have the same methods. */
function methodsThat(arePossible: readonly boolean[]): Observed<readonly FunctionResetMethod[]> {
  const key = arePossible.reduce((bits, isPossible) => bits * 2 + Number(isPossible), 0)
  return remembered(LISTS, key, () => known(METHODS.filter((_, place) => arePossible[place])))
}

const LISTS = new Map<number, Observed<readonly FunctionResetMethod[]>>()

/** Whether a function has a reset of its own: never, whatever it can do, or only as an FLR with something around it. */
type SpecificReset = 'none' | 'always' | 'with-flr'

/** `pci_dev_reset_methods` (drivers/pci/quirks.c), by vendor and device. */
const DEVICE_SPECIFIC: ReadonlyMap<number, ReadonlyMap<number, SpecificReset>> = new Map([
  [
    0x8086,
    new Map<number, SpecificReset>([
      [0x10ed, 'always'],
      [0x0156, 'always'],
      [0x0166, 'always'],
      [0x0953, 'with-flr'],
      [0x0a54, 'with-flr'],
    ]),
  ],
  [0x144d, new Map<number, SpecificReset>([[0xa804, 'with-flr']])],
  [0x025e, new Map<number, SpecificReset>([[0xf1ac, 'with-flr']])],
  [0x19e5, new Map<number, SpecificReset>([[0x375e, 'always']])],
])

/** Chelsio T4: every ID of the family. */
const CHELSIO = 0x1425

function deviceSpecificReset({ raw }: PciDevice): Observed<SpecificReset> {
  const { vendorId, deviceId, classCode } = raw
  if (!vendorId.known) return vendorId
  if (!deviceId.known) return deviceId
  if (vendorId.value === CHELSIO) {
    return known((deviceId.value & 0xf000) === 0x4000 ? 'always' : 'none')
  }
  const found = DEVICE_SPECIFIC.get(vendorId.value)?.get(deviceId.value) ?? 'none'
  if (found === 'none' || vendorId.value !== 0x144d) return known(found)
  return mapObserved(classCode, (code) =>
    code >>> 8 === PCI_CLASS_STORAGE_EXPRESS ? found : 'none',
  )
}

/** `pci_parent_bus_reset`: alone on a bus that has a bridge. It asks the function's own flag, not the bridge's. */
function canResetBus(device: PciDevice, host: FlagHost): Observed<boolean> {
  const bus = host.topology.byBus.get(device.bus)
  if (bus === undefined || bus.bridge === null || bus.devices.length > 1) return known(false)
  if (isBridge(device)) return known(false)
  const flag = noBusReset(device, host)
  return flag.known ? known(flag.value === null) : flag
}
