import type { PciAddress } from '../../host/pci-address.js'
import { knownBad } from '../../pci/known-bad.js'
import { isBusMethod, type OwnReset } from '../../vfio/own-reset.js'
import { resetScopesOf } from '../../vfio/vfio-host.js'
import type { PreflightReason } from '../reason.js'
import type { Asked } from '../situation.js'
import { portAbove } from './port-above.js'
import { exemptLater, kernelTrouble } from './reset-troubles.js'

/** The reset that happens: that of the function alone, or the hot reset. */
export interface ResetThatHappens {
  readonly own: OwnReset | null
  readonly isHot: boolean
}

/** What is known to go wrong with a reset that is there and permitted. */
export function resetWarnings(asked: Asked, reset: ResetThatHappens): readonly PreflightReason[] {
  return [
    ...functionTrouble(asked, reset),
    ...(resetsBus(reset) ? [...releaseTrouble(asked), ...hotplugPort(asked)] : []),
    ...(reset.isHot ? beyondTheList(asked) : []),
  ]
}

/** Whether the whole bus is reset, be it for one function alone on it. */
export function resetsBus({ own, isHot }: ResetThatHappens): boolean {
  return isHot || (own !== null && isBusMethod(own.methods[0]))
}

/** A method made for the device is what such devices need. */
function functionTrouble({ device }: Asked, reset: ResetThatHappens): readonly PreflightReason[] {
  if (reset.own?.methods[0] === 'device_specific') return []
  const known = knownBad(device)
  const applies = known !== undefined && (known.reset === 'any' || resetsBus(reset))
  const bad = applies ? known : resetsBus(reset) ? exemptLater(device) : undefined
  if (bad === undefined) return []
  const { what, until, source } = bad
  return [{ kind: 'known-bad-reset', address: device.address, what, until, source }]
}

function releaseTrouble({ situation }: Asked): readonly PreflightReason[] {
  const { release } = situation.kernel
  const trouble = kernelTrouble(release)
  if (trouble === undefined) return []
  const { what, source } = trouble
  return [{ kind: 'kernel-trouble', release: release.text, what, source }]
}

function hotplugPort(asked: Asked): readonly PreflightReason[] {
  const { device } = asked
  const port = portAbove(asked)
  if (port?.hotplugCapable.known !== true || !port.hotplugCapable.value) return []
  return [{ kind: 'hotplug-port', address: device.address, port: port.address }]
}

/** Functions of others that are reset too although the kernel does not count them: VFs, and what hangs behind a VMD. */
function beyondTheList({ device, situation, vm }: Asked): readonly PreflightReason[] {
  const scopes = resetScopesOf(situation.host, device)
  const all = scopes.flatMap(({ unaccounted }) => unaccounted.map(({ address }) => address))
  const others: readonly PciAddress[] = [...new Set(all)].filter(
    (address) => !vm.owned.has(address),
  )
  return others.length === 0 ? [] : [{ kind: 'reset-beyond', address: device.address, others }]
}
