import type { Kernel } from '../kernel/kernel.js'
import { carries, type KernelChange } from '../kernel/kernel-change.js'
import type { PciDevice } from '../pci/device.js'

interface Denied {
  readonly devices: readonly number[]
  readonly what: string
  readonly since: KernelChange
}

const INTEL = 0x8086

/** `vfio_pci_dev_in_denylist`: vfio-pci itself does not bind to these unless its parameter `disable_denylist` is Y. */
export const DENYLIST: readonly Denied[] = [
  denied(
    'Intel QAT of the C3xxx, C62x and DH895xCC',
    [0x19e2, 0x19e3, 0x37c8, 0x37c9, 0x0435, 0x0443],
    {
      mainline: '5.9',
      stable: {},
    },
  ),
  denied('Intel DSA and IAX of Sapphire Rapids', [0x0b25, 0x0cfe], {
    mainline: '6.10',
    stable: { '5.10': 'never', '6.1': 91, '6.9': {} },
  }),
]

/** The row that keeps vfio-pci from binding to a function, or may; undefined: none. */
export function deniedBind({ raw }: PciDevice, kernel: Kernel): Denied | undefined {
  const { vendorId, deviceId } = raw
  if (!vendorId.known || vendorId.value !== INTEL || !deviceId.known) return undefined
  const row = DENYLIST.find(({ devices }) => devices.includes(deviceId.value))
  const has = row === undefined ? undefined : carries(kernel, row.since)
  return has?.known === true && !has.value ? undefined : row
}

function denied(
  what: string,
  devices: readonly number[],
  since: Pick<KernelChange, 'mainline' | 'stable'>,
): Denied {
  const change: KernelChange = {
    ...since,
    what: `vfio-pci does not bind to ${what}`,
    part: 'quirk',
    source:
      'drivers/vfio/pci/vfio_pci.c of 5.10.262, 6.1.192, 6.12.118, 7.3.4; changelogs of Debian',
  }
  return { devices, what, since: change }
}
