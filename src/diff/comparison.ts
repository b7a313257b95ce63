import type { PciAddress } from '../host/pci-address.js'
import type { DiffCause } from './change.js'
import { diffCommandLines } from './command-lines.js'
import { type Matching, matchFunctions, type Pair } from './match-functions.js'
import { acsControlOf, type DiffSide } from './side.js'

/** Two analysed hosts with what is asked of them again and again. */
export interface Comparison {
  readonly before: DiffSide
  readonly after: DiffSide
  readonly matching: Matching
  /** Words of the command line that matter to isolation and that only one side has. */
  readonly parameters: { readonly before: readonly string[]; readonly after: readonly string[] }
  /** Members that the group of a function has only on one side, by their addresses there. */
  readonly groupDifference: (pair: Pair) => GroupDifference | null
}

export interface GroupDifference {
  readonly joined: readonly PciAddress[]
  readonly left: readonly PciAddress[]
}

export function compareSides(before: DiffSide, after: DiffSide): Comparison {
  const matching = matchFunctions(before, after)
  const known = new Map<Pair, GroupDifference | null>()

  function groupDifference(pair: Pair): GroupDifference | null {
    const was = before.groupOf(pair.before)
    const is = after.groupOf(pair.after)
    if (was === null || is === null) return null
    const kept = new Set(was.members.flatMap((address) => matching.afterOf(address) ?? []))
    const joined = is.members.filter((address) => !kept.has(address))
    const left = was.members.filter((address) => {
      const now = matching.afterOf(address)
      return now === undefined || !is.members.includes(now)
    })
    return joined.length + left.length === 0 ? null : { joined, left }
  }

  return {
    before,
    after,
    matching,
    parameters: diffCommandLines(before.raw, after.raw).isolation,
    groupDifference(pair) {
      const found = known.get(pair)
      if (found !== undefined) return found
      const made = groupDifference(pair)
      known.set(pair, made)
      return made
    },
  }
}

/** The kernel releases, if they differ and both were recorded. */
export function kernelCause({ before, after }: Comparison): DiffCause | null {
  const [was, is] = [before.raw.system.osRelease, after.raw.system.osRelease]
  if (!was.known || !is.known || was.value === is.value) return null
  return { kind: 'kernel-changed', before: was.value, after: is.value }
}

/** Parameters of the kernel that change groups, if they differ. */
export function parameterCause({ parameters }: Comparison): DiffCause | null {
  if (parameters.before.length + parameters.after.length === 0) return null
  return { kind: 'parameter-changed', ...parameters }
}

/** Another ACS control register, or another row of the quirk table that speaks for the function. */
export function registerCause(pair: Pair, { before, after }: Comparison): DiffCause | null {
  const at = pair.after.address
  const [was, is] = [acsControlOf(pair.before), acsControlOf(pair.after)]
  if (was !== undefined && is !== undefined && JSON.stringify(was) !== JSON.stringify(is)) {
    return { kind: 'acs-changed', at, before: was, after: is }
  }
  const quirkBefore = before.isolation.quirkOf(pair.before.address)
  const quirkAfter = after.isolation.quirkOf(at)
  if (quirkBefore === quirkAfter) return null
  return { kind: 'quirk-changed', at, before: quirkBefore, after: quirkAfter }
}
