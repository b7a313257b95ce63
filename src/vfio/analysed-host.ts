import type { RawHost } from '../host/raw-host.js'
import { analyseIsolation, type IsolationModel } from '../iommu/analyse-isolation.js'
import type { KernelRelease } from '../kernel/kernel-release.js'
import { buildTopology } from '../pci/build-topology.js'
import type { Topology } from '../pci/topology.js'
import { once } from '../text/lists.js'
import { withGroupsToCome } from './group-at-bind.js'
import { hostKernelProfile, type KernelProfile } from './kernel-profile.js'
import { type VfioHost, vfioHost } from './vfio-host.js'

/** A host that was read, and all that follows from it: each part is worked out once, when it is first asked for. */
export interface AnalysedHost {
  readonly raw: RawHost
  /** The kernel whose rules answer. */
  readonly kernel: KernelProfile
  readonly topology: Topology
  readonly vfio: VfioHost
  readonly isolation: IsolationModel
  /** The same host if this had been read instead; functions that are the same object in both are not decoded again. */
  readonly whatIf: (raw: RawHost) => AnalysedHost
}

/** Analyses a host as the kernel it runs, or as the release that `--kernel` names. The only way to what follows from it. */
export function analyseHost(raw: RawHost, option?: KernelRelease | undefined): AnalysedHost {
  const kernel = hostKernelProfile(raw, option)
  return analysed(raw, withGroupsToCome(raw, kernel), kernel, () => undefined)
}

/** `seen`: what the answers rest on. */
function analysed(
  raw: RawHost,
  seen: RawHost,
  kernel: KernelProfile,
  like: () => Topology | undefined,
): AnalysedHost {
  const topology = once(() => buildTopology(seen, like()))
  const vfio = once(() => vfioHost(topology(), kernel))
  const isolation = once(() => analyseIsolation(topology()))
  return {
    raw,
    kernel,
    get topology() {
      return topology()
    },
    get vfio() {
      return vfio()
    },
    get isolation() {
      return isolation()
    },
    // A what-if of a what-if differs in few functions from what was read, which is analysed anyway.
    whatIf: (changed) => analysed(changed, changed, kernel, () => like() ?? topology()),
  }
}
