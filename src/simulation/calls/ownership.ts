import type { PciDevice } from '../../pci/device.js'
import { deviceAt, isSameGroup } from '../host-facts.js'
import type { Turn } from '../machine.js'
import type { StepReason } from '../reason.js'
import { type DeviceFile, groupsIn, usedDevices } from '../state.js'

/** Functions that are bound to a context, through their cdevs or through a group that uses it as container. */
export function boundTo({ state }: Turn, context: number): readonly DeviceFile[] {
  return usedDevices(state).filter((file) => file.context === context)
}

/**
 * `vfio_iommufd_get_dev_id`: the id of the function in the context; 0 when another function of its group is bound to it,
 * wherever that hangs; -1 otherwise. With `within`, only those functions can stand for a group (v4).
 */
export function devidOf(
  turn: Turn,
  device: PciDevice,
  context: number,
  within: readonly PciDevice[] | null = null,
): number {
  const files = boundTo(turn, context)
  const own = files.find((file) => file.device === device.address)
  if (own !== undefined) return own.devid ?? -1
  const stands = files.some((file) => {
    const other = deviceAt(turn, file.device)
    if (other === undefined || (within !== null && !within.includes(other))) return false
    return isSameGroup(turn, device, other)
  })
  return stands ? 0 : -1
}

/**
 * Who has DMA of a real group, other than `context` (`iommu_group_claim_dma_owner`, `iommu_device_claim_dma_owner`): a
 * group file in a container, or a function bound to another context. Before 5.19 nobody was asked.
 */
export function dmaOwners(
  turn: Turn,
  group: number,
  context: number | null,
): readonly StepReason[] {
  const { state, machine } = turn
  if (!machine.host.kernel.dmaOwnership) return []
  const bound = usedDevices(state).flatMap((file): readonly StepReason[] => {
    if (file.context === null || file.context === context) return []
    const device = deviceAt(turn, file.device)
    const own = device?.raw.iommuGroup
    if (own?.known !== true || own.value !== group) return []
    return [{ kind: 'dma-owned', group, address: file.device, actor: file.actor }]
  })
  const contained = state.files
    .filter(({ kind }) => kind === 'container')
    .flatMap(({ id }) => groupsIn(state, id))
    .filter((file) => file.group === group)
    .map(({ actor }): StepReason => ({ kind: 'dma-owned', group, address: null, actor }))
  return [...bound, ...contained]
}
