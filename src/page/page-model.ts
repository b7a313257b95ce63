import { known } from '../host/gap.js'
import type { PciAddress } from '../host/pci-address.js'
import type { InspectReport } from '../inspect/document.js'
import { inspectReport } from '../inspect/inspect-report.js'
import { POLICIES, type PolicyId } from '../policy/policies/index.js'
import { bindState } from '../simulation/bind-state.js'
import { type AnalysedHost, analyseHost } from '../vfio/analysed-host.js'
import { parseKernelRelease } from '../vfio/kernel-release.js'
import type { PageData } from './page-data.js'

/** The model behind the page: the very code of `inspect`, asked again whenever something is ticked. */
export interface PageModel {
  /** The whole host under one policy, with what `my VM` owns. */
  readonly overview: (policy: PolicyId, owned: ReadonlySet<PciAddress>) => InspectReport
  /** One function under every policy. */
  readonly detail: (address: PciAddress, owned: ReadonlySet<PciAddress>) => InspectReport
}

export function pageModel(data: PageData): PageModel {
  const option = data.kernel === null ? undefined : parseKernelRelease(data.kernel)
  const host = analyseHost(data.raw, option)
  const ask = (
    targets: readonly PciAddress[] | null,
    policies: readonly PolicyId[] | null,
    owned: ReadonlySet<PciAddress>,
  ): InspectReport =>
    inspectReport({
      host: withOwned(host, owned),
      targets,
      query: {
        policies: POLICIES.filter(({ id }) => policies === null || policies.includes(id)),
        owning: owned,
        brief: targets === null,
      },
      tool: data.tool,
      names: data.names,
    })
  return {
    overview: (policy, owned) => ask(null, [policy], owned),
    detail: (address, owned) => ask([address], null, owned),
  }
}

/** What a VM owns is bound to vfio-pci: the host as it would be then. Whether no-IOMMU mode was seen stays as it was read. */
function withOwned(host: AnalysedHost, owned: ReadonlySet<PciAddress>): AnalysedHost {
  const { raw, kernel } = host
  const toBind = raw.functions.filter(
    ({ address, vfioDev }) => owned.has(address) && !(vfioDev.known && vfioDev.value !== null),
  )
  if (toBind.length === 0) return host
  const { unsafeNoiommu } = raw.system
  const drivers = new Map(toBind.map(({ address }) => [address, { driver: 'vfio-pci', line: 0 }]))
  const noiommu = unsafeNoiommu.known && unsafeNoiommu.value
  const bound = bindState(raw, kernel, drivers, noiommu)
  const system = {
    ...bound.system,
    unsafeNoiommu: unsafeNoiommu.known ? known(noiommu) : unsafeNoiommu,
  }
  return host.whatIf({ ...bound, system })
}
