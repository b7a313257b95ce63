import { type PciAddress, parsePciAddress } from '../../src/host/pci-address.js'
import type { RawHost } from '../../src/host/raw-host.js'
import { parseKernelRelease } from '../../src/kernel/kernel-release.js'
import { buildTopology } from '../../src/pci/build-topology.js'
import type { PciDevice } from '../../src/pci/device.js'
import { policyOf } from '../../src/policy/find-policy.js'
import type { PolicyId } from '../../src/policy/policies/index.js'
import { judge, type ResetQuestion, resetQuestion, type Verdict } from '../../src/policy/verdict.js'
import { hostKernelProfile } from '../../src/vfio/kernel-profile.js'
import type { ResetAnswer } from '../../src/vfio/reset-scope.js'
import { type VfioHost, vfioHost } from '../../src/vfio/vfio-host.js'
import { buildHost } from './host-builder.js'
import { without } from './host-files.js'
import type { HostSpec } from './host-spec.js'
import { loadFiles } from './load-host.js'

/** From literals to what VFIO decides: builder, reader, topology. `kernel` answers as that release would. */
export async function host(spec: HostSpec, kernel?: string): Promise<VfioHost> {
  return decide(await read(spec), kernel)
}

/** From literals to what the reader makes of them. */
export function read(spec: HostSpec): Promise<RawHost> {
  return loadFiles(buildHost(spec), undefined, spec.made)
}

/** The same from a copy of the host in which these files and folders are left out. */
export async function capture(spec: HostSpec, ...missing: readonly string[]): Promise<VfioHost> {
  const files = without(buildHost(spec), ...missing)
  return decide(await loadFiles(files, { kind: 'capture', path: 'capture.tar.gz' }))
}

/** What VFIO decides on a host that was read. */
export function decide(raw: RawHost, kernel?: string): VfioHost {
  const option = kernel === undefined ? undefined : parseKernelRelease(kernel)
  if (kernel !== undefined && option === undefined) throw new Error(`no release: ${kernel}`)
  return vfioHost(buildTopology(raw), hostKernelProfile(raw, option))
}

/** The function at `dddd:bb:dd.f`; `01:00.0` stands for one of domain 0000. */
export function at(vfio: VfioHost, text: string): PciDevice {
  const address = fullAddress(text)
  const device = vfio.topology.byAddress.get(address)
  if (device === undefined) throw new Error(`no function ${address}`)
  return device
}

export function fullAddress(text: string): PciAddress {
  const address = parsePciAddress(text.length === 7 ? `0000:${text}` : text)
  if (address === undefined) throw new Error(`no address: ${text}`)
  return address
}

/** The question of a hot reset of `target`, asked by a caller that owns `owning` too. */
export function question(
  vfio: VfioHost,
  target: string,
  owning: readonly string[] = [],
): ResetQuestion {
  return resetQuestion(vfio, at(vfio, target), new Set(owning.map(fullAddress)))
}

/** The whole verdict of one policy. */
export function verdict(
  vfio: VfioHost,
  policy: PolicyId,
  target: string,
  owning: readonly string[] = [],
): Verdict {
  return judge(policyOf(policy), question(vfio, target, owning))
}

/** The verdict in short: `permitted`, `undetermined`, or the errno and the stage: `EINVAL hot-reset`. */
export function answer(
  vfio: VfioHost,
  policy: PolicyId,
  target: string,
  owning: readonly string[] = [],
): string {
  const { outcome, errno, at: stage, possible } = verdict(vfio, policy, target, owning)
  return outcome === 'refused' ? `${errno ?? possible?.join('|') ?? null} ${stage}` : outcome
}

/** What a hot reset of the function touches, in the one world or the first of several. */
export function scopeOf(vfio: VfioHost, target: string): ResetAnswer {
  const device = at(vfio, target)
  return vfio.scopes.answer(device, vfio.scopes.worldsOf(device).worlds[0])
}

/** Addresses of the affected functions, without domain 0000: `01:00.0 01:00.1`. Empty: no reset. */
export function affected(vfio: VfioHost, target: string): string {
  return short(scopeOf(vfio, target).scope?.affected ?? [])
}

export function unaccounted(vfio: VfioHost, target: string): string {
  return short(scopeOf(vfio, target).scope?.unaccounted ?? [])
}

export function short(devices: readonly PciDevice[]): string {
  return devices.map(({ address }) => address.replace(/^0000:/, '')).join(' ')
}
