import type { InferredFlags } from '@oclif/core/interfaces'
import type { PolicyId } from '../../policy/policies/index.js'
import { runPreflight } from '../../preflight/preflight.js'
import { preflightReport } from '../../preflight/report/preflight-report.js'
import { preflightScript } from '../../preflight/report/script.js'
import { describeFunctions, renderPreflight } from '../../preflight/report/text.js'
import { interfaceOfPolicy } from '../../preflight/situation.js'
import type { Answer, BaseCommand } from '../base-command.js'
import { UsageError } from '../errors.js'
import { exitCodeForPreflight } from '../exit-code.js'
import {
  checkKernel,
  type HostFlags,
  type NameFlags,
  namesFor,
  namesToFind,
  policiesFor,
  withExtent,
} from '../flags.js'
import { findDevices } from '../input/find-devices.js'
import type { vmFlags } from '../input/vm-flags.js'
import { preflightHost, readInputs, vmsToCheck } from '../input/vm-inputs.js'
import { TOOL } from '../tool.js'
import { withHost } from '../with-host.js'
import { readSurroundings } from './vm-surroundings.js'

interface CheckFlags extends HostFlags, NameFlags, InferredFlags<typeof vmFlags> {
  readonly quiet: boolean
  readonly all: boolean
  readonly why: boolean
  readonly wake: boolean
}

/** `preflight` of the VMs that the flags describe, and of one that gets the functions named. */
export async function checkVms(
  command: BaseCommand,
  devices: readonly string[],
  flags: CheckFlags,
): Promise<Answer> {
  const policy = policyOf(flags)
  const kernel = checkKernel(flags.kernel)
  const named = await readInputs(flags)
  if (devices.length === 0 && named.length === 0) {
    throw new UsageError('There is no VM to check.', {
      hint: 'Name its functions, or its description: virsh dumpxml NAME | vfio-reset preflight --libvirt -',
    })
  }
  const wish = { from: flags, kernel, wake: flags.wake, holders: true }
  return withHost(command, wish, async ({ tree, host }) => {
    const { raw } = host
    const managed = flags.managed ? 'managed' : 'unmanaged'
    const described = named.flatMap((each) => each.vms)
    const surroundings = readSurroundings(tree, described, flags['pve-mapping'])
    const own = findDevices(devices, {
      raw,
      tree,
      names: namesToFind(command, flags, raw.functions),
    })
    const { vms, inputs } = vmsToCheck(named, own, managed, { raw, surroundings })
    const read = preflightHost(tree, host, vms)
    await command.phase('working out what is in the way')
    const preflight = runPreflight(read, {
      vms,
      via: flags.via,
      policy,
      withinGroup: flags['require-within-group'],
      plans: !flags.quiet,
    })
    const planStyle = flags['plan-style'] ?? (flags.libvirt === undefined ? 'sysfs' : 'virsh')
    const report = preflightReport({ host, preflight, inputs, style: planStyle, tool: TOOL })
    const describe = describeFunctions(raw.functions, namesFor(command, flags, raw.functions))
    const verdicts = preflight.vms.map(({ verdict }) => verdict)
    return {
      document: () => report,
      text: (terminal) => {
        if (flags.quiet) return []
        if (flags.plan) return preflightScript(report)
        const style = withExtent(terminal, flags.why || flags.all)
        return renderPreflight(report, { ...style, all: flags.all, describe })
      },
      exitCode: exitCodeForPreflight(verdicts, flags.unknown),
    }
  })
}

/** The policy that `--policy` names; null: none. One that no caller of the chosen way in can meet is an error. */
function policyOf({ policy, via }: CheckFlags): PolicyId | null {
  if (policy === undefined) return null
  if (policy === 'all') {
    throw new UsageError('A preflight is judged by one policy, not by all.', {
      hint: '`vfio-reset inspect DEVICE --policy all` shows every policy side by side.',
    })
  }
  const [found] = policiesFor([policy])
  if (found === undefined) throw new Error(`no policy ${policy}`)
  const { id } = found
  const own = interfaceOfPolicy(found)
  if (via === 'auto' || via === own) return id
  throw new UsageError(
    `The policy ${id} judges functions that are opened through ${own}, not ${via}.`,
    {
      hint: `Leave out --via, or say --via ${own}.`,
    },
  )
}
