import type { Machine } from '../../doctor/machine.js'
import { doctorReport } from '../../doctor/report/doctor-report.js'
import { renderDoctor } from '../../doctor/report/text.js'
import { valueOrNull } from '../../host/gap.js'
import { readReadiness } from '../../host/read/read-readiness.js'
import type { Answer, BaseCommand } from '../base-command.js'
import { exitCodeForPreflight } from '../exit-code.js'
import { checkKernel, type HostFlags } from '../flags.js'
import { TOOL } from '../tool.js'
import { type OpenedHost, withHost } from '../with-host.js'

/** `doctor`: whether the machine is ready. */
export function examineHost(command: BaseCommand, flags: HostFlags): Promise<Answer> {
  const kernel = checkKernel(flags.kernel)
  return withHost(command, { from: flags, kernel, wake: false, holders: false }, (opened) => {
    const report = doctorReport(machineOf(opened), TOOL)
    return {
      document: () => report,
      text: (terminal) => renderDoctor(report, terminal),
      exitCode: exitCodeForPreflight([report.verdict], undefined),
    }
  })
}

/** The host with what only this question reads of it. */
export function machineOf({ tree, host }: OpenedHost): Machine {
  return { host, readiness: readReadiness(tree, valueOrNull(host.raw.system.osRelease)) }
}
