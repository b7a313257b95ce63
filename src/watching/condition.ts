import { known, mapObserved, type Observed } from '../host/gap.js'
import type { PciAddress } from '../host/pci-address.js'
import type { PciDevice } from '../pci/device.js'
import { kernelPolicy } from '../policy/find-policy.js'
import type { ListedPolicy } from '../policy/policies/index.js'
import { judge, resetQuestion } from '../policy/verdict.js'
import type { AnalysedHost } from '../vfio/analysed-host.js'
import { sawAllHolders } from '../vfio/holding.js'
import { isOpenElsewhere } from '../vfio/vfio-host.js'

/** What can be waited for. */
export type ConditionId =
  /** A user who takes the function alone may hot-reset it. */
  | 'permitted'
  /** A driver of VFIO is bound to the function. */
  | 'bound'
  /** No process has the function open. */
  | 'released'
  /** The function is not there any more. */
  | 'gone'

export const CONDITIONS = [
  'permitted',
  'bound',
  'released',
  'gone',
] as const satisfies readonly ConditionId[]

export interface ConditionQuestion {
  readonly host: AnalysedHost
  readonly condition: ConditionId
  readonly policy: ListedPolicy
}

/** Whether it holds now. A function that is not there is not bound, and nobody has it open. */
export function holdsNow(
  address: PciAddress,
  { host, condition, policy }: ConditionQuestion,
): Observed<boolean> {
  const device = host.topology.byAddress.get(address)
  if (device === undefined) return known(condition === 'gone' || condition === 'released')
  switch (condition) {
    case 'gone':
      return known(false)
    case 'bound':
      return host.vfio.isVfioBound(device)
    case 'released':
      return isReleased(device, host)
    case 'permitted':
      return isPermitted(device, host, policy)
  }
}

/** The rule of the interface that VMs use unless told, which is the group file where there is one. */
export function usualPolicy({ vfio: { interfaces } }: AnalysedHost): ListedPolicy {
  const { groupApi } = interfaces
  return kernelPolicy(groupApi.known && !groupApi.value ? 'cdev' : 'group')
}

/** The count of opens tells it of what is bound to vfio-pci, whoever may look into which process. */
function isReleased(device: PciDevice, { vfio, raw }: AnalysedHost): Observed<boolean> {
  const isVfio = vfio.isVfioBound(device)
  const { enabled } = device.raw
  if (isVfio.known && isVfio.value && enabled.known && enabled.value !== null) {
    return known(enabled.value === 0)
  }
  const isOpen = isOpenElsewhere(device, vfio)
  if (!isOpen.known || isOpen.value || sawAllHolders(raw)) {
    return mapObserved(isOpen, (open) => !open)
  }
  const detail = 'not every process could be looked at'
  return { known: false, gap: { path: 'proc/*/fd', why: 'denied', detail } }
}

function isPermitted(
  device: PciDevice,
  { vfio }: AnalysedHost,
  policy: ListedPolicy,
): Observed<boolean> {
  const { outcome, reasons } = judge(policy, resetQuestion(vfio, device, new Set()))
  if (outcome !== 'undetermined') return known(outcome === 'permitted')
  const unread = reasons.find((reason) => 'path' in reason)
  const path = unread !== undefined && 'path' in unread ? String(unread.path) : ''
  return { known: false, gap: { path, why: 'unmodelled', detail: 'the verdict is undetermined' } }
}
