import { envelope, type Tool } from '../../document/envelope.js'
import { cureFor, type Platform } from '../../explain/catalogue/platform.js'
import { hostPlatform } from '../../explain/report/host-platform.js'
import type { Gap } from '../../host/gap.js'
import { HOST_CHECKS } from '../checks/index.js'
import { type Diagnosis, diagnose, type HostResult, isDecisive } from '../diagnose.js'
import type { Machine } from '../machine.js'
import type { DoctorReport, HostCheckReport } from './document.js'
import { reasonCure, reasonSentence } from './reason-words.js'

/** The whole of `doctor`: from what was read to the document. */
export function doctorReport(machine: Machine, tool: Tool): DoctorReport {
  const platform = hostPlatform(machine.host.raw)
  const diagnosis = diagnose(machine)
  const checks = diagnosis.checks.map((each) => checkReport(each, platform))
  return {
    ...envelope('doctor', machine.host, { gaps: gapsOf(diagnosis), tool }),
    summary: doctorSummary(checks, diagnosis.verdict),
    platform,
    checks,
    verdict: diagnosis.verdict,
  }
}

function checkReport({ id, outcome, reasons }: HostResult, platform: Platform): HostCheckReport {
  const check = HOST_CHECKS.find((each) => each.id === id)
  if (check === undefined) throw new Error(`no check ${id}`)
  const cures = reasons.flatMap((reason) => cureFor(reasonCure(reason), platform) ?? [])
  return {
    id,
    title: check.title,
    outcome,
    reasons,
    what:
      reasons.length === 0 ? check.passes : reasons.map((each) => reasonSentence(each)).join(' '),
    remedy: cures.length === 0 ? null : cures.join(' '),
    decidedBy: check.source,
  }
}

/** What was wanted and not had. */
function gapsOf({ checks }: Diagnosis): readonly Gap[] {
  return checks.flatMap(({ reasons }) =>
    reasons.flatMap((each) =>
      each.kind === 'unread' ? [{ path: each.path, why: each.why, detail: each.detail }] : [],
    ),
  )
}

/** Whether the machine is ready, and what is in the way. */
function doctorSummary(
  checks: readonly HostCheckReport[],
  verdict: DoctorReport['verdict'],
): string {
  const of = (outcome: HostCheckReport['outcome']) =>
    checks.filter((each) => each.outcome === outcome)
  const texts = (outcome: HostCheckReport['outcome']) =>
    of(outcome)
      .filter(({ id }) => isDecisive(id))
      .map(({ what }) => what)
  const warned = of('warn').map(({ title }) => title)
  const care = warned.length === 0 ? '' : ` Take care of: ${warned.join(', ')}.`
  switch (verdict) {
    case 'fail':
      return `This machine is not ready to give functions to VMs. ${texts('fail').join(' ')}`
    case 'cannot-tell':
      return `Whether this machine is ready to give functions to VMs is unknown. ${texts('cannot-tell').join(' ')}${care}`
    case 'pass':
      return `This machine is ready to give functions to VMs.${care}`
  }
}
