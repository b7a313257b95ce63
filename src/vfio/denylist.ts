import { type Gap, isYes } from '../host/gap.js'
import type { RawSystem } from '../host/raw-host.js'
import type { Kernel } from '../kernel/kernel.js'
import { carries, type KernelChange } from '../kernel/kernel-change.js'
import type { PciDevice } from '../pci/device.js'
import { isVfioBound } from './driver.js'

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

/** That vfio-pci does not bind to a function. */
export interface DeniedBind {
  readonly what: string
  /** What was not read and could allow it; null: it is denied for certain. */
  readonly unless: Gap | null
}

/** Whether vfio-pci refuses a function, or may; null: it does not, or has it already. */
export function deniedBind(
  { raw }: Pick<PciDevice, 'raw'>,
  { kernel, system }: { readonly kernel: Kernel; readonly system: RawSystem },
): DeniedBind | null {
  const { vendorId, deviceId } = raw
  if (!vendorId.known || vendorId.value !== INTEL || !deviceId.known) return null
  const row = DENYLIST.find(({ devices }) => devices.includes(deviceId.value))
  if (row === undefined || isYes(isVfioBound(raw, system))) return null
  const has = carries(kernel, row.since)
  const { disableDenylist } = system
  if (has.known && !has.value) return null
  if (disableDenylist.known && disableDenylist.value) return null
  const unread = !has.known ? has.gap : disableDenylist.known ? null : disableDenylist.gap
  return { what: row.what, unless: unread }
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
