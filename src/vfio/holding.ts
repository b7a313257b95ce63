import type { PciAddress } from '../host/pci-address.js'
import type { RawHolder, RawHost } from '../host/raw-host.js'
import { groupNumber } from '../iommu/groups.js'
import type { PciDevice } from '../pci/device.js'
import { append } from '../text/lists.js'

/** What a process holds open, resolved to groups and functions (`docs/reference/hot-reset.md#who-has-it-open`). */
export interface Holding {
  /** By group number: processes with the group file open. The kernel lets only one have it. */
  readonly groups: ReadonlyMap<number, readonly RawHolder[]>
  /** By function: processes with its cdev or a device fd open. A device fd without fdinfo names no function. */
  readonly devices: ReadonlyMap<PciAddress, readonly RawHolder[]>
  /** Open `anon_inode:[vfio-device]` files that cannot be tied to a function. */
  readonly unplaced: readonly RawHolder[]
}

const GROUP_FILE = /^\/dev\/vfio\/(?:noiommu-)?(\d{1,9})$/
const CDEV_FILE = /^\/dev\/vfio\/devices\/((?:noiommu-)?vfio\d{1,9})$/
/** What a device fd got through a group links to. */
export const DEVICE_FD = 'anon_inode:[vfio-device]'

export function resolveHolding(raw: RawHost): Holding {
  const groups = new Map<number, RawHolder[]>()
  const devices = new Map<PciAddress, RawHolder[]>()
  const unplaced: RawHolder[] = []
  const byCdev = cdevNames(raw)
  for (const holder of raw.holders) {
    const group = GROUP_FILE.exec(holder.target)?.[1]
    const cdev = CDEV_FILE.exec(holder.target)?.[1]
    const device = holder.device ?? (cdev === undefined ? undefined : byCdev.get(cdev))
    if (group !== undefined) append(groups, Number(group), holder)
    else if (device !== undefined) append(devices, device, holder)
    else if (holder.target === DEVICE_FD) unplaced.push(holder)
  }
  return { groups, devices, unplaced }
}

/** Whether all processes were looked at. A copy without `dev` says nothing of what was open. */
export function sawAllHolders({ system, gaps }: RawHost): boolean {
  if (system.devVfioContainer === null) return false
  return !gaps.some(({ path }) => path === 'proc' || path === 'proc/*/fd')
}

/** Who has the function open, its cdev, or the file of its group. */
export function holdersOf(
  { groups, devices }: Holding,
  device: Pick<PciDevice, 'address' | 'raw'>,
): readonly RawHolder[] {
  const group = groupNumber(device)
  const ofGroup = group === null ? undefined : groups.get(group)
  return [...(devices.get(device.address) ?? []), ...(ofGroup ?? [])]
}

function cdevNames(raw: RawHost): Map<string, PciAddress> {
  const names = new Map<string, PciAddress>()
  if (raw.holders.length === 0) return names
  for (const { address, vfioDev } of raw.functions) {
    if (vfioDev.known && vfioDev.value !== null) names.set(vfioDev.value.name, address)
  }
  return names
}
