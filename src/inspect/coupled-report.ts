import { isStated } from '../document/stated.js'
import type { PciAddress } from '../host/pci-address.js'
import { groupMembers, groupNumber } from '../iommu/groups.js'
import type { PciDevice } from '../pci/device.js'
import { dmaPeers } from '../vfio/dma-groups.js'
import type { VfioHost } from '../vfio/vfio-host.js'
import type { CoupledReport, HotResetReport } from './document.js'
import type { ResetReporting } from './hot-reset-report.js'

/** What cannot be used independently of a function. */
export function coupledReport(
  device: PciDevice,
  { host, addresses }: Pick<ResetReporting, 'host' | 'addresses'>,
  { affected }: HotResetReport,
): CoupledReport {
  const [world] = host.scopes.worldsOf(device).worlds
  const scope = isStated(affected) ? host.scopes.answer(device, world).scope : null
  const walked = scope?.affected ?? NOTHING
  const group = groupNumber(device)
  const isAloneInGroup = groupMembers(host, group).every((each) => each === device.address)
  return {
    direct: isAloneInGroup
      ? withItself(walked, device, addresses, host)
      : group === null
        ? together(walked, [device], host)
        : addresses.ofBoth(walked, group, () => together(walked, dmaPeers(host, device), host)),
    claimCost: addresses.of(host.claimCostOf(walked)),
  }
}

function withItself(
  walked: readonly PciDevice[],
  device: PciDevice,
  addresses: ResetReporting['addresses'],
  host: VfioHost,
): readonly PciAddress[] {
  if (walked.length === 0) return [device.address]
  return walked.includes(device) ? addresses.of(walked) : together(walked, [device], host)
}

const NOTHING: readonly PciDevice[] = []

function together(
  walked: readonly PciDevice[],
  peers: readonly PciDevice[],
  { topology: { rank } }: VfioHost,
): readonly PciAddress[] {
  const all = [...new Set([...walked, ...peers])].sort((a, b) => rank(a) - rank(b))
  return all.map(({ address }) => address)
}
