import { type Gap, known, mapObserved, type Observed, unknown } from '../host/gap.js'
import { carries } from '../kernel/kernel-change.js'
import { isBridge, type PciDevice } from '../pci/device.js'
import { noBusReset } from '../pci/flags.js'
import { predictFunctionResets } from '../pci/function-reset.js'
import { KERNEL_RULES } from './kernel-rules.js'
import type { VfioHost } from './vfio-host.js'

/** The resets that act on one function alone and work, as they are on this host. */
export interface OwnReset {
  /** In the order in which the kernel tries them; the first is the one that happens. */
  readonly methods: readonly [string, ...string[]]
  /** Whether the first is PM, which may leave state behind: a VM start does not rely on it. */
  readonly weak: boolean
}

/** Whether a VM start relies on the function's own reset, so that a refused hot reset does no harm; null: not known. */
export function isReliedOn(own: Observed<OwnReset | null>): boolean | null {
  return own.known ? own.value !== null && !own.value.weak : null
}

/**
 * Whether a function has a reset of its own that a VM start relies on; null: none works.
 *
 * A VM start resets a function twice. Opening it calls `pci_try_reset_function` (`vfio_pci_core_enable`), and QEMU asks
 * for VFIO_DEVICE_RESET, which calls the same; both walk the methods in order and take the first that works
 * (`__pci_reset_function_locked`: ENOTTY means the next, anything else ends the walk). So the first one decides, and what
 * comes after it never happens. QEMU prefers a hot reset where the function has no FLR and a PM reset (`vfio_pci_reset`,
 * hw/vfio/pci.c): where PM comes first, only a hot reset clears the function, so PM alone is weak. Every other method
 * clears it before anybody uses it, whether QEMU then resets it again or not.
 *
 * `bus` and `cxl_bus` are in the list although they may not work: it is made when the function is found, before its
 * siblings. Both end in `pci_reset_bus_function`, which wants the function alone in its slot or on its bus. `cxl_bus` (6.10;
 * `cxl_reset_bus_function`) is offered below every CXL port; it unmasks the reset of the port for that moment, so it works
 * where `bus` does not, and is then no weaker than `bus`: the same link goes down.
 *
 * From 5.15 on the list is in `reset_method`, where root may have changed it: registers tell what it would hold, not what
 * it holds. Before there is no such file, and registers and tables tell all (`pci_reset_function`).
 */
export function ownReset(host: VfioHost, device: PciDevice): Observed<OwnReset | null> {
  const methods = areListed(host, device)
    ? mapObserved(device.raw.resetMethods, (list) => list ?? [])
    : unlistedMethods(host, device)
  return methods.known ? workingReset(methods.value, host, device) : methods
}

/** What most likely resets a function alone whose `reset_method` was not read: what it holds unless root changed it. null: nothing, or not known. */
export function likelyMethod(host: VfioHost, device: PciDevice): string | null {
  if (device.isVirtfn) return 'flr'
  const predicted = predictFunctionResets(device, host)
  return (predicted.known ? predicted.value.find(isStrong) : undefined) ?? null
}

/** Whether this kernel has `reset_method`: one that is there shows it. */
function areListed({ kernel }: VfioHost, { raw: { resetMethods } }: PciDevice): boolean {
  if (kernel.isRunning && resetMethods.known && resetMethods.value !== null) return true
  const hasFile = carries(kernel, KERNEL_RULES.resetMethodFile)
  return !hasFile.known || hasFile.value
}

/** SR-IOV demands FLR of every VF (PCIe 9.3.3.2), and their config space is not read. */
function unlistedMethods(host: VfioHost, device: PciDevice): Observed<readonly string[]> {
  if (device.isVirtfn) return known(['flr'])
  // `pci_dev_reset_slot_function` is no method of its own later; `busResetWorks` asks for both.
  return mapObserved(predictFunctionResets(device, host), (methods) => [
    ...methods.filter((method) => method !== 'bus'),
    'bus',
  ])
}

type Effect = 'clears' | 'weak' | 'bus'

/** `pci_reset_fn_methods`, 5.15 to 7.3. */
const EFFECTS: ReadonlyMap<string, Effect> = new Map([
  ['device_specific', 'clears'],
  ['acpi', 'clears'],
  ['flr', 'clears'],
  ['af_flr', 'clears'],
  ['pm', 'weak'],
  ['bus', 'bus'],
  ['cxl_bus', 'bus'],
])

/** Whether a method clears the function, whoever is beside it on its bus. */
export function isStrong(method: string): boolean {
  return EFFECTS.get(method) === 'clears'
}

/** Whether a reset of the function by this method is one of its whole bus. */
export function isBusMethod(method: string): boolean {
  return EFFECTS.get(method) === 'bus'
}

function workingReset(
  methods: readonly string[],
  host: VfioHost,
  device: PciDevice,
): Observed<OwnReset | null> {
  const lone = methods.length === 1 ? LONE.get(methods[0] ?? '') : undefined
  if (lone !== undefined) return lone
  const answers = methods.map((method) => ({ method, works: worksOf(method, host, device) }))
  const possible = answers.filter(({ works }) => !works.known || works.value)
  const [first] = possible
  if (first === undefined) return known(null)
  if (!first.works.known) return first.works
  const later = possible.slice(1).filter(({ works }) => works.known)
  return known({
    methods: [first.method, ...later.map(({ method }) => method)],
    weak: EFFECTS.get(first.method) === 'weak',
  })
}

/** What most functions have: one method that hangs on nobody beside them. */
const LONE: ReadonlyMap<string, Observed<OwnReset>> = new Map(
  [...EFFECTS]
    .filter(([, effect]) => effect !== 'bus')
    .map(([method, effect]) => [method, known({ methods: [method], weak: effect === 'weak' })]),
)

function worksOf(method: string, host: VfioHost, device: PciDevice): Observed<boolean> {
  switch (EFFECTS.get(method)) {
    case 'clears':
    case 'weak':
      return known(true)
    case 'bus':
      return busResetWorks(method, host, device)
    case undefined:
      return unknown(unmodelled(method, device))
  }
}

function unmodelled(method: string, { raw }: PciDevice): Gap {
  return { path: `${raw.path}/reset_method`, why: 'unmodelled', detail: `the method ${method}` }
}

/**
 * `pci_reset_bus_function`: by its slot if it is the slot's only function (`pci_dev_reset_slot_function`), else by its bus if
 * it is alone there (`pci_parent_bus_reset`).
 */
function busResetWorks(method: string, host: VfioHost, device: PciDevice): Observed<boolean> {
  const { topology } = host
  const bus = topology.byBus.get(device.bus)
  if (bus === undefined || isBridge(device)) return known(false)
  const flag = noBusReset(device, host)
  if (!flag.known) return flag
  // A CXL port that masks resets ignores this one (ENOTTY from 6.10). One that was not read would bring `cxl_bus` along.
  const masked = bus.bridge === null ? undefined : topology.byAddress.get(bus.bridge)?.sbrMasked
  const isMasked = method === 'bus' && masked?.known === true && masked.value
  if (flag.value !== null || isMasked) return known(false)
  if (bus.devices.length === 1 && bus.bridge !== null) return known(true)
  return slotResetWorks(host, device)
}

/** `pci_dev_reset_slot_function`: not of one of several functions, unless each has a slot of its own. */
function slotResetWorks({ scopes }: VfioHost, device: PciDevice): Observed<boolean> {
  const { worlds, gaps } = scopes.worldsOf(device)
  // The slot's own reset asks the function's flag alone, not that of the bridge or of others (`pci_dev_reset_slot_function`).
  const bySlot = worlds.map((world) => scopes.isInSlot(device, world))
  if (!bySlot.includes(true)) return known(false)
  const [gap] = gaps
  if (bySlot.includes(false) && gap !== undefined) return unknown(gap)
  if (worlds.every(({ functionSlot }) => functionSlot)) return known(true)
  return mapObserved(device.multifunction, (multifunction) => !multifunction)
}
