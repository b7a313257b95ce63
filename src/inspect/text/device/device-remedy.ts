import { cellText } from '../../../document/function-text.js'
import { isStated } from '../../../document/stated.js'
import { GAP_WORDS } from '../../../host/gap-words.js'
import type { PciAddress } from '../../../host/pci-address.js'
import { isNeedLoss } from '../../../plan/host-use.js'
import { jointCommands } from '../../../plan/report/commands.js'
import { lossText, stepSentence } from '../../../plan/report/step-words.js'
import type { PlannedStep } from '../../../plan/step.js'
import { tellReason } from '../../../policy/reason-words.js'
import type { Verdict } from '../../../policy/verdict.js'
import { counted, listed, some } from '../../../text/english.js'
import { bullet, command, heading, paragraph } from '../../../text/layout.js'
import { groupBy } from '../../../text/lists.js'
import type { Style } from '../../../text/style.js'
import { disableVfs, type Remedy, remedyOf, unreadListsOf } from '../../remedy-steps.js'
import { isAboutNeed } from '../../report-index.js'
import { tellWarning } from '../../warning-words.js'
import {
  type DeviceView,
  isStructural,
  maskingPort,
  ownGroup,
  realVerdicts,
  reasonsOf,
} from './device-view.js'
import { openingLines } from './remedy-opening.js'

/** What to bind, to leave and to open so that the reset is permitted, as exact commands; or why nothing helps. */
export function remedyLines(view: DeviceView): string[] {
  const { device, style } = view
  const verdicts = askedVerdicts(view)
  const [first] = verdicts
  if (first === undefined) return []
  const title = heading('What to do', style)
  const vmd = carrierInGroup(view)
  if (vmd !== null) return [...title, ...behindController(vmd, view)]
  const reachable = verdicts.filter(({ requires }) => requires !== null)
  if (reachable.length === 0 || device.hotReset.scope === null) {
    // What may stand in the way is no fact to act on.
    const open = settling(verdicts, view)
    return [...title, ...(open.length > 0 ? open : hopeless(first, view))]
  }
  const pf = pfOf(device)
  if (pf !== null) return [...title, ...virtualFunction(pf, view)]
  if (isLeftOut(view)) return [...title, ...leftOut(view)]
  const remedy = remedyOf(device, reachable, view.index)
  return [
    ...title,
    ...(verdicts.every(({ outcome }) => outcome === 'permitted')
      ? paragraph(permittedText(view), style, { by: 2 })
      : []),
    ...settling(verdicts, view),
    ...stopping(view, reachable),
    ...keeping(remedy, view),
    ...denying(remedy, view),
    ...binding(remedy, view),
    ...releasing(remedy, view),
    ...openingLines(view, reachable),
  ]
}

/** The VMD controller that the function is behind, where both share a group; null: none. */
function carrierInGroup(view: DeviceView): PciAddress | null {
  const carriers = view.device.isolation.findings.flatMap((finding) =>
    finding.kind === 'vmd-requester' ? [finding.vmd] : [],
  )
  return carriers.find((vmd) => ownGroup(view).includes(vmd)) ?? null
}

function behindController(vmd: PciAddress, { device, style }: DeviceView): string[] {
  const { address, iommuGroup } = device
  return bullet(
    `Nothing that could be bound helps: ${address} is there only while ${vmd} keeps its driver, and while it does, group ${cellText(iommuGroup)} does not open. Give ${vmd} away with all that is behind it, or switch VMD off in the firmware setup.`,
    style,
  )
}

/** vfio-pci refuses a function without a group, unless unsafe no-IOMMU mode makes one. */
function isLeftOut({ device: { iommuGroup }, index }: DeviceView): boolean {
  const { iommu, vfio } = index.report.host
  return iommuGroup === null && iommu.present === true && vfio.noiommu !== true
}

function leftOut({ device, style }: DeviceView): string[] {
  return bullet(
    `Nothing that could be bound helps: vfio-pci refuses ${device.address}, which the host’s IOMMU leaves out. The kernel log tells why.`,
    style,
  )
}

/** A hot reset is the wrong path for a VF: it takes the PF and all other VFs along. */
function virtualFunction(pf: PciAddress, { device, style }: DeviceView): string[] {
  return bullet(
    `This is a VF of ${pf}. FLR is its reset: a hot reset of ${device.address} would also reset the PF and its other VFs. No commands are given for that.`,
    style,
  )
}

function pfOf({ sriov }: DeviceView['device']): PciAddress | null {
  return isStated(sriov) && sriov?.role === 'vf' ? sriov.pf : null
}

/** The policies of this kernel; where none of them was asked for, those that were. */
function askedVerdicts({ device }: DeviceView): readonly Verdict[] {
  const real = realVerdicts(device)
  return real.length > 0 ? real : device.hotReset.verdicts
}

function permittedText(view: DeviceView): string {
  const { device } = view
  const masking = maskingPort(view)
  if (masking !== null)
    return `Nothing stands in the way, but ${masking} masks the reset: nothing is reset.`
  return device.hotReset.assumed.length > 0
    ? 'Nothing else stands in the way.'
    : 'Nothing stands in the way.'
}

/** Something that no binding removes. VFs at least can be switched off. */
function hopeless(verdict: Verdict, { index, device, style }: DeviceView): string[] {
  const reasons = reasonsOf(verdict, device)
  const structural = reasons.filter(isStructural)
  const hints = (structural.length > 0 ? structural : reasons).flatMap(
    (reason) => tellReason(reason).words.hint ?? [],
  )
  const isSplit = structural.some(({ kind }) => kind === 'vf-split')
  return [
    ...(structural.length > 0
      ? paragraph('Binding or owning more functions does not make this permitted.', style, {
          by: 2,
        })
      : []),
    ...[...new Set(hints)].flatMap((hint) => bullet(hint, style)),
    ...(isSplit && pfOf(device) === null
      ? jointCommands([disableVfs(device.address, index)], 'command').map(command)
      : []),
  ]
}

/** Where a fact is missing, reading it comes first: the rest may be needless. */
function settling(verdicts: readonly Verdict[], { device, style }: DeviceView): string[] {
  const open = verdicts.filter(({ outcome }) => outcome === 'undetermined')
  const missing = open.flatMap((verdict) =>
    reasonsOf(verdict, device).filter(({ kind }) => kind === 'unread'),
  )
  const policies = listed(open.map(({ policy }) => policy))
  const isReadable = missing.some((reason) => reason.kind === 'unread' && reason.why !== 'unshown')
  return [
    ...(isReadable
      ? bullet(`For ${policies}, first read what is missing: see Caveats.`, style)
      : []),
    ...(missing.some((reason) => reason.kind === 'unread' && reason.why === 'unshown')
      ? bullet(GAP_WORDS.unshown.hint, style)
      : []),
  ]
}

/** Who must let go first. */
function stopping({ index, device, style }: DeviceView, verdicts: readonly Verdict[]): string[] {
  const functions = new Set([device.address, ...verdicts.flatMap(touched)])
  const holders = new Map<string, Set<PciAddress>>()
  for (const address of functions) {
    for (const { command: name, pid } of index.functions.get(address)?.state.holders ?? []) {
      const key = `${name} (pid ${pid})`
      holders.set(key, (holders.get(key) ?? new Set()).add(address))
    }
  }
  return [...holders].flatMap(([holder, held]) =>
    bullet(
      `End ${holder}, which holds ${listed([...held])}, or let that process ask for the reset.`,
      style,
    ),
  )
}

function touched({ requires }: Verdict): readonly PciAddress[] {
  return requires === null ? [] : [...requires.bind, ...requires.release]
}

function denying({ denied }: Remedy, { style }: DeviceView): string[] {
  if (denied.length === 0) return []
  return bullet(
    `vfio-pci does not bind to ${listed(denied)} while its parameter disable_denylist is N, so no command is given: see Caveats.`,
    style,
  )
}

function binding({ bind, lost }: Remedy, { style }: DeviceView): string[] {
  const late = bind.filter(({ losses }) => losses.some(isNeedLoss))
  const now = bind.filter((each) => !late.includes(each))
  const whose = (steps: readonly PlannedStep[]) =>
    steps.flatMap(({ step }) => (step.do === 'bind' ? [step.device] : []))
  const addresses = whose(now)
  return [
    ...(addresses.length === 0
      ? []
      : [
          ...bullet(
            `Bind ${listed(addresses)} to vfio-pci, as root and once nothing uses ${addresses.length === 1 ? 'it' : 'them'}. Until the next boot:`,
            style,
          ),
          ...jointCommands(now, 'command').map(command),
          ...paragraph('or for good:', style, { by: 4 }),
          ...jointCommands(now, 'lasting').map(command),
        ]),
    ...late.flatMap((planned) => bootLines(planned, style)),
    ...(lost.length === 0
      ? []
      : bullet(
          `That switches off ${counted(lost.length, 'VF')}: stop their users first, and ask again afterwards: fewer files have to be opened then.`,
          style,
        )),
  ]
}

/** What the host needs while it runs is bound when it boots. */
function bootLines(planned: PlannedStep, style: Style): string[] {
  const { step, losses } = planned
  if (step.do !== 'bind') return []
  const lines = jointCommands([planned], 'lasting')
  const how =
    lines.length === 0
      ? 'Have vfio-pci bind to it when the host boots. No command is given for it'
      : 'Have vfio-pci bind to it when the host boots'
  return [
    ...bullet(
      `${step.device} is not to be taken from a running host: ${losses.map(lossText).join('; ')}. ${how}${lines.length === 0 ? '.' : ':'}`,
      style,
    ),
    ...lines.map(command),
  ]
}

/** Members of the group outside the reset: no driver is enough for them. */
function releasing({ release }: Remedy, { device, style }: DeviceView): string[] {
  const functions = release.filter(
    ({ step, losses }) => step.do === 'unbind' && !losses.some(isNeedLoss),
  )
  const needed = release.filter(
    ({ step, losses }) => step.do === 'unbind' && losses.some(isNeedLoss),
  )
  const others = release.filter(({ step }) => step.do === 'unbind-other')
  const addresses = functions.flatMap(({ step }) => step.device ?? [])
  const group = isStated(device.iommuGroup) ? device.iommuGroup : null
  const isOne = addresses.length === 1
  return [
    ...(addresses.length === 0
      ? []
      : bullet(
          `Unbind ${listed(addresses)}: ${isOne ? 'it shares' : 'they share'} group ${group}. Having no driver is enough, since the reset does not affect ${isOne ? 'it' : 'them'}:`,
          style,
        )),
    ...jointCommands(functions, 'command').map(command),
    ...needed.flatMap(({ step, losses }) =>
      bullet(
        `${step.device} shares group ${group} and has to leave its driver, which would take from the host what it needs: ${losses.map(lossText).join('; ')}. No command is given for it.`,
        style,
      ),
    ),
    ...others.flatMap((planned) => [
      ...bullet(stepSentence(planned.step), style),
      ...jointCommands([planned], 'command').map(command),
    ]),
  ]
}

/** What the host cannot do without is not taken from it by a command that somebody copies at night. */
function keeping({ kept }: Remedy, { index, style }: DeviceView): string[] {
  const stops = kept.flatMap((address) =>
    (index.warningsOf.get(address) ?? []).filter(isAboutNeed).flatMap((warning) => {
      const { words, sentence } = tellWarning(warning)
      return bullet(`Stop: ${sentence} ${words.hint ?? ''} No command is given for it.`, style)
    }),
  )
  const byLists = groupBy(kept, (address) => unreadText(unreadListsOf(address, index)))
  const unread = [...byLists].flatMap(([lists, all]) =>
    lists === ''
      ? []
      : bullet(
          `No command is given for ${some(all, MOST_KEPT)}, since the host may need ${all.length === 1 ? 'it' : 'them'}: ${lists} not read.`,
          style,
        ),
  )
  return [...stops, ...unread]
}

const MOST_KEPT = 8

function unreadText(lists: readonly string[]): string {
  return lists.length === 0 ? '' : `${listed(lists)} ${lists.length === 1 ? 'was' : 'were'}`
}
