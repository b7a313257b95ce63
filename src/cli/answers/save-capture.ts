import { captureReport } from '../../capture/report/document.js'
import { renderCapture } from '../../capture/report/text.js'
import type { Answer, BaseCommand } from '../base-command.js'
import { UsageError } from '../errors.js'
import type { HostChoice } from '../input/open-host.js'
import { writeAtomically } from '../output/write-atomically.js'
import { writeBytes } from '../output/write-bytes.js'
import { withTree } from '../with-host.js'
import {
  type CaptureWish,
  captureTime,
  defaultFile,
  makeCapture,
  packCapture,
  parseSize,
} from './make-capture.js'
import { STDOUT } from './report-files.js'

interface CaptureFlags extends HostChoice, CaptureWish {
  readonly output: string | undefined
  readonly 'max-size': string
}

/** Permissions of the file: what is not redacted concerns nobody but who made it. */
const PRIVATE = 0o600
const PUBLIC = 0o644

/** `capture` of a host into a file, or to standard output. What was done is told where the capture does not go. */
export async function saveCapture(command: BaseCommand, flags: CaptureFlags): Promise<Answer> {
  const maxBytes = parseSize(flags['max-size'])
  const time = captureTime(process.env)
  const file = flags.output ?? defaultFile(time)
  checkOutput(command, flags)
  return withTree(command, { from: flags }, async (tree) => {
    const made = await makeCapture(tree, flags, time)
    await command.phase('writing the capture')
    const chunks = packCapture(made.entries)
    const mode = flags.redact ? PUBLIC : PRIVATE
    const bytes =
      file === STDOUT
        ? await writeBytes(process.stdout, chunks, maxBytes)
        : await writeAtomically({ file, mode, chunks, maxBytes })
    const outcome = { file, bytes, ...made.outcome }
    const shown = { redactions: flags['show-redactions'] }
    return {
      document: () => captureReport(outcome),
      text: (terminal) => (file === STDOUT ? [] : renderCapture(outcome, shown, terminal)),
      aside: file === STDOUT ? renderCapture(outcome, shown, command.terminal()) : [],
    }
  })
}

function checkOutput(command: BaseCommand, flags: CaptureFlags): void {
  const { output } = flags
  if (output === '') throw new UsageError('--output expects a value, but it is empty.')
  if (flags.for !== undefined && isCopy(flags)) {
    throw new UsageError('--for vm-problem runs commands on this host, so it goes with no other.')
  }
  if (output !== STDOUT) return
  if (command.jsonEnabled()) {
    throw new UsageError('Standard output cannot hold both the capture and the JSON document.')
  }
  if (process.stdout.isTTY) {
    throw new UsageError('Standard output is a terminal: a capture would garble it.', {
      hint: 'Name a file with -o, or send the output into one.',
    })
  }
}

function isCopy({ root, capture, demo }: HostChoice): boolean {
  return demo === true || capture !== undefined || (root !== undefined && root !== '/')
}
