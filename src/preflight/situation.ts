import { mapByAddress, type PciAddress } from '../host/pci-address.js'
import type { RawFunction, RawHost } from '../host/raw-host.js'
import type { Concerned } from '../host/read/read-vm-facts.js'
import type { VmFacts, VmInterface } from '../host/vm-facts.js'
import type { DeviceIsolation } from '../iommu/analyse-isolation.js'
import type { GroupCheck } from '../iommu/group-check.js'
import { groupMembers, groupNumber, groupNumbers } from '../iommu/groups.js'
import { isBridge, type PciDevice } from '../pci/device.js'
import { kernelPolicy, policyOf } from '../policy/find-policy.js'
import type { ListedPolicy } from '../policy/policies/index.js'
import { rebind } from '../simulation/rebind.js'
import type { AnalysedHost } from '../vfio/analysed-host.js'
import { deniedBind } from '../vfio/denylist.js'
import { type VfioInterfaces, vfioInterfaces } from '../vfio/interfaces.js'
import type { KernelProfile } from '../vfio/kernel-profile.js'
import { resetScopesOf, type VfioHost } from '../vfio/vfio-host.js'
import type { PreflightHost, PreflightQuestion, VmRequest, WantedFunction } from './question.js'

/** A question about a host, with everything that the checks share worked out. */
export interface Situation {
  /** The host as it is. */
  readonly raw: RawHost
  readonly byAddress: ReadonlyMap<PciAddress, RawFunction>
  readonly kernel: KernelProfile
  readonly facts: VmFacts
  /** The host as if every function that some VM is to get were bound to vfio-pci (`docs/reference/documents.md#as-if`). */
  readonly host: VfioHost
  /** VFIO's interfaces on the host as it is: binding opens none. */
  readonly interfaces: VfioInterfaces
  readonly groupCheck: () => GroupCheck
  readonly isolationOf: (address: PciAddress) => DeviceIsolation
  readonly vms: readonly Vm[]
  readonly withinGroup: boolean
  /** Functions that a plan has bound in memory: nobody can hold those. */
  readonly fresh: ReadonlySet<PciAddress>
}

export interface Vm {
  readonly index: number
  readonly request: VmRequest
  /** How each function is opened, and by which rule its hot reset is judged. */
  readonly opened: ReadonlyMap<PciAddress, Opened>
  readonly owned: ReadonlySet<PciAddress>
  /** What it does not get, and whoever starts it binds to vfio-pci along with what it gets. */
  readonly taken: ReadonlySet<PciAddress>
}

/** How a VM opens a function. */
export interface Opened {
  readonly via: VmInterface
  readonly policy: ListedPolicy
}

/** One function of one VM that is being checked. */
export interface Asked extends Opened {
  readonly situation: Situation
  readonly vm: Vm
  readonly wanted: WantedFunction
  readonly raw: RawFunction
  /** In the host as if it were bound. */
  readonly device: PciDevice
}

/** What a host that a plan has changed in memory takes over from the host as it is. */
export interface Carried extends Pick<Situation, 'fresh'> {
  /** No step of a plan changes ACS or groups: asking again would only cost time. */
  readonly groupCheck: Situation['groupCheck']
  readonly isolationOf: Situation['isolationOf']
}

export function situationOf(
  { host, facts }: PreflightHost,
  question: PreflightQuestion,
  carried?: Carried,
): Situation {
  const { raw, kernel } = host
  const byAddress = mapByAddress(raw.functions)
  const interfaces = vfioInterfaces(raw, kernel)
  const vms = question.vms.map((request, index) =>
    vmOf(request, index, question, { host, interfaces }),
  )
  const wanted = vms.flatMap(({ owned, taken }) => [...owned, ...taken])
  const drivers = new Map(wanted.map((address) => [address, 'vfio-pci']))
  const bound = rebind(host, drivers)
  return {
    raw,
    byAddress,
    kernel,
    facts,
    host: { ...bound.vfio, interfaces },
    interfaces,
    groupCheck: carried?.groupCheck ?? (() => bound.isolation.check()),
    isolationOf: carried?.isolationOf ?? ((address) => bound.isolation.of(address)),
    vms,
    withinGroup: question.withinGroup,
    fresh: carried?.fresh ?? new Set(),
  }
}

function vmOf(
  request: VmRequest,
  index: number,
  question: PreflightQuestion,
  { host, interfaces }: { readonly host: AnalysedHost; readonly interfaces: VfioInterfaces },
): Vm {
  const { raw } = host
  const opened = new Map(
    request.functions.map((wanted) => [
      wanted.address,
      openedOf(wanted, question, { raw, interfaces }),
    ]),
  )
  const owned = new Set(opened.keys())
  return { index, request, opened, owned, taken: takenAlong(request, owned, host) }
}

/** Those members of the groups to which vfio-pci binds. */
function takenAlong(
  { functions }: VmRequest,
  owned: ReadonlySet<PciAddress>,
  { raw, vfio, kernel, topology }: AnalysedHost,
): ReadonlySet<PciAddress> {
  const members = functions
    .filter(({ along }) => along === 'group')
    .flatMap(({ address }) => {
      const device = topology.byAddress.get(address)
      return device === undefined ? [] : groupMembers(vfio, groupNumber(device))
    })
  const taken = members.filter((address) => {
    const device = topology.byAddress.get(address)
    if (device === undefined || owned.has(address) || isBridge(device)) return false
    return deniedBind({ raw: device.raw }, { kernel, system: raw.system }) === null
  })
  return new Set(taken)
}

function openedOf(
  wanted: WantedFunction,
  { via, policy }: PreflightQuestion,
  { raw, interfaces }: Pick<Situation, 'raw' | 'interfaces'>,
): Opened {
  const stated = via === 'auto' ? wanted.via : via
  if (policy !== null) {
    const judged = policyOf(policy)
    return { via: stated ?? interfaceOfPolicy(judged), policy: judged }
  }
  const used = stated ?? usualInterface(interfaces, raw)
  return { via: used, policy: kernelPolicy(used === 'group' ? used : 'cdev') }
}

/** The functions of the VM that it opens in another way than that one. */
export function openedOtherwise({ opened }: Vm, via: VmInterface): ReadonlySet<PciAddress> {
  const others = [...opened].filter(([, each]) => each.via !== via)
  return new Set(others.map(([address]) => address))
}

/** What QEMU does unless it is told otherwise, as long as the kernel has it. */
function usualInterface({ groupApi }: VfioInterfaces, raw: RawHost): VmInterface {
  return groupApi.known && !groupApi.value && isVfioLoaded(raw) ? 'iommufd' : 'group'
}

/** Whether VFIO is loaded for certain: as long as it is not, nobody knows which files it will bring. */
export function isVfioLoaded({ system }: RawHost): boolean {
  return system.unsafeNoiommu.known
}

/** The interface through which a policy's assumed caller comes. */
export function interfaceOfPolicy({ opened }: ListedPolicy): VmInterface {
  return opened === 'group' ? opened : 'iommufd'
}

/**
 * The functions and groups whose facts a preflight of these functions can rest on: group members, and what is reset
 * along.
 */
export function concernedBy(
  { topology, vfio }: AnalysedHost,
  functions: readonly PciAddress[],
): Concerned {
  const at = (address: PciAddress): readonly PciDevice[] => {
    const device = topology.byAddress.get(address)
    return device === undefined ? [] : [device]
  }
  const wanted = functions.flatMap(at)
  const affected = wanted.flatMap((device) =>
    resetScopesOf(vfio, device).flatMap(({ affected }) => affected),
  )
  const groups = groupNumbers([...wanted, ...affected])
  const members = groups.flatMap((group) => groupMembers(vfio, group)).flatMap(at)
  const concerned = new Set([...wanted, ...affected, ...members].map(({ address }) => address))
  return { functions: [...concerned], groups }
}
