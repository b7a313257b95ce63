import * as Args from '@oclif/core/args'
import { callHook, hookError } from '../cli/answers/answer-hook.js'
import type { HookDecision } from '../cli/answers/hook-decision.js'
import { BaseCommand, examples } from '../cli/base-command.js'
import { hostFlags } from '../cli/flags.js'
import { installText, isHookCalling } from '../cli/input/hook-call.js'
import { hookFlags } from '../cli/input/vm-flags.js'
import { standardError, standardOutput } from '../cli/output/own-output.js'
import { writeOut } from '../cli/output/write-out.js'
import { printableDocument } from '../text/printable.js'

export default class Hook extends BaseCommand {
  static override summary =
    'refuse a VM that could not start, as a hook of libvirt, Proxmox or systemd'
  static override usage = '<%= command.id %> libvirt|proxmox|systemd [FLAGS] [-- WORDS...]'
  static override examples = examples({
    'How to install it': 'vfio-reset hook --print-install',
    'What libvirt calls; the domain is on standard input':
      'vfio-reset hook libvirt -- win10 prepare begin -',
    'What Proxmox calls': 'vfio-reset hook proxmox -- 100 pre-start',
    'What the condition of a unit calls': 'vfio-reset hook systemd --qemu /etc/vm/win10.args',
  })
  static override args = {
    words: Args.string({
      multiple: true,
      description: 'kind of hook, then the words of its caller',
    }),
  }
  static override flags = { ...hostFlags, ...hookFlags }

  /** What its caller hears is the exit code and stderr: libvirt would take what stands on stdout for a new domain. */
  override async run(): Promise<void> {
    try {
      const { flags, argv } = await this.parse(Hook)
      const words = argv.map(String)
      if (flags['print-install']) {
        const text = printableDocument(installText(this.config.root, words[0]))
        await writeOut(standardOutput(), text)
        return
      }
      await this.end(await callHook(words, flags, this.config.root))
    } catch (error) {
      if (!isHookCalling(this.argv.filter((word) => !word.startsWith('-')))) throw error
      await this.end(hookError(error, this.argv))
    }
  }

  private async end({ text, exitCode }: HookDecision): Promise<void> {
    await writeOut(standardError(), text)
    this.exitCode = exitCode
  }
}
