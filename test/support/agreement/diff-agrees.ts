import type { Change, ChangeKind } from '../../../src/diff/change.js'
import { compareHosts } from '../../../src/diff/compare-hosts.js'
import { isStated } from '../../../src/document/stated.js'
import type { PciAddress } from '../../../src/host/pci-address.js'
import type { DeviceReport } from '../../../src/inspect/document.js'
import { isHostNeed } from '../../../src/inspect/report-index.js'
import { KERNEL_POLICIES } from '../../../src/policy/find-policy.js'
import type { Verdict } from '../../../src/policy/verdict.js'
import { type Complaints, type Inspected, same } from './inspected.js'

/**
 * `diff` of two states of a machine names exactly what `inspect` says differently of them: verdicts, what a reset affects,
 * and what the host needs. Functions keep their addresses.
 */
export function differenceComplaints(before: Inspected, after: Inspected): Complaints {
  const options = { policies: KERNEL_POLICIES, hypothetical: false }
  const { changes } = compareHosts(before.host, after.host, options)
  const was = new Map(before.devices.map((device) => [device.address, device]))
  const complaints = after.devices.flatMap((now) => {
    const then = was.get(now.address)
    if (then === undefined) return []
    return [verdictsTold, scopeTold].flatMap((told) =>
      told({ then, now, changes }).map((each) => `${now.address}: ${each}`),
    )
  })
  return [...complaints, ...needsTold({ before, after }, changes)]
}

interface Compared {
  readonly then: DeviceReport
  readonly now: DeviceReport
  readonly changes: readonly Change[]
}

function verdictsTold({ then, now, changes }: Compared): Complaints {
  return now.hotReset.verdicts.flatMap((after) => {
    const { policy } = after
    const before = then.hotReset.verdicts.find((each) => each.policy === policy)
    const told = changesOf('verdict', changes).find(
      (each) => each.policy === policy && each.devices.includes(now.address),
    )
    const endings = [before, after].map(endingOf)
    const isChanged = JSON.stringify(endings[0]) !== JSON.stringify(endings[1])
    const diffed = told === undefined ? null : [told.before, told.after].map(endingOf)
    return same(`diff of ${policy}`, isChanged ? endings : null, diffed)
  })
}

/** Another stage alone is no other answer. */
function endingOf(verdict: Partial<Verdict> | undefined) {
  return [verdict?.outcome, verdict?.possible?.join() ?? verdict?.errno]
}

/** What is not known on a side is not compared. */
function scopeTold({ then, now, changes }: Compared): Complaints {
  const told = changesOf('reset-scope', changes).find(({ devices }) =>
    devices.includes(now.address),
  )
  const [before, after] = [scopeOf(then), scopeOf(now)]
  const isChanged =
    before !== null && after !== null && JSON.stringify(before) !== JSON.stringify(after)
  return same(
    'diff of its reset',
    isChanged ? [before, after] : null,
    told === undefined ? null : [told.before, told.after].map(sorted),
  )
}

function scopeOf({ hotReset: { scope, affected } }: DeviceReport) {
  return isStated(scope) && isStated(affected) ? sorted({ scope, affected }) : null
}

function sorted({ scope, affected }: { scope: unknown; affected: readonly PciAddress[] }) {
  return { scope, affected: affected.toSorted() }
}

interface Sides {
  readonly before: Inspected
  readonly after: Inspected
}

function needsTold({ before, after }: Sides, changes: readonly Change[]): Complaints {
  const [was, is] = [needsOf(before), needsOf(after)]
  const [told] = changesOf('host-needs', changes)
  const textsOf = (needs: readonly { readonly kind: string; readonly address: string }[] = []) =>
    [...new Set(needs.map(({ kind, address }) => `${kind} ${address}`))].sort()
  return [
    ...same(
      'diff: no longer needed',
      was.filter((each) => !is.includes(each)),
      textsOf(told?.before),
    ),
    ...same(
      'diff: needed now',
      is.filter((each) => !was.includes(each)),
      textsOf(told?.after),
    ),
  ]
}

function needsOf({ report }: Inspected): readonly string[] {
  const needs = report.warnings.filter(isHostNeed)
  return [...new Set(needs.map(({ kind, address }) => `${kind} ${address}`))].sort()
}

function changesOf<Kind extends ChangeKind>(kind: Kind, changes: readonly Change[]) {
  return changes.filter((each): each is Extract<Change, { kind: Kind }> => each.kind === kind)
}
