import process from 'node:process'
import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { answerHook, HOOK_DEADLINE_MS, hookError } from '../cli/answer-hook.js'
import { BaseCommand } from '../cli/base-command.js'
import { UsageError } from '../cli/errors.js'
import { checkKernel, hostFlags } from '../cli/flags.js'
import { installText, isHookCalling, parseHookCall } from '../cli/hook-call.js'
import { writeOut } from '../cli/write-out.js'

export default class Hook extends BaseCommand {
  static override summary =
    'refuse a VM that could not start, as a hook of libvirt, Proxmox or systemd'
  static override usage = '<%= command.id %> libvirt|proxmox|systemd [FLAGS] [-- WORDS...]'
  static override examples = [
    { description: 'How to install it', command: '<%= config.bin %> hook --print-install' },
    {
      description: 'What libvirt calls; the domain stands on standard input',
      command: '<%= config.bin %> hook libvirt -- win10 prepare begin -',
    },
    {
      description: 'What Proxmox calls',
      command: '<%= config.bin %> hook proxmox -- 100 pre-start',
    },
    {
      description: 'In a unit, as ExecCondition= or ExecStartPre=',
      command: '<%= config.bin %> hook systemd --qemu /etc/vm/win10.args',
    },
  ]

  static override args = {
    words: Args.string({
      multiple: true,
      description: 'kind of hook, then the words of its caller',
    }),
  }

  static override flags = {
    ...hostFlags,
    unknown: Flags.option({
      summary: 'what becomes of a VM when it cannot be told, or something goes wrong here',
      options: ['allow', 'deny'] as const,
      default: 'allow',
    })(),
    'only-start': Flags.boolean({
      summary: 'refuse only what could not start; a reset that is impossible is told and lets pass',
    }),
    via: Flags.option({
      summary: 'the way in (default: as the VM’s description says)',
      options: ['group', 'iommufd', 'auto'] as const,
      default: 'auto',
    })(),
    config: Flags.string({
      helpValue: 'FILE',
      summary: 'proxmox: this file instead of /etc/pve/qemu-server/VMID.conf',
    }),
    libvirt: Flags.string({
      helpValue: 'FILE',
      summary: 'systemd: a domain',
      multiple: true,
      multipleNonGreedy: true,
    }),
    qemu: Flags.string({
      helpValue: 'FILE',
      summary: 'systemd: a command line',
      multiple: true,
      multipleNonGreedy: true,
    }),
    'cloud-hypervisor': Flags.string({
      helpValue: 'FILE',
      summary: 'systemd: a command line',
      multiple: true,
      multipleNonGreedy: true,
    }),
    'print-install': Flags.boolean({ summary: 'show the files of the hooks and where they go' }),
  }

  /** What its caller hears is the exit code and stderr: libvirt would take what stands on stdout for a new domain. */
  override async run(): Promise<void> {
    try {
      await this.hook()
    } catch (error) {
      if (!isHookCalling(this.argv.filter((word) => !word.startsWith('-')))) throw error
      const { text, exitCode } = hookError(error, this.argv)
      await writeOut(process.stderr, text)
      this.exitCode = exitCode
    }
  }

  private async hook(): Promise<void> {
    const { flags, argv } = await this.parse(Hook)
    const words = argv.map(String)
    if (flags['print-install']) {
      return writeOut(process.stdout, installText(this.config.root, words[0]))
    }
    if (flags.json) {
      throw new UsageError('A hook answers by its exit code, and has no document.', {
        hint: '`vfio-reset preflight --json` has one.',
      })
    }
    const call = parseHookCall(words)
    if (call.do === 'nothing') return
    const { text, exitCode, stuck } = await answerHook({
      question: {
        call,
        host: flags,
        kernelOption: checkKernel(flags.kernel),
        packageRoot: this.config.root,
        via: flags.via,
        config: flags.config,
        inputs: [
          ...inputs('libvirt', flags.libvirt),
          ...inputs('qemu', flags.qemu),
          ...inputs('cloud-hypervisor', flags['cloud-hypervisor']),
        ],
        stdin: process.stdin,
      },
      unknown: flags.unknown,
      onlyStart: flags['only-start'],
      deadlineMs: HOOK_DEADLINE_MS,
    })
    await writeOut(process.stderr, text)
    this.stuck = stuck
    this.exitCode = exitCode
    if (stuck) await endNow(exitCode)
  }
}

/** The code is all that a hook's caller hears: a death by signal would refuse the start. */
async function endNow(exitCode: number): Promise<void> {
  const { exitNow } = await import('../uapi/exit-now.js')
  await exitNow(exitCode)
}

function inputs<K extends string>(kind: K, files: readonly string[] | undefined) {
  return (files ?? []).map((file) => ({ kind, file }))
}
