import { isNeedLoss } from '../../plan/host-use.js'
import type { StepReport } from '../../plan/report/document.js'
import { vmName } from '../../plan/report/step-words.js'
import { some } from '../../text/english.js'
import { bullet, command, heading, paragraph } from '../../text/layout.js'
import { distinct, remembered } from '../../text/lists.js'
import type { Style } from '../../text/style.js'
import { NO_PLAN_WORDS } from './check-words.js'
import type { CheckReport, VmReport } from './document.js'

/** What to do about the checks of a VM that fail: one plan for all, or what there is of it; nothing where nothing fails. */
export function planLines(vm: VmReport, style: Style): string[] {
  const failing = vm.checks.filter(({ outcome }) => outcome === 'fail')
  if (failing.length === 0) return []
  const hopeless = failing.filter(({ plan }) => plan === null)
  const whole = vm.plan
  const partial = whole ?? distinctSteps(failing)
  if (partial.length === 0 && hopeless.every(({ noPlan }) => noPlan === null)) return []
  return [
    ...heading('What to do', style),
    ...partial.flatMap((step, index) => stepLines(step, index, style)),
    ...noPlanLines(hopeless, style),
    ...proofLines(vm, style),
  ]
}

/** More names than that hide the reason behind them. */
const MOST_NAMED = 8

/** Functions that lack a plan for one reason, such as VFs of one PF, share a line. */
function noPlanLines(hopeless: readonly CheckReport[], style: Style): string[] {
  const alike = new Map<string, { readonly reason: string; readonly devices: string[] }>()
  for (const check of hopeless) {
    const { device, noPlan } = check
    if (noPlan === null || device === null) continue
    const reason = `${check.id}: ${NO_PLAN_WORDS[noPlan]}`
    remembered(alike, reason, () => ({ reason, devices: [] })).devices.push(device)
  }
  return [...alike.values()].flatMap(({ reason, devices }) =>
    bullet(`No plan for ${some(distinct(devices), MOST_NAMED)}, ${reason}`, style),
  )
}

function proofLines({ plan, proof, name }: VmReport, style: Style): string[] {
  if (plan === null) return []
  const text =
    proof === 'passes'
      ? `Proved in memory: with ${plan.length === 1 ? 'this step' : 'these steps'} taken, every check of ${vmName(name)} that fails now passes, and none gets worse. Nothing was executed.`
      : 'After the reboot the host has other IOMMU groups: ask again then. Nothing was executed.'
  return ['', ...paragraph(text, style, { by: 2 })]
}

/** Where not everything can be solved, at least what can. */
function distinctSteps(failing: readonly CheckReport[]): readonly StepReport[] {
  const steps = failing.flatMap(({ plan }) => plan ?? [])
  return [
    ...new Map(steps.map((step) => [`${step.do} ${step.device} ${step.what}`, step])).values(),
  ]
}

function stepLines(step: StepReport, index: number, style: Style): string[] {
  const number = `${index + 1}. `
  const [first = '', ...rest] = paragraph(step.what, style, { by: 2 + number.length })
  const more = (label: string, text: string) =>
    paragraph(`${label}${text}`, style, { by: 2 + number.length, tone: 'faint' })
  return [
    `  ${number}${first.trimStart()}`,
    ...rest,
    ...(step.command === null ? [] : step.command.split('\n').map(command)),
    ...(step.cost === null ? [] : more('Costs: ', `${step.cost}.`)),
    ...(needsReboot(step) && step.lasting === null
      ? more('No command is given for it: ', 'the host needs it while it runs.')
      : []),
    ...(step.lasting === null || !needsReboot(step)
      ? []
      : [
          ...more('Not on a running host, which needs it; for good, and with a reboot:', ''),
          ...step.lasting.split('\n').map(command),
        ]),
    ...(step.undo === null ? [] : [...more('Undo:', ''), ...step.undo.split('\n').map(command)]),
  ]
}

/** What the host needs is not taken from it while it runs. */
function needsReboot({ losses }: StepReport): boolean {
  return losses.some(isNeedLoss)
}
