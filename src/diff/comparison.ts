import type { PciAddress } from '../host/pci-address.js'
import type { RawGroup } from '../host/raw-host.js'
import { type AcsBit, acsBitNames } from '../iommu/acs.js'
import { groupNumber } from '../iommu/groups.js'
import type { PciDevice } from '../pci/device.js'
import { isSame, remembered } from '../text/lists.js'
import type { AnalysedHost } from '../vfio/analysed-host.js'
import type { DiffCause } from './change.js'
import { type CommandLineDifference, diffCommandLines } from './command-lines.js'
import { type Matching, matchFunctions, type Pair } from './match-functions.js'

/** Two analysed hosts with what is asked of them again and again. */
export interface Comparison {
  readonly before: AnalysedHost
  readonly after: AnalysedHost
  readonly matching: Matching
  readonly commandLines: CommandLineDifference
  /** Members that the group of a function has only on one side, by their addresses there. */
  readonly groupDifference: (pair: Pair) => GroupDifference | null
}

export interface GroupDifference {
  readonly joined: readonly PciAddress[]
  readonly left: readonly PciAddress[]
}

export function compareSides(before: AnalysedHost, after: AnalysedHost): Comparison {
  const matching = matchFunctions(before.topology, after.topology)
  const known = new Map<Pair, GroupDifference | null>()

  function groupDifference(pair: Pair): GroupDifference | null {
    const was = groupOf(before, pair.before)
    const is = groupOf(after, pair.after)
    if (was === null || is === null) return null
    const kept = new Set(was.devices.flatMap((address) => matching.afterOf(address) ?? []))
    const joined = is.devices.filter((address) => !kept.has(address))
    const left = was.devices.filter((address) => {
      const now = matching.afterOf(address)
      return now === undefined || !is.devices.includes(now)
    })
    return joined.length + left.length === 0 ? null : { joined, left }
  }

  return {
    before,
    after,
    matching,
    commandLines: diffCommandLines(before.raw, after.raw),
    groupDifference: (pair) => remembered(known, pair, () => groupDifference(pair)),
  }
}

/** The kernel releases, if they differ and both were recorded. */
export function kernelCause({ before, after }: Comparison): DiffCause | null {
  const [was, is] = [before.raw.system.osRelease, after.raw.system.osRelease]
  if (!was.known || !is.known || was.value === is.value) return null
  return { kind: 'kernel-changed', before: was.value, after: is.value }
}

/** Parameters of the kernel that change groups, if they differ. */
export function parameterCause({ commandLines: { isolation } }: Comparison): DiffCause | null {
  if (isolation.before.length + isolation.after.length === 0) return null
  return { kind: 'parameter-changed', ...isolation }
}

/** Another ACS control register, or another row of the quirk table that applies to the function. */
export function registerCause(pair: Pair, { before, after }: Comparison): DiffCause | null {
  const at = pair.after.address
  const [was, is] = [acsControlOf(pair.before), acsControlOf(pair.after)]
  if (was !== undefined && is !== undefined && !isSame(was, is)) {
    return { kind: 'acs-changed', at, before: was, after: is }
  }
  const quirkBefore = before.isolation.quirkOf(pair.before.address)
  const quirkAfter = after.isolation.quirkOf(at)
  if (quirkBefore === quirkAfter) return null
  return { kind: 'quirk-changed', at, before: quirkBefore, after: quirkAfter }
}

/** Group that has the function; null: it has none, or that was not read. Its number is no identity, what it holds is. */
export function groupOf({ vfio }: AnalysedHost, device: PciDevice): RawGroup | null {
  const id = groupNumber(device)
  return id === null ? null : (vfio.groups.get(id) ?? null)
}

/** Bits that a function's ACS control has set; null: no capability; undefined: not read. */
export function acsControlOf({ acs }: PciDevice): readonly AcsBit[] | null | undefined {
  if (!acs.known) return undefined
  return acs.value === null ? null : acsBitNames(acs.value.control)
}
