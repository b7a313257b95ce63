import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import type { KernelQuestion } from '../cli/ask-kernel.js'
import { UsageError } from '../cli/errors.js'
import { ExitCode, exitCodeForInspect } from '../cli/exit-code.js'
import { findDevices } from '../cli/find-devices.js'
import { checkKernel, hostFlags, nameFlags, policiesFor } from '../cli/flags.js'
import { LiveCommand } from '../cli/live-command.js'
import { namesFor } from '../cli/names-flag.js'
import { openHost } from '../cli/open-host.js'
import { TOOL } from '../cli/tool.js'
import { readHost } from '../host/read/read-host.js'
import { inspectDraft } from '../inspect/inspect-report.js'
import { renderInspect } from '../inspect/text/render-inspect.js'
import type { Style } from '../text/style.js'
import { analyseHost } from '../vfio/analysed-host.js'

export default class Inspect extends LiveCommand {
  static override summary =
    'show what a hot reset touches, who may issue it, and what stands in the way'
  static override usage = '<%= command.id %> [DEVICE...] [FLAGS]'
  static override examples = [
    { description: 'Overview of this host', command: '<%= config.bin %> inspect' },
    { description: 'One function in detail', command: '<%= config.bin %> inspect 65:00.0' },
    { description: 'A host that ships with the tool', command: '<%= config.bin %> inspect --demo' },
  ]

  static override args = {
    device: Args.string({
      multiple: true,
      description:
        'function, in any usual form: 65:00.0, 10de:2204, group:14, /dev/vfio/14, eth0, nvme0n1',
    }),
  }

  static override flags = {
    ...hostFlags,
    ...nameFlags,
    demo: Flags.boolean({
      summary: 'read the captured host that ships with the tool',
      exclusive: ['root', 'capture'],
    }),
    policy: Flags.string({
      helpValue: 'ID',
      summary: 'judge by this policy, or by `all` (repeatable)',
      multiple: true,
      multipleNonGreedy: true,
    }),
    owning: Flags.string({
      helpValue: 'DEVICE',
      summary:
        'functions that the caller owns besides the one asked about (comma list, repeatable)',
      multiple: true,
      multipleNonGreedy: true,
      delimiter: ',',
    }),
    all: Flags.boolean({ summary: 'unfold bridges and chipset functions' }),
    tree: Flags.boolean({ summary: 'show the topology with groups, device sets and ACS' }),
    'fail-on': Flags.option({
      summary: 'exit 1 on a refusal; with `undetermined` also exit 3 when it cannot be told',
      options: ['refused', 'undetermined'] as const,
    })(),
    wake: Flags.boolean({ summary: 'read functions even if that wakes them from runtime suspend' }),
    verify: Flags.boolean({
      summary: 'open DEVICE, which resets it, and ask the running kernel what a hot reset hits',
      exclusive: ['root', 'capture', 'demo', 'kernel'],
    }),
    yes: Flags.boolean({
      summary: 'do not ask before opening; for scripts',
      dependsOn: ['verify'],
    }),
  }

  override async run(): Promise<void> {
    const { flags, argv } = await this.parse(Inspect)
    const policies = policiesFor(flags.policy)
    const kernelOption = checkKernel(flags.kernel)
    if (flags.verify && argv.length === 0) {
      throw new UsageError('--verify needs the DEVICE to ask the kernel about.')
    }
    const progress = this.progress()
    const tree = flags.verify
      ? this.surroundings.openLiveHost()
      : await openHost(flags, this.config.root)
    try {
      await progress.phase('reading the host')
      const raw = await readHost(tree, { wake: flags.wake, holders: true })
      const targets = argv.length === 0 ? null : findDevices(argv.map(String), raw, tree)
      await progress.phase('working out what a reset touches')
      const host = analyseHost(raw, kernelOption)
      const draft = inspectDraft({
        host,
        targets,
        query: {
          policies,
          owning: new Set(findDevices(flags.owning ?? [], raw, tree)),
          brief: targets === null,
        },
        tool: TOOL,
        names: namesFor(flags, raw.functions),
      })
      progress.stop()
      const verified =
        flags.verify && targets !== null
          ? await this.verify({ tree, host, targets, yes: flags.yes })
          : null
      await this.answer({
        document: () => (verified === null ? draft : { ...draft, verified: verified.info }),
        text: (terminal) => {
          const text = renderInspect(
            { ...draft, devices: [...draft.devices] },
            { ...terminal, all: flags.all, tree: flags.tree, asked: targets !== null },
          )
          return verified === null ? text : [text, verified.text(terminal)]
        },
      })
      this.exitCode =
        verified?.info.agrees === false
          ? ExitCode.contradicted
          : exitCodeForInspect(draft, flags, targets !== null)
    } finally {
      progress.stop()
      this.stuck ||= tree.stuck
      tree.close()
    }
  }

  /** Loads what asks a kernel only here: without --verify nothing is opened but what is read. */
  private async verify(question: Pick<KernelQuestion, 'tree' | 'host' | 'targets' | 'yes'>) {
    const { askKernel } = await import('../cli/ask-kernel.js')
    const { renderKernelInfo } = await import('../execution/report/kernel-info.js')
    const { surroundings } = this
    const kernel = await this.kernelCalls()
    try {
      const say = (text: string) => this.say(text)
      const info = await askKernel({ ...question, surroundings, say, kernel: async () => kernel })
      return { info, text: (style: Style) => renderKernelInfo(info, style) }
    } finally {
      this.stuck ||= kernel.isStuck()
    }
  }
}
