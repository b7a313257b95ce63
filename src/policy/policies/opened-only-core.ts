import type { PciDevice } from '../../pci/device.js'
import { targetOnly } from '../needs.js'
import { cdevOpeningRefusals } from '../opening.js'
import { eitherKnown, isOpenByAnother, not, notOwned, probeRefusals } from '../ownership.js'
import type { Policy } from '../policy.js'
import { type Blocker, possibleRefusal, type Refusal, refusal } from '../reason.js'
import { isRepresented, type ResetCase } from '../reset-case.js'

/**
 * Jason Gunthorpe's fifth requirement: only devices that somebody uses count. The one policy that relaxes completeness:
 * closed vfio functions and functions without a driver are ignored; native drivers still block.
 */
export const openedOnlyCore: Policy = {
  id: 'opened-only-core',
  title: 'opened functions only',
  rule: 'Every affected function that is opened must be the caller’s; closed ones and those without a driver are ignored.',
  origin: {
    subject: 'Re: [PATCH v3 12/12] vfio/pci: Report dev_id in VFIO_DEVICE_GET_PCI_HOT_RESET_INFO',
    date: '2023-04-12',
    by: 'Jason Gunthorpe',
  },
  implementedSince: null,
  judge: (c) => [
    ...cdevOpeningRefusals(c),
    ...probeRefusals(c),
    ...c.affected.flatMap((device) => usedRefusals(c, device)),
  ],
  needs: targetOnly,
}

function usedRefusals(c: ResetCase, device: PciDevice): readonly Refusal[] {
  if (device === c.target) return []
  const vfio = c.host.sets.isVfio(device)
  if (!vfio.known) return [possibleRefusal('hot-reset', 'EINVAL', device.address, vfio.gap)]
  return vfio.value ? openRefusals(c, device) : nativeRefusals(device)
}

function nativeRefusals({ address, header, raw: { driver } }: PciDevice): readonly Refusal[] {
  if (!driver.known || driver.value === null) return []
  const isBridge = header.known && header.value !== 'normal'
  const reason: Blocker = isBridge
    ? { kind: 'bridge-inside', address }
    : { kind: 'foreign-driver', address, driver: driver.value }
  return [refusal('hot-reset', 'EINVAL', reason)]
}

function openRefusals(c: ResetCase, device: PciDevice): readonly Refusal[] {
  const free = eitherKnown(not(isOpenByAnother(c, device)), () => isRepresented(c, device))
  if (!free.known) return [possibleRefusal('hot-reset', 'EINVAL', device.address, free.gap)]
  return free.value ? [] : [refusal('hot-reset', 'EINVAL', notOwned(c, device))]
}
