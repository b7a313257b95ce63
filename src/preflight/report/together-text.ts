import { counted, listed } from '../../text/english.js'
import type { Tone } from '../../text/style.js'
import type { PreflightReason } from '../reason.js'
import type { CheckReport, VmReport } from './document.js'
import { dangerText } from './verdict-text.js'

/** What is said first of several VMs: whether they can run at the same time, and be reset. */
export interface Together {
  readonly text: string
  readonly tone: Tone
}

/** null: there is one VM only. */
export function togetherText(vms: readonly VmReport[]): Together | null {
  if (vms.length < 2) return null
  const dangers = vms.flatMap((vm) => dangerText(vm) ?? [])
  if (dangers.length > 0) return { text: dangers.join(' '), tone: 'bad' }
  const conflicts = vms.flatMap((vm) => conflictsOf(vm, vms, 'fail'))
  const hard = conflicts.find(({ reason }) => reason.kind !== 'set-in-two-vms')
  if (hard !== undefined) {
    const pair = listed([nameOf(hard.vm), nameOf(hard.other)])
    return {
      text: `${pair} cannot run at the same time: ${sharedText(hard)}.`,
      tone: 'bad',
    }
  }
  const [soft] = conflicts
  if (soft === undefined) return apart(vms)
  const pair = listed([nameOf(soft.vm), nameOf(soft.other)])
  const run = runText([soft.vm, soft.other])
  return {
    text: `${pair} cannot both be reset: ${sharedText(soft)}. ${run}`,
    tone: 'bad',
  }
}

/** Two VMs of which one has what the other cannot do without. */
interface Conflict {
  readonly vm: VmReport
  readonly other: VmReport
  readonly check: CheckReport
  readonly reason: ConflictOfTwo
}

type ConflictOfTwo = Extract<
  PreflightReason,
  { readonly kind: 'in-two-vms' | 'group-in-two-vms' | 'set-in-two-vms' }
>

function conflictsOf(
  vm: VmReport,
  vms: readonly VmReport[],
  outcome: 'fail' | 'warn',
): readonly Conflict[] {
  return vm.checks
    .filter((check) => check.id === 'conflicts' && check.outcome === outcome)
    .flatMap((check) =>
      check.reasons.filter(isOfTwo).flatMap((reason) => {
        const other = vms.find((each) => each !== vm && each.devices.includes(reason.address))
        return other === undefined ? [] : [{ vm, other, check, reason }]
      }),
    )
}

function isOfTwo(reason: PreflightReason): reason is ConflictOfTwo {
  return /^(?:in|group-in|set-in)-two-vms$/.test(reason.kind)
}

function sharedText({ check: { device }, reason }: Conflict): string {
  switch (reason.kind) {
    case 'in-two-vms':
      return `both get ${reason.address}`
    case 'group-in-two-vms':
      return `${device} and ${reason.address} are in one group, ${reason.group}`
    case 'set-in-two-vms':
      return `${device} and ${reason.address} share one ${reason.scope} reset`
  }
}

/** A conflict of resets keeps nobody from running; something else may. */
function runText(vms: readonly VmReport[]): string {
  const failing = vms.filter(({ starts }) => starts === 'fail')
  if (failing.length > 0) return `${listed(failing.map(nameOf))} will not start.`
  return vms.every(({ starts }) => starts === 'pass')
    ? 'Both can run.'
    : 'Whether both can run is not known.'
}

function apart(vms: readonly VmReport[]): Together {
  const failing = vms.filter(({ verdict }) => verdict === 'fail')
  const open = vms.filter(({ verdict }) => verdict === 'cannot-tell')
  const all = vms.length === 2 ? 'both' : 'all'
  if (failing.length === 0 && open.length === 0) {
    const run = `${namesOf(vms)} can ${all} run at the same time`
    const [shared] = vms.flatMap((vm) => conflictsOf(vm, vms, 'warn'))
    if (shared === undefined) return { text: `${run}, and be reset.`, tone: 'good' }
    return {
      text: `${run}, and be reset, but not by a hot reset: ${sharedText(shared)}.`,
      tone: 'good',
    }
  }
  const told = [
    ...(failing.length === 0 ? [] : [`no for ${namesOf(failing)}`]),
    ...(open.length === 0 ? [] : [`cannot tell for ${namesOf(open)}`]),
  ]
  const text = `${namesOf(vms)} do not get in each other’s way; each alone: ${told.join(', ')}.`
  return { text, tone: failing.length === 0 ? 'unsure' : 'bad' }
}

/** More names than these are counted only. */
const MOST_NAMES = 4

function namesOf(vms: readonly VmReport[]): string {
  if (vms.length > MOST_NAMES) return counted(vms.length, 'VM')
  return listed(vms.map(nameOf))
}

function nameOf({ name, input }: VmReport): string {
  // A VM that has no name but by one of its functions.
  if (name?.startsWith('with ') === true) return `the VM ${name}`
  return name ?? input ?? 'the VM of the functions named'
}
