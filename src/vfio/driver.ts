import { known, type Observed } from '../host/gap.js'
import type { RawFunction, RawSystem } from '../host/raw-host.js'

/** Drivers built on vfio-pci-core, by the name of their `driver` link (drivers/vfio/pci, 5.10 to 7.3). */
const VFIO_PCI_DRIVERS: ReadonlySet<string> = new Set([
  'vfio-pci',
  'mlx5_vfio_pci',
  'hisi_acc_vfio_pci',
  'pds_vfio_pci',
  'virtio_vfio_pci',
  'nvgrace_gpu_vfio_pci',
  'qat_vfio_pci',
  'xe-vfio-pci',
  'ism_vfio_pci',
])

/** `pci_driver.driver_managed_dma` (5.19+), and the name that older kernels allowed. */
export const PCI_STUB = 'pci-stub'
export const PCIEPORT = 'pcieport'

/**
 * Whether a vfio-pci-core driver has the function registered. `vfio-dev/` (6.1+) is independent of names; before it,
 * the driver's name and the modules that hold `vfio_pci_core` decide (`docs/reference/hot-reset.md#vfio-drivers`).
 */
export function isVfioBound(
  { vfioDev, driver }: Pick<RawFunction, 'vfioDev' | 'driver'>,
  system: RawSystem,
): Observed<boolean> {
  if (vfioDev.known && vfioDev.value !== null) return BOUND
  if (!driver.known) return driver
  if (driver.value === null) return NOT_BOUND
  if (isVfioDriver(driver.value, system)) return BOUND
  // A vfio driver that the list does not know would show in the folder that was not read.
  return vfioDev.known ? NOT_BOUND : vfioDev
}

const BOUND = known(true)
const NOT_BOUND = known(false)

/** Whether a driver name belongs to the vfio-pci-core family. */
export function isVfioDriver(name: string, system: RawSystem): boolean {
  if (VFIO_PCI_DRIVERS.has(name)) return true
  const module = name.replaceAll('-', '_')
  return system.vfioCoreHolders.some((holder) => holder.replaceAll('-', '_') === module)
}
