import type { Vm } from '../drawing/scene.js'
import type { PciAddress } from '../host/pci-address.js'
import type { InspectReport } from '../inspect/document.js'
import { inspectReport } from '../inspect/inspect-report.js'
import { parseKernelRelease } from '../kernel/kernel-release.js'
import { type Link, linksBelow } from '../pci/link-below.js'
import { POLICIES, type PolicyId } from '../policy/policies/index.js'
import { rebind } from '../simulation/rebind.js'
import { remembered } from '../text/lists.js'
import type { Given } from '../topology/scene-options.js'
import { type AnalysedHost, analyseHost } from '../vfio/analysed-host.js'
import { withWhatDiffers } from './merge-overview.js'
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
  const asRead = new Map<PolicyId, InspectReport>()
  const ask = (
    world: AnalysedHost,
    targets: readonly PciAddress[] | null,
    { policies, owning, brief }: Question,
  ): InspectReport =>
    inspectReport({
      host: world,
      targets,
      query: {
        policies: POLICIES.filter(({ id }) => policies === null || policies.includes(id)),
        owning: new Set(owning),
        brief,
      },
      tool: data.tool,
      names: data.names,
    })
  return {
    links: linksBelow(host.topology),
    overview(policy, given) {
      const question = (owning: readonly PciAddress[]): Question => ({
        policies: [policy],
        owning,
        brief: true,
      })
      const before = remembered(asRead, policy, () => ask(host, null, question([])))
      if (given.size === 0) return before
      const world = asIfGiven(host, given)
      const answer = (vm: Vm) => (targets: readonly PciAddress[]) =>
        ask(world, targets, question(functionsOf(vm, given)))
      return withWhatDiffers(before, { given, world, ofA: answer('a'), ofB: answer('b') })
    },
    detail(address, given) {
      const owning = functionsOf(given.get(address) ?? 'a', given)
      return ask(asIfGiven(host, given), [address], { policies: null, owning, brief: false })
    },
  }
}

interface Question {
  /** null: all. */
  readonly policies: readonly PolicyId[] | null
  readonly owning: readonly PciAddress[]
  readonly brief: boolean
}

/** What VMs have is bound to vfio-pci: the host as it would be then. */
function asIfGiven(host: AnalysedHost, given: Given): AnalysedHost {
  return rebind(host, new Map([...given.keys()].map((address) => [address, 'vfio-pci'])))
}

/** What a VM has. */
export function functionsOf(vm: Vm, given: Given): readonly PciAddress[] {
  return [...given].flatMap(([address, owner]) => (owner === vm ? [address] : []))
}
