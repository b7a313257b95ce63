import type { PciAddress } from '../host/pci-address.js'
import type { InspectReport } from '../inspect/document.js'
import { inspectReport } from '../inspect/inspect-report.js'
import { parseKernelRelease } from '../kernel/kernel-release.js'
import { POLICIES, type PolicyId } from '../policy/policies/index.js'
import { rebind } from '../simulation/rebind.js'
import { analyseHost } from '../vfio/analysed-host.js'
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
      // What a VM owns is bound to vfio-pci: the host as it would be then.
      host: rebind(host, new Map([...owned].map((address) => [address, 'vfio-pci']))),
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
