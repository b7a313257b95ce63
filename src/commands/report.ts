import { basename } from 'node:path'
import process from 'node:process'
import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../cli/base-command.js'
import { findDevices } from '../cli/find-devices.js'
import { checkKernel, hostFlags, nameFlags, policiesFor } from '../cli/flags.js'
import { namesFor } from '../cli/names-flag.js'
import { openHost } from '../cli/open-host.js'
import {
  checkReportFiles,
  STDOUT,
  type WrittenFile,
  writeReportFiles,
} from '../cli/report-files.js'
import { makeReport } from '../cli/report-making.js'
import { readRedacted, readUnredacted } from '../cli/report-redaction.js'
import { TOOL } from '../cli/tool.js'
import { writeOut } from '../cli/write-out.js'
import { escapeTerminal } from '../text/escape.js'
import { analyseHost } from '../vfio/analysed-host.js'

const FILE = { helpValue: 'FILE' }

export default class Report extends BaseCommand {
  static override summary =
    'write a bug report to paste, or a page or drawing of the host to look at'
  static override usage = '<%= command.id %> [DEVICE...] [FLAGS]'
  static override examples = [
    {
      description: 'A report for QEMU about one function',
      command: '<%= config.bin %> report 65:00.0 --for qemu',
    },
    {
      description: 'A page to look at, offline',
      command: '<%= config.bin %> report --html host.html',
    },
    {
      description: 'The drawing of a captured host',
      command: '<%= config.bin %> report --capture host.tar.gz --svg host.svg',
    },
  ]

  static override args = {
    device: Args.string({
      multiple: true,
      description: 'function that it is about, in any form that `inspect` takes',
    }),
  }

  static override flags = {
    ...hostFlags,
    ...nameFlags,
    demo: Flags.boolean({
      summary: 'read the captured host that ships with the tool',
      exclusive: ['root', 'capture'],
    }),
    for: Flags.option({
      summary: 'tracker whose template to fill in (default: qemu)',
      options: ['qemu', 'kernel', 'libvirt', 'proxmox', 'kubevirt'] as const,
    })(),
    html: Flags.string({
      ...FILE,
      summary: 'write one page that works offline: drawing, verdicts, what-if',
    }),
    svg: Flags.string({ ...FILE, summary: 'write the drawing as an image' }),
    dot: Flags.string({ ...FILE, summary: 'write the drawing for Graphviz' }),
    mermaid: Flags.string({ ...FILE, summary: 'write the drawing as a Mermaid chart' }),
    policy: Flags.string({
      helpValue: 'ID',
      summary:
        'mark the verdicts of this policy in the drawing (default: what this kernel is asked)',
    }),
    redact: Flags.boolean({
      summary: 'replace serial numbers, names and secrets (the default)',
      default: true,
      allowNo: true,
    }),
    wake: Flags.boolean({ summary: 'read functions even if that wakes them from runtime suspend' }),
  }

  override async run(): Promise<void> {
    const { flags, argv } = await this.parse(Report)
    const kernelOption = checkKernel(flags.kernel)
    const policy = flags.policy === undefined ? null : (policiesFor([flags.policy])[0]?.id ?? null)
    const wanted = checkReportFiles(flags)
    const progress = this.progress()
    const tree = await openHost(flags, this.config.root)
    try {
      await progress.phase('reading the host')
      const reading = flags.redact ? readRedacted : readUnredacted
      const { read, shown: raw } = await reading(tree, { wake: flags.wake })
      const asked = findDevices(argv.map(String), read, tree)
      await progress.phase('drawing it')
      const made = makeReport(
        {
          host: analyseHost(raw, kernelOption),
          kernelText: flags.kernel ?? null,
          asked,
          policy,
          names: namesFor(flags, raw.functions),
          tool: TOOL,
          redacted: flags.redact,
          capture: captureName(flags.capture),
          tracker: flags.for ?? 'qemu',
        },
        wanted,
        this.config.root,
      )
      progress.stop()
      const written = await writeReportFiles(made.files, flags.redact ? 'redacted' : 'whole')
      const isWanted = wanted.length === 0 || flags.for !== undefined
      const toStdout = made.files.find(({ path }) => path === STDOUT)
      await this.answer({
        document: () => ({ ...made.document, files: written }),
        text: () => toStdout?.text ?? (isWanted ? made.markdown : ''),
      })
      await writeOut(process.stderr, saidOf(written, flags.redact))
    } finally {
      progress.stop()
      this.stuck = tree.stuck
      tree.close()
    }
  }
}

/** Standard input has no name. */
function captureName(path: string | undefined): string | null {
  return path === undefined || path === STDOUT ? null : basename(path)
}

/** What was written, and loudly whether it may be shown around. */
function* saidOf(files: readonly WrittenFile[], redacted: boolean): Generator<string> {
  for (const { path, bytes } of files) {
    if (path !== STDOUT) yield `Wrote ${escapeTerminal(path)} (${Math.ceil(bytes / 1000)} kB).\n`
  }
  yield redacted
    ? 'Redacted: serial numbers, names and secrets were replaced. Read it before you send it.\n'
    : 'NOT redacted: it can hold serial numbers, names and secrets of this host.\n'
}
