import { isYes, valueOrNull } from '../host/gap.js'
import { NEED_WORDS } from '../host/need-words.js'
import { comparePciAddress, type PciAddress } from '../host/pci-address.js'
import type { OpenNeed } from '../host/raw-host.js'
import { lostItsLink } from '../host/read/missing-group-link.js'
import { NEWEST } from '../kernel/kernel.js'
import { firstReleases } from '../kernel/kernel-change.js'
import { isAtLeast } from '../kernel/kernel-release.js'
import { ignoresReset, type PciDevice } from '../pci/device.js'
import { noBusReset, noBusResetRow } from '../pci/flags.js'
import { knownBad } from '../pci/known-bad.js'
import type { Topology } from '../pci/topology.js'
import { some } from '../text/english.js'
import { append } from '../text/lists.js'
import { deniedBind } from '../vfio/denylist.js'
import type { ResetScope } from '../vfio/reset-scope.js'
import { distinctScopes, isOpenElsewhere, resetScopesOf, type VfioHost } from '../vfio/vfio-host.js'
import type { Warning } from './warning.js'

/** What an operator should know about the host, and about the functions asked about and those reset with them. */
export function warningsOf(
  host: VfioHost,
  targets: readonly PciDevice[],
  concerned: ReadonlySet<PciAddress>,
): readonly Warning[] {
  return [
    ...hostNeedWarnings(host, concerned),
    ...hostWarnings(host),
    ...targets.flatMap((device) => deviceWarnings(host, device)),
    ...lateQuirkWarnings(host, targets),
    ...[...distinctScopes(host, targets)].flatMap(([scope, device]) =>
      scopeWarnings(host, device, scope),
    ),
  ]
}

function hostNeedWarnings(host: VfioHost, concerned: ReadonlySet<PciAddress>): readonly Warning[] {
  const { hostNeeds, openNeeds } = host.topology.raw
  const needs = hostNeeds
    .filter(({ address }) => concerned.has(address))
    .map(({ kind, address, detail }) => ({ kind, address, detail }))
  return [...needs, ...possibleNeeds(openNeeds, concerned)]
}

/** One for a function, however much may rest on it. */
function possibleNeeds(
  openNeeds: readonly OpenNeed[],
  concerned: ReadonlySet<PciAddress>,
): readonly Warning[] {
  const details = new Map<PciAddress, string[]>()
  for (const { kind, detail, candidates } of openNeeds) {
    for (const address of candidates) {
      if (concerned.has(address)) append(details, address, `${NEED_WORDS[kind].noun} ${detail}`)
    }
  }
  return [...details]
    .sort(([a], [b]) => comparePciAddress(a, b))
    .map(([address, all]) => ({ kind: 'possible-host-need', address, detail: some(all, LISTED) }))
}

function hostWarnings({ kernel, topology }: VfioHost): readonly Warning[] {
  const { raw } = topology
  const warnings: Warning[] = []
  if (kernel.from === 'assumed') {
    warnings.push({ kind: 'kernel-assumed', detail: kernel.release.text })
  }
  if (isAtLeast(kernel.release, NEWEST.major, NEWEST.minor + 1)) {
    warnings.push({ kind: 'kernel-newer', detail: kernel.release.text })
  }
  if (raw.system.unsafeNoiommu.known && raw.system.unsafeNoiommu.value) {
    warnings.push({ kind: 'unsafe-noiommu', detail: 'enable_unsafe_noiommu_mode=Y' })
  }
  if (raw.changed) warnings.push({ kind: 'host-changed', detail: 'functions came or went' })
  return warnings
}

function deviceWarnings(host: VfioHost, device: PciDevice): readonly Warning[] {
  const { address } = device
  const warnings: Warning[] = []
  if (device.dead.known && device.dead.value) {
    warnings.push({ kind: 'dead-function', address, detail: 'config reads as all ones' })
  }
  if (lostItsLink(device.raw)) {
    const detail = valueOrNull(device.raw.driver) ?? 'a vfio driver'
    warnings.push({ kind: 'group-link-lost', address, detail })
  }
  const opens = opensElsewhere(host, device)
  if (opens !== null) {
    warnings.push({ kind: 'open-elsewhere', address, detail: `enable is ${opens}` })
  }
  const denied = deniedBind(device, { kernel: host.kernel, system: host.topology.raw.system })
  if (denied !== null) {
    warnings.push({ kind: 'denied-device', address, detail: denied.what })
  }
  const bad = knownBad(device)
  if (bad !== undefined && mayBeHotReset(host, device)) {
    warnings.push({ kind: 'known-bad-reset', address, detail: `${bad.what} (${bad.source})` })
  }
  return warnings
}

/** How often somebody whom nothing here shows has it enabled; null: nobody, or that is not known. */
function opensElsewhere(host: VfioHost, device: PciDevice): number | null {
  const vfio = host.isVfioBound(device)
  const open = isOpenElsewhere(device, host)
  const isUnseen = vfio.known && vfio.value && open.known && !open.value
  const count = valueOrNull(device.raw.enabled)
  return isUnseen && count !== null && count > 0 ? count : null
}

/** A method made for the device is what such devices need. */
function mayBeHotReset(host: VfioHost, device: PciDevice): boolean {
  const { resetMethods } = device.raw
  const methods = resetMethods.known ? resetMethods.value : null
  return methods?.[0] !== 'device_specific' && resetScopesOf(host, device).length > 0
}

/** The functions asked about, and all that would have to come back from their resets: what is affected, and the port. */
function lateQuirkWarnings(host: VfioHost, targets: readonly PciDevice[]): readonly Warning[] {
  const met = [...distinctScopes(host, targets).keys()].flatMap(({ via, affected }) => {
    const port = via === null ? undefined : host.topology.byAddress.get(via)
    return port === undefined ? affected : [port, ...affected]
  })
  return [...new Set([...targets, ...met])].flatMap((device) => {
    const row = noBusResetRow(device)
    const flag = noBusReset(device, host)
    const isFlagged = flag.known && flag.value !== null
    if (!row.known || row.value === null || isFlagged) return []
    const { what, since } = row.value
    const detail = `${what}: ${firstReleases(since).join(', ')}`
    return [{ kind: 'late-quirk', address: device.address, detail }]
  })
}

function scopeWarnings(
  host: VfioHost,
  { address }: PciDevice,
  { kind, via, affected, unaccounted }: ResetScope,
): readonly Warning[] {
  const { topology } = host
  const warnings: Warning[] = []
  const virtual = unaccounted.filter(({ onVirtualBus }) => onVirtualBus.known && onVirtualBus.value)
  const others = unaccounted.filter((device) => !virtual.includes(device))
  if (others.length > 0) {
    warnings.push({ kind: 'unaccounted-reset', address, detail: listed(others) })
  }
  if (virtual.length > 0) warnings.push({ kind: 'vfs-destroyed', address, detail: listed(virtual) })
  if (via === null) return warnings
  const undated = affected.filter((each) => {
    return each.parent === via && isYes(host.isVfioBound(each)) && !isDated(each, topology)
  })
  if (kind === 'slot' && undated.length > 1) {
    warnings.push({ kind: 'slot-assumed', address: via, detail: listed(undated) })
  }
  const port = topology.byAddress.get(via)
  const isMasked = port === undefined ? undefined : ignoresReset(port)
  if (isMasked?.known === true && isMasked.value) {
    warnings.push({ kind: 'sbr-masked', address: via, detail: 'CXL port, Unmask SBR is 0' })
  }
  if (port?.linkActive.known === true && port.linkActive.value === false) {
    warnings.push({ kind: 'link-inactive', address: via, detail: 'data link layer is not active' })
  }
  if (port?.dpcTriggered.known === true && port.dpcTriggered.value === true) {
    warnings.push({ kind: 'dpc-triggered', address: via, detail: 'DPC status bit 0 is set' })
  }
  return warnings
}

/** Whether it is told when the function was bound. */
function isDated({ address }: PciDevice, { raw }: Topology): boolean {
  return (raw.boundAt.get(address) ?? null) !== null
}

const LISTED = 8

function listed(devices: readonly PciDevice[]): string {
  const names = devices.slice(0, LISTED).map(({ address }) => address)
  const more = devices.length - names.length
  return more > 0 ? `${names.join(' ')} and ${more} more` : names.join(' ')
}
