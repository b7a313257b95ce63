import { HOST_CHECKS, type HostCheckId } from './checks/index.js'
import type { HostFinding } from './host-check.js'
import type { Machine } from './machine.js'

/** One check with what it found. */
export interface HostResult extends HostFinding {
  readonly id: HostCheckId
}

/** All checks of a machine whose question arises, and whether functions can be given to VMs. */
export interface Diagnosis {
  readonly checks: readonly HostResult[]
  readonly verdict: 'pass' | 'fail' | 'cannot-tell'
}

/** What is unknown of these makes nobody's VM fail. */
const ADVISORY: ReadonlySet<HostCheckId> = new Set([
  'group-holes',
  'noiommu',
  'lockdown',
  'acs-override',
])

/** Whether the answer hangs on a check. */
export function isDecisive(id: HostCheckId): boolean {
  return !ADVISORY.has(id)
}

export function diagnose(machine: Machine): Diagnosis {
  const checks = HOST_CHECKS.flatMap(({ id, run }): HostResult[] => {
    const found = run(machine)
    return found === null ? [] : [{ id, ...found }]
  })
  const fails = checks.some(({ outcome }) => outcome === 'fail')
  const isOpen = checks.some(({ id, outcome }) => outcome === 'cannot-tell' && isDecisive(id))
  return { checks, verdict: fails ? 'fail' : isOpen ? 'cannot-tell' : 'pass' }
}
