import type { StepReport } from '../../plan/report/document.js'
import { vmName } from '../../plan/report/step-words.js'
import { escapeTerminal } from '../../text/escape.js'
import { type Printable, printableLines } from '../../text/printable.js'
import { NO_PLAN_WORDS } from './check-words.js'
import type { PreflightReport, VmReport } from './document.js'

/** `preflight --plan`: the plans of all VMs as one shell script, which nobody has run. */
export function preflightScript(report: PreflightReport): Printable {
  const lines = [
    '#!/bin/sh',
    `# Made by ${report.tool.name} ${report.tool.version} preflight. Read it before you run it as root.`,
    'set -eu',
    ...report.vms.flatMap(vmLines),
  ]
  return printableLines(lines, { color: false })
}

function vmLines(vm: VmReport): readonly string[] {
  const name = vmName(vm.name)
  if (!vm.checks.some(({ outcome }) => outcome === 'fail')) {
    return ['', comment(`${name}: nothing fails, so there is nothing to do.`)]
  }
  if (vm.plan === null) {
    const why = vm.noPlan === null ? 'no plan was looked for.' : NO_PLAN_WORDS[vm.noPlan]
    return ['', comment(`${name}: no plan for all that fails: ${why}`)]
  }
  return ['', comment(name), ...vm.plan.flatMap(stepLines)]
}

function stepLines(step: StepReport): readonly string[] {
  return [
    '',
    comment(step.command === null ? `By hand: ${step.what}` : step.what),
    ...(step.cost === null ? [] : [comment(`Costs: ${step.cost}.`)]),
    ...(step.command === null ? [] : step.command.split('\n').map(escapeTerminal)),
    ...(step.lasting === null
      ? []
      : step.lasting.split('\n').map((line) => comment(`For good: ${line}`))),
    ...(step.undo === null ? [] : step.undo.split('\n').map((line) => comment(`Undo: ${line}`))),
  ]
}

/** One line, whatever the host calls its things: nothing of it may be run. */
function comment(text: string): string {
  return `# ${escapeTerminal(text)}`
}
