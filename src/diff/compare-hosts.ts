import { comparePciAddress } from '../host/pci-address.js'
import type { HostNeed } from '../host/raw-host.js'
import type { AnalysedHost } from '../vfio/analysed-host.js'
import { type Change, changed, type HostChange, type Incomparable } from './change.js'
import { compareFunctions } from './compare-functions.js'
import { compareGroups } from './compare-groups.js'
import { compareVerdicts, type VerdictOptions } from './compare-verdicts.js'
import { type Comparison, compareSides } from './comparison.js'
import { compareMachines, type MachineReport } from './machines.js'

export interface HostDifference {
  /** Verdicts first, then groups, then the rest; equal changes of several functions are one. */
  readonly changes: readonly Change[]
  readonly incomparable: readonly Incomparable[]
  readonly machine: MachineReport
}

/** What is different between two hosts, or one host at two times, and why as far as that can be told. */
export function compareHosts(
  before: AnalysedHost,
  after: AnalysedHost,
  options: VerdictOptions,
): HostDifference {
  const comparison = compareSides(before, after)
  const functions = compareFunctions(comparison)
  return {
    changes: fold([
      ...compareVerdicts(comparison, options),
      ...compareGroups(comparison),
      ...functions.changes,
      ...hostChanges(comparison),
    ]),
    incomparable: [
      ...functions.incomparable,
      ...unreadGroups(comparison),
      ...unreadCommandLine(comparison),
    ],
    machine: compareMachines(before, after, comparison.matching),
  }
}

function hostChanges(comparison: Comparison): readonly HostChange[] {
  const { before, after, commandLines } = comparison
  const changes: HostChange[] = []
  const [was, is] = [before.raw.system.osRelease, after.raw.system.osRelease]
  if (was.known && is.known && was.value !== is.value) {
    changes.push(changed('kernel-release', [], { before: was.value, after: is.value }))
  }
  const { words } = commandLines
  if (words !== null && words.before.length + words.after.length > 0) {
    changes.push(changed('command-line', [], words))
  }
  return [...changes, ...needsChange(comparison)]
}

/** A need goes with its function to another address. */
function needsChange({ before, after, matching }: Comparison): readonly HostChange[] {
  const keyAfter = (need: HostNeed): string | null => {
    const address = matching.afterOf(need.address)
    return address === undefined ? null : keyOf({ ...need, address })
  }
  const was = new Set(before.raw.hostNeeds.map(keyAfter))
  const is = new Set<string | null>(after.raw.hostNeeds.map(keyOf))
  const gone = before.raw.hostNeeds.filter((need) => !is.has(keyAfter(need)))
  const come = after.raw.hostNeeds.filter((need) => !was.has(keyOf(need)))
  if (gone.length + come.length === 0) return []
  const devices = [...new Set([...gone, ...come].map(({ address }) => address))]
  return [changed('host-needs', devices.sort(comparePciAddress), { before: gone, after: come })]
}

/** Names of interfaces and mount points can be redacted on one side. */
function keyOf({ kind, address }: HostNeed): string {
  return JSON.stringify([kind, address])
}

function unreadGroups({ matching }: Comparison): readonly Incomparable[] {
  const devices = matching.pairs
    .filter(({ before, after }) => before.raw.iommuGroup.known !== after.raw.iommuGroup.known)
    .map(({ after }) => after.address)
  return devices.length === 0 ? [] : [{ what: 'group', devices }]
}

function unreadCommandLine({ before, after }: Comparison): readonly Incomparable[] {
  const isRead = before.raw.system.commandLine.known && after.raw.system.commandLine.known
  return isRead ? [] : [{ what: 'command-line', devices: [] }]
}

/** Changes that differ in nothing but their functions become one. */
function fold(changes: readonly Change[]): readonly Change[] {
  const folded = new Map<string, Change>()
  for (const change of changes) {
    const { devices, ...rest } = change
    const key = JSON.stringify(rest)
    const same = folded.get(key)
    folded.set(
      key,
      same === undefined ? change : { ...change, devices: [...same.devices, ...devices] },
    )
  }
  return [...folded.values()]
}
