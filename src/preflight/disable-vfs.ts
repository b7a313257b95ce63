import type { PciAddress } from '../host/pci-address.js'
import type { PlanStep } from '../plan/step.js'
import { resolveHolding } from '../vfio/holding.js'
import type { Situation } from './situation.js'

/**
 * The steps that switch the VFs of a PF off. A VF that somebody has open keeps the write to `sriov_numvfs` waiting until it is
 * let go (`vfio_unregister_group_dev`, from `sriov_disable`). Asked of the host as it is: where the PF is on vfio-pci its VFs are gone.
 */
export function disableVfs(
  pf: PciAddress,
  vfs: readonly PciAddress[],
  { raw, byAddress }: Situation,
): readonly PlanStep[] {
  const holding = resolveHolding(raw)
  const ends = vfs.flatMap((vf) => {
    const group = byAddress.get(vf)?.iommuGroup
    const held = [
      ...(holding.devices.get(vf) ?? []),
      ...(group?.known && group.value !== null ? (holding.groups.get(group.value) ?? []) : []),
    ]
    return held.map(({ pid, command }): [number, PlanStep] => [
      pid,
      { do: 'end-holder', device: vf, pid, command },
    ])
  })
  return [...new Map(ends).values(), { do: 'disable-vfs', device: pf, vfs }]
}
