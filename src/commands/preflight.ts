import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../cli/base-command.js'
import { UsageError } from '../cli/errors.js'
import { exitCodeForPreflight } from '../cli/exit-code.js'
import { findDevices } from '../cli/find-devices.js'
import { checkKernel, hostFlags, nameFlags, policyOfFlags } from '../cli/flags.js'
import { namesFor } from '../cli/names-flag.js'
import { openHost } from '../cli/open-host.js'
import { TOOL } from '../cli/tool.js'
import { preflightHost, readInputs, vmsToCheck } from '../cli/vm-inputs.js'
import { readHost } from '../host/read/read-host.js'
import { runPreflight } from '../preflight/preflight.js'
import { preflightReport } from '../preflight/report/document.js'
import { preflightScript } from '../preflight/report/script.js'
import { describeFunctions, renderPreflight } from '../preflight/report/text.js'
import { analyseHost } from '../vfio/analysed-host.js'

/** A flag that names descriptions of VMs. */
function inputFlag(what: string) {
  return Flags.string({
    helpValue: 'FILE',
    summary: `check the VM of ${what} (repeatable; - is standard input)`,
    multiple: true,
    multipleNonGreedy: true,
  })
}

export default class Preflight extends BaseCommand {
  static override summary =
    'check whether a VM that gets these functions will start, and whether they can be reset'
  static override usage = '<%= command.id %> [DEVICE...] [FLAGS]'
  static override examples = [
    {
      description: 'Two functions for one VM',
      command: '<%= config.bin %> preflight 65:00.0 65:00.1',
    },
    {
      description: 'A libvirt domain',
      command: 'virsh dumpxml win10 | <%= config.bin %> preflight --libvirt -',
    },
    {
      description: 'Several VMs that are to run at the same time',
      command: '<%= config.bin %> preflight --libvirt a.xml --libvirt b.xml',
    },
    {
      description: 'What would have to be done, as a script',
      command: '<%= config.bin %> preflight 65:00.0 --plan --plan-style driverctl',
    },
  ]

  static override args = {
    device: Args.string({
      multiple: true,
      description:
        'function that the VM gets, in any usual form: 65:00.0, 10de:2204, group:14, eth0',
    }),
  }

  static override flags = {
    ...hostFlags,
    ...nameFlags,
    demo: Flags.boolean({
      summary: 'read the captured host that ships with the tool',
      exclusive: ['root', 'capture'],
    }),
    libvirt: inputFlag('a libvirt domain XML'),
    qemu: inputFlag('a QEMU command line'),
    proxmox: inputFlag('a Proxmox VM configuration'),
    'cloud-hypervisor': inputFlag('a Cloud Hypervisor command line'),
    managed: Flags.boolean({
      summary: 'whoever starts the VM binds DEVICE to vfio-pci (as libvirt’s managed=yes)',
    }),
    via: Flags.option({
      summary: 'how the VM opens its functions (default: as its description says, else group)',
      options: ['group', 'iommufd', 'auto'] as const,
      default: 'auto',
    })(),
    policy: Flags.string({
      helpValue: 'ID',
      summary: 'judge hot resets by this policy (default: what the kernel does for the way in)',
    }),
    'require-within-group': Flags.boolean({
      summary: 'fail where a hot reset reaches beyond the function’s IOMMU group',
    }),
    unknown: Flags.option({
      summary: 'exit 0 or 1 instead of 3 where it cannot be told; for hooks',
      options: ['allow', 'deny'] as const,
    })(),
    plan: Flags.boolean({ summary: 'print the plan as a script and nothing else' }),
    'plan-style': Flags.option({
      summary: 'write plans for this tool (default: virsh for libvirt domains, else sysfs)',
      options: ['sysfs', 'driverctl', 'virsh'] as const,
    })(),
    quiet: Flags.boolean({ char: 'q', summary: 'print nothing; the exit code answers' }),
    all: Flags.boolean({ summary: 'a line for each check, also for those that pass' }),
    wake: Flags.boolean({ summary: 'read functions even if that wakes them from runtime suspend' }),
  }

  override async run(): Promise<void> {
    const { flags, argv } = await this.parse(Preflight)
    const policy = policyOfFlags(flags)
    const kernelOption = checkKernel(flags.kernel)
    const named = readInputs(flags)
    if (argv.length === 0 && named.length === 0) {
      throw new UsageError('There is no VM to check.', {
        hint: 'Name its functions, or its description: virsh dumpxml NAME | vfio-reset preflight --libvirt -',
      })
    }
    const progress = this.progress()
    const tree = await openHost(flags, this.config.root)
    try {
      await progress.phase('reading the host')
      const raw = await readHost(tree, { wake: flags.wake, holders: true })
      const targets = findDevices(argv.map(String), raw, tree)
      const { vms, inputs } = vmsToCheck(
        named,
        targets,
        flags.managed ? 'managed' : 'unmanaged',
        raw,
      )
      const wanted = vms.flatMap(({ functions }) => functions.map(({ address }) => address))
      const host = analyseHost(raw, kernelOption)
      await progress.phase('working out what is in the way')
      const preflight = runPreflight(preflightHost(tree, host, wanted), {
        vms,
        via: flags.via,
        policy,
        withinGroup: flags['require-within-group'],
        plans: !flags.quiet,
      })
      const style = flags['plan-style'] ?? (flags.libvirt === undefined ? 'sysfs' : 'virsh')
      const report = preflightReport({ host, preflight, inputs, style, tool: TOOL })
      const describe = describeFunctions(raw.functions, namesFor(flags, raw.functions))
      progress.stop()
      if (!flags.quiet || flags.json) {
        await this.answer({
          document: () => report,
          text: (terminal) =>
            flags.plan
              ? preflightScript(report)
              : renderPreflight(report, { ...terminal, all: flags.all, describe }),
        })
      }
      this.exitCode = exitCodeForPreflight(
        preflight.vms.map(({ verdict }) => verdict),
        flags.unknown,
      )
    } finally {
      progress.stop()
      this.stuck = tree.stuck
      tree.close()
    }
  }
}
