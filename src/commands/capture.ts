import process from 'node:process'
import * as Flags from '@oclif/core/flags'
import { type CaptureOutcome, captureReport } from '../capture/report/document.js'
import { renderCapture } from '../capture/report/text.js'
import { BaseCommand } from '../cli/base-command.js'
import { UsageError } from '../cli/errors.js'
import { hostFlags } from '../cli/flags.js'
import {
  captureTime,
  defaultFile,
  environment,
  type MadeCapture,
  makeCapture,
  packCapture,
  parseSize,
} from '../cli/make-capture.js'
import { openHost } from '../cli/open-host.js'
import { TOOL } from '../cli/tool.js'
import { writeAtomically } from '../cli/write-atomically.js'
import { writeBytes } from '../cli/write-bytes.js'
import { writeOut } from '../cli/write-out.js'
import { hostKernelProfile } from '../vfio/kernel-profile.js'

/** Permissions of the file: what is not redacted concerns nobody but who made it. */
const PRIVATE = 0o600
const PUBLIC = 0o644

const STDOUT = '-'

export default class Capture extends BaseCommand {
  static override summary = 'save what analysis reads of a host, to be looked at elsewhere'
  static override examples = [
    {
      description: 'For a bug report',
      command: '<%= config.bin %> capture --redact -o host.tar.gz',
    },
    {
      description: 'With what trackers ask for',
      command: '<%= config.bin %> capture --for vm-problem',
    },
    { description: 'Look at one', command: '<%= config.bin %> inspect --capture host.tar.gz' },
  ]

  static override flags = {
    root: hostFlags.root,
    capture: hostFlags.capture,
    demo: Flags.boolean({
      summary: 'read the captured host that ships with the tool',
      exclusive: ['root', 'capture'],
    }),
    output: Flags.string({
      char: 'o',
      helpValue: 'FILE',
      summary: 'file to write, `-` for standard output (default: a name with the time)',
    }),
    for: Flags.option({
      summary: 'also run the commands whose output bug trackers ask for',
      options: ['vm-problem'] as const,
    })(),
    redact: Flags.boolean({
      default: false,
      summary: 'replace serial numbers, MAC addresses, names and secrets by pseudonyms',
    }),
    'show-redactions': Flags.boolean({
      summary: 'list every replacement; without --redact: what it would replace',
    }),
    'max-size': Flags.string({
      helpValue: 'SIZE',
      summary: 'write nothing if it would be larger: 500K, 64M',
      default: '256M',
    }),
    wake: Flags.boolean({ summary: 'read functions even if that wakes them from runtime suspend' }),
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(Capture)
    const maxBytes = parseSize(flags['max-size'])
    const time = captureTime(environment())
    const file = flags.output ?? defaultFile(time)
    this.checkOutput(flags.output, flags.for !== undefined && isCopy(flags))
    const progress = this.progress()
    const tree = await openHost(flags, this.config.root)
    try {
      await progress.phase('reading the host')
      const made = await makeCapture(tree, {
        wake: flags.wake,
        redact: flags.redact,
        preview: flags['show-redactions'],
        commands: flags.for !== undefined,
        time,
      })
      await progress.phase('writing the capture')
      const bytes = await this.write(file, made, { maxBytes, redacted: flags.redact })
      progress.stop()
      await this.tell(outcomeOf(made, { file, bytes, redacted: flags.redact }), {
        redactions: flags['show-redactions'],
      })
    } finally {
      progress.stop()
      this.stuck ||= tree.stuck
      tree.close()
    }
  }

  private checkOutput(output: string | undefined, isForeign: boolean): void {
    if (output === '') throw new UsageError('--output expects a value, but it is empty.')
    if (isForeign) {
      throw new UsageError('--for vm-problem runs commands on this host, so it goes with no other.')
    }
    if (output !== STDOUT) return
    if (this.jsonEnabled()) {
      throw new UsageError('Standard output cannot hold both the capture and the JSON document.')
    }
    if (process.stdout.isTTY) {
      throw new UsageError('Standard output is a terminal: a capture would garble it.', {
        hint: 'Name a file with -o, or send the output into one.',
      })
    }
  }

  private write(
    file: string,
    { entries }: MadeCapture,
    { maxBytes, redacted }: { readonly maxBytes: number; readonly redacted: boolean },
  ): Promise<number> {
    const chunks = packCapture(entries)
    if (file === STDOUT) return writeBytes(process.stdout, chunks, maxBytes)
    return writeAtomically({ file, mode: redacted ? PUBLIC : PRIVATE, chunks, maxBytes })
  }

  /** What was done goes where the capture does not. */
  private async tell(
    outcome: CaptureOutcome,
    shown: { readonly redactions: boolean },
  ): Promise<void> {
    if (outcome.file === STDOUT) {
      await writeOut(process.stderr, renderCapture(outcome, shown, this.terminal()))
      return
    }
    await this.answer({
      document: () => captureReport(outcome),
      text: (terminal) => renderCapture(outcome, shown, terminal),
    })
  }
}

function isCopy(flags: {
  root?: string | undefined
  capture?: string | undefined
  demo: boolean
}): boolean {
  return (
    flags.demo || flags.capture !== undefined || (flags.root !== undefined && flags.root !== '/')
  )
}

function outcomeOf(
  { raw, gaps, entries, redactions, commands }: MadeCapture,
  written: Pick<CaptureOutcome, 'file' | 'bytes' | 'redacted'>,
): CaptureOutcome {
  const kernel = hostKernelProfile(raw.system, undefined)
  return {
    tool: TOOL,
    source: {
      ...raw.source,
      kernelRelease: kernel.release.text,
      kernelReleaseFrom: kernel.from,
    },
    gaps,
    ...written,
    entries: entries.length,
    redactions,
    commands,
  }
}
