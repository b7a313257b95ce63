import { type Gap, isYes, known, mapObserved, type Observed } from '../host/gap.js'
import type { PciAddress } from '../host/pci-address.js'
import type { RawGroup } from '../host/raw-host.js'
import { unseenMembers } from '../iommu/groups.js'
import type { PciDevice } from '../pci/device.js'
import type { Topology } from '../pci/topology.js'
import { PCI_STUB, PCIEPORT } from './driver.js'
import type { KernelProfile } from './kernel-profile.js'

/** A member that keeps a group from being opened: `member` is an address or the name of a non-PCI device. */
export interface Culprit {
  readonly member: string
  readonly address: PciAddress | null
  readonly driver: string
}

/**
 * Whether a vfio-bound member of a group could be opened. This is about DMA only: unbound members are fine here,
 * although they break the completeness of a dev_set.
 */
export interface Viability {
  /** Members bound to native drivers; empty and nothing hidden means viable. */
  readonly culprits: readonly Culprit[]
  /** `member` is null where it is not even known which members there are. */
  readonly hidden: readonly { readonly member: string | null; readonly gap: Gap }[]
}

/**
 * 5.19+: `iommu_group_claim_dma_owner` fails for drivers without `driver_managed_dma`. Before: `vfio_dev_viable`,
 * which allows unbound functions, `pci-stub`, and bridges whatever drives them.
 */
export function groupViability(
  group: RawGroup,
  topology: Topology,
  kernel: KernelProfile,
  isVfioBound: (device: PciDevice) => Observed<boolean>,
): Viability {
  const culprits: Culprit[] = []
  const hidden: Viability['hidden'][number][] = []
  const add = (member: string, address: PciAddress | null, driver: Observed<string | null>) => {
    if (!driver.known) hidden.push({ member, gap: driver.gap })
    else if (driver.value !== null) culprits.push({ member, address, driver: driver.value })
  }
  const unseen = unseenMembers(group, topology.raw)
  if (unseen !== null) hidden.push({ member: null, gap: unseen })
  for (const address of group.devices) {
    const device = topology.byAddress.get(address)
    if (device === undefined) continue
    const vfio = isVfioBound(device)
    if (isYes(vfio)) continue
    add(address, address, barringDriver(device, vfio, kernel))
  }
  for (const { name, driver } of group.others) {
    if (driver.known && driver.value !== null && VFIO_OTHERS.has(driver.value)) continue
    add(name, null, driver)
  }
  return culprits.length + hidden.length === 0 ? VIABLE : { culprits, hidden }
}

const VIABLE: Viability = { culprits: [], hidden: [] }

/** vfio drivers of buses other than PCI. */
const VFIO_OTHERS: ReadonlySet<string> = new Set([
  'vfio-platform',
  'vfio-amba',
  'vfio-fsl-mc',
  'vfio-cdx',
])

/** The driver that keeps the group from being opened; null: none does. */
function barringDriver(
  device: PciDevice,
  vfio: Observed<boolean>,
  kernel: KernelProfile,
): Observed<string | null> {
  const { driver } = device.raw
  if (!driver.known || driver.value === null) return driver
  const allowed = isAllowed(device, driver.value, kernel)
  if (!allowed.known) return allowed
  if (allowed.value) return known(null)
  // A driver that is not on the list of vfio drivers may be one all the same.
  return vfio.known ? driver : vfio
}

function isAllowed(
  { header }: PciDevice,
  driver: string,
  kernel: KernelProfile,
): Observed<boolean> {
  if (driver === PCI_STUB) return known(true)
  if (kernel.dmaOwnership) return known(driver === PCIEPORT)
  return mapObserved(header, (kind) => kind !== 'normal')
}
