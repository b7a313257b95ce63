import type { PciAddress } from '../../host/pci-address.js'
import type { FailOn } from '../../inspect/fail-on.js'
import { inspectAnswer, inspectOverview, inspectReport } from '../../inspect/inspect-report.js'
import { inspectDocument } from '../../inspect/shared-sets.js'
import { renderInspect } from '../../inspect/text/render-inspect.js'
import { once } from '../../text/lists.js'
import { dmaPeers } from '../../vfio/dma-groups.js'
import { resetScopesOf, type VfioHost } from '../../vfio/vfio-host.js'
import type { Answer } from '../base-command.js'
import { UsageError } from '../errors.js'
import { ExitCode, exitCodeForInspect } from '../exit-code.js'
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
import type { LiveCommand } from '../live-command.js'
import { checkListing, isTable, type ListingFlags, listingText } from '../output/listing.js'
import { TOOL } from '../tool.js'
import { type OpenedHost, withHost } from '../with-host.js'
import type { KernelQuestion } from './ask-kernel.js'

interface InspectFlags extends HostFlags, NameFlags, ListingFlags {
  readonly policy: readonly string[] | undefined
  readonly owning: readonly string[] | undefined
  readonly all: boolean
  readonly why: boolean
  readonly tree: boolean
  readonly 'fail-on': FailOn | undefined
  readonly wake: boolean
  readonly verify: boolean
  readonly yes: boolean
}

/** `inspect` of the functions that were named, or of the whole host. */
export async function inspectHost(
  command: LiveCommand,
  devices: readonly string[],
  flags: InspectFlags,
): Promise<Answer> {
  const policies = policiesFor(flags.policy)
  const kernel = checkKernel(flags.kernel)
  const { policy, tree: isTree, verify: isVerified } = flags
  checkListing(flags, { policy, tree: isTree, verify: isVerified })
  if (flags.verify && devices.length === 0) {
    throw new UsageError('--verify needs the DEVICE to ask the kernel about.')
  }
  const from = flags.verify ? command.machine.openLiveHost : flags
  const wish = { from, kernel, wake: flags.wake, holders: true }
  const lookAgain = () => withHost(command, wish, (opened) => opened)
  const inspect = async (opened: OpenedHost): Promise<Answer | null> => {
    const { tree, host } = opened
    const { raw } = host
    const searched = { raw, tree, names: namesToFind(command, flags, raw.functions) }
    const targets = devices.length === 0 ? null : findDevices(devices, searched)
    const owning = new Set(findDevices(flags.owning ?? [], searched))
    await command.phase('working out what a reset affects')
    checkCrowd(host.vfio, targets)
    const question = {
      host,
      query: { policies, owning, brief: targets === null },
      tool: TOOL,
      names: namesFor(command, flags, raw.functions),
    }
    const asked = targets !== null
    const answer = once(() => inspectAnswer({ ...question, targets }))
    const exitCode = exitCodeForInspect(answer, flags, asked)
    if (isTable(flags)) {
      const { functionListing } = await import('./function-listing.js')
      const listing = functionListing(command, opened, flags, { targets, owning })
      return {
        document: () => inspectDocument(answer()),
        text: (style) => listingText(flags, style, listing),
        exitCode,
      }
    }
    const verified = await verify(command, opened, flags, { targets, lookAgain })
    if (verified === 'changed') return null
    return {
      document: () => ({
        ...inspectDocument(answer()),
        ...(verified === null ? {} : { verified: verified.info }),
      }),
      text: (terminal) => {
        const report = asked ? inspectReport({ ...question, targets }) : inspectOverview(question)
        const style = withExtent(terminal, flags.why || flags.all || flags.policy !== undefined)
        const text = renderInspect(report, { ...style, all: flags.all, tree: flags.tree, asked })
        return verified === null ? text : [text, verified.render(verified.info, terminal)]
      },
      exitCode: verified?.info.agrees === false ? ExitCode.contradicted : exitCode,
    }
  }
  for (;;) {
    const answer = await withHost(command, wish, inspect)
    if (answer !== null) return answer
  }
}

/** An answer names, for each function, what its reset affects and who shares its group: 32 full buses are 2 million, in 45 MB. */
const MOST_NAMED = 4_194_304

/** An answer that nobody could read is refused before its first byte: no machine is like that. */
function checkCrowd(host: VfioHost, targets: readonly PciAddress[] | null): void {
  const { devices: all, byAddress } = host.topology
  const devices = targets?.flatMap((address) => byAddress.get(address) ?? []) ?? all
  let left = MOST_NAMED
  for (const device of devices) {
    for (const { affected } of resetScopesOf(host, device)) left -= affected.length
    left -= dmaPeers(host, device).length
    if (left >= 0) continue
    throw new UsageError(
      'Too many functions share a reset or an IOMMU group here: an answer would name more than four million.',
      {
        hint: 'No machine is like that. Name the functions that matter: vfio-reset inspect DEVICE.',
      },
    )
  }
}

/** Loads what asks a kernel only here: without --verify nothing is opened but what is read. null: it was not asked for. */
async function verify(
  command: LiveCommand,
  opened: OpenedHost,
  { verify: isWanted, yes }: InspectFlags,
  { targets, lookAgain }: Pick<KernelQuestion, 'lookAgain'> & Targets,
) {
  if (!isWanted || targets === null) return null
  const { askKernel } = await import('./ask-kernel.js')
  const { renderKernelInfo } = await import('../../execution/report/kernel-info.js')
  const info = await askKernel(command, opened, { targets, yes, lookAgain })
  return info === 'changed' ? info : { info, render: renderKernelInfo }
}

interface Targets {
  /** null: none was named. */
  readonly targets: readonly PciAddress[] | null
}
