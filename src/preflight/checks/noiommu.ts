import type { Asked } from '../situation.js'
import { type Check, type Finding, fail, missing, pass, warn } from './check.js'

/** Unsafe no-IOMMU mode: no VMM takes such a function, since nothing translates for it. */
export const noiommu = {
  id: 'noiommu',
  passes: 'Unsafe no-IOMMU mode does not affect it.',
  leavesState: false,
  run,
} as const satisfies Check

function run({ device, situation }: Asked): Finding {
  const { address, raw } = device
  const mode = situation.interfaces.noiommu
  const group = situation.host.groupOf(device)
  if (group.known && group.value.kind === 'group' && group.value.fake) {
    return fail([{ kind: 'fake-group', address, group: group.value.id }])
  }
  if (mode.known) return mode.value ? warn([{ kind: 'unsafe-noiommu' }]) : pass()
  if (!group.known) return missing(address, group.gap)
  // A real group leaves the mode without effect on this function.
  return raw.iommuGroup.known && raw.iommuGroup.value !== null ? pass() : missing(address, mode.gap)
}
