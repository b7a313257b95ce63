import { vfioNodes } from '../execution/nodes.js'
import { chooseWay, type Way } from '../execution/reset-plan.js'
import type { PciDevice } from '../pci/device.js'
import type { VfioHost } from '../vfio/vfio-host.js'
import { HostError } from './errors.js'

/** What `--via` takes. */
export const WAYS = ['auto', 'group', 'cdev'] as const

/** The door that `--via` names. Throws where this kernel, or this function, does not have it. */
export function wayFor(via: (typeof WAYS)[number], host: VfioHost, target: PciDevice): Way {
  const way = via === 'auto' ? chooseWay(host) : via
  if (way === 'group') checkGroupApi(host)
  else checkCdev(host, target)
  return way
}

function checkGroupApi({ interfaces: { groupApi, cdev } }: VfioHost): void {
  if (!groupApi.known || groupApi.value) return
  throw new HostError('This host has no group files: there is no /dev/vfio/vfio.', {
    hint: cdev.known && cdev.value ? 'Use --via cdev.' : 'modprobe vfio_iommu_type1',
  })
}

function checkCdev({ kernel, interfaces: { cdev }, topology }: VfioHost, target: PciDevice): void {
  const hint = 'Use --via group.'
  if (!kernel.cdev || (cdev.known && !cdev.value)) {
    throw new HostError(
      `The kernel ${kernel.release.text} has no device files of vfio devices (CONFIG_VFIO_DEVICE_CDEV, 6.6 and later).`,
      { hint },
    )
  }
  if (vfioNodes(topology.raw)(target.address).cdev === null) {
    throw new HostError(`${target.address} has no device file in this kernel.`, { hint })
  }
}
