import { diagnose } from '../../doctor/diagnose.js'
import { doctorReport } from '../../doctor/report/doctor-report.js'
import { inspectAnswer } from '../../inspect/inspect-report.js'
import { KERNEL_POLICIES } from '../../policy/find-policy.js'
import { command as commandLine, finish, heading, paragraph } from '../../text/layout.js'
import type { Printable } from '../../text/printable.js'
import type { Style } from '../../text/style.js'
import type { Answer, BaseCommand } from '../base-command.js'
import { HostError } from '../errors.js'
import type { HostFlags } from '../flags.js'
import { TOOL } from '../tool.js'
import { type OpenedHost, withHost } from '../with-host.js'
import { machineOf } from './examine-host.js'

/** `vfio-reset` alone: whether the machine is ready, what can be given to whom, and what to type next. */
export async function welcome(command: BaseCommand, flags: HostFlags): Promise<Answer> {
  try {
    return await withHost(command, { from: flags, wake: false, holders: false }, answerOf)
  } catch (error) {
    if (!(error instanceof HostError)) throw error
    // Also whoever types it where there is no host to look at wants to know what the tool is for.
    const { path, errno } = error
    throw new HostError(error.message, {
      path: path ?? undefined,
      errno: errno ?? undefined,
      hint: NEXT_WORDS,
    })
  }
}

function answerOf(opened: OpenedHost): Answer {
  const machine = machineOf(opened)
  const doctor = doctorReport(machine, TOOL)
  const { summary } = inspectAnswer({
    host: opened.host,
    targets: null,
    query: { policies: KERNEL_POLICIES, owning: new Set(), brief: true },
    tool: TOOL,
    names: new Map(),
  })
  const isReady = diagnose(machine).verdict !== 'fail'
  return {
    document: () => doctor,
    text: (style) => render([doctor.summary, ...(isReady ? [summary] : [])], isReady, style),
  }
}

function render(sentences: readonly string[], isReady: boolean, style: Style): Printable {
  const [first = '', ...others] = sentences
  return finish(
    [
      ...paragraph(first, style, { tone: 'strong' }),
      ...others.flatMap((text) => paragraph(text, style)),
      ...heading('Next', style),
      ...(isReady ? READY : NOT_READY).map(({ line, what }) =>
        commandLine(`${line.padEnd(WIDTH)}# ${what}`),
      ),
    ],
    style,
  )
}

const WIDTH = 34

const READY = [
  { line: 'vfio-reset inspect', what: 'which functions go together, and who may reset them' },
  {
    line: 'vfio-reset preflight DEVICE...',
    what: 'will a VM that gets them start, and reset them?',
  },
  { line: 'vfio-reset explain < qemu.log', what: 'what a message means, and whether it matters' },
]

const NOT_READY = [
  { line: 'vfio-reset doctor', what: 'what is in the way here, and what helps' },
  { line: 'vfio-reset inspect --demo', what: 'what it looks like on a machine that is ready' },
  { line: 'vfio-reset explain < qemu.log', what: 'what a message of another machine means' },
]

const NEXT_WORDS =
  '`vfio-reset inspect --demo` shows a machine that is shipped, `vfio-reset explain < qemu.log` what a message means, `vfio-reset --help` all commands.'
