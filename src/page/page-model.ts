import type { Vm } from '../drawing/scene.js'
import type { PciAddress } from '../host/pci-address.js'
import type { InspectReport } from '../inspect/document.js'
import { inspectReport } from '../inspect/inspect-report.js'
import { parseKernelRelease } from '../kernel/kernel-release.js'
import { type Link, linksBelow } from '../pci/link-below.js'
import { POLICIES, type PolicyId } from '../policy/policies/index.js'
import { rebind } from '../simulation/rebind.js'
import type { Given } from '../topology/scene-options.js'
import { analyseHost } from '../vfio/analysed-host.js'
import type { PageData } from './page-data.js'

/** The model behind the page: the very code of `inspect`, asked again whenever something is ticked. */
export interface PageModel {
  readonly links: ReadonlyMap<PciAddress, Link>
  /** The whole host under one policy: each function as whoever has it is answered, and what nobody has as VM A is. */
  readonly overview: (policy: PolicyId, given: Given) => InspectReport
  /** One function under every policy. */
  readonly detail: (address: PciAddress, given: Given) => InspectReport
}

export function pageModel(data: PageData): PageModel {
  const option = data.kernel === null ? undefined : parseKernelRelease(data.kernel)
  const host = analyseHost(data.raw, option)
  const ask = (
    targets: readonly PciAddress[] | null,
    policies: readonly PolicyId[] | null,
    given: Given,
    user: Vm,
  ): InspectReport =>
    inspectReport({
      // What VMs have is bound to vfio-pci: the host as it would be then.
      host: rebind(host, new Map([...given.keys()].map((address) => [address, 'vfio-pci']))),
      targets,
      query: {
        policies: POLICIES.filter(({ id }) => policies === null || policies.includes(id)),
        owning: new Set(functionsOf(user, given)),
        brief: targets === null,
      },
      tool: data.tool,
      names: data.names,
    })
  return {
    links: linksBelow(host.topology),
    overview(policy, given) {
      const report = ask(null, [policy], given, 'a')
      if (functionsOf('b', given).length === 0) return report
      const other = new Map(
        ask(null, [policy], given, 'b').devices.map((each) => [each.address, each]),
      )
      const devices = report.devices.map((each) =>
        given.get(each.address) === 'b' ? (other.get(each.address) ?? each) : each,
      )
      return { ...report, devices }
    },
    detail: (address, given) => ask([address], null, given, given.get(address) ?? 'a'),
  }
}

/** What a VM has. */
export function functionsOf(vm: Vm, given: Given): readonly PciAddress[] {
  return [...given].flatMap(([address, owner]) => (owner === vm ? [address] : []))
}
