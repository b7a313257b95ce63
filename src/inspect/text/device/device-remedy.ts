import { isStated } from '../../../document/stated.js'
import type { PciAddress } from '../../../host/pci-address.js'
import { tellReason } from '../../../policy/reason-words.js'
import type { Verdict } from '../../../policy/verdict.js'
import { counted, listed } from '../../../text/english.js'
import { bullet, command, heading, paragraph } from '../../../text/layout.js'
import { tellWarning } from '../../warning-words.js'
import { type DeviceView, isStructural, realVerdicts, reasonsOf } from './device-view.js'
import {
  bindCommands,
  lastingCommands,
  releaseCommands,
  switchOffCommands,
} from './remedy-commands.js'
import { openingLines } from './remedy-opening.js'

/** What to bind, to leave and to open so that the reset is permitted, as exact commands; or why nothing helps. */
export function remedyLines(view: DeviceView): string[] {
  const { device, style } = view
  const verdicts = askedVerdicts(view)
  const [first] = verdicts
  if (first === undefined) return []
  const title = heading('What to do', style)
  const reachable = verdicts.filter(({ requires }) => requires !== null)
  if (reachable.length === 0) return [...title, ...hopeless(first, view)]
  if (device.hotReset.scope === null) return [...title, ...hopeless(first, view)]
  const pf = pfOf(device)
  if (pf !== null) return [...title, ...virtualFunction(pf, view)]
  return [
    ...title,
    ...(verdicts.every(({ outcome }) => outcome === 'permitted')
      ? paragraph(permittedText(view), style, { by: 2 })
      : []),
    ...settling(verdicts, view),
    ...stopping(view, reachable),
    ...binding(view, reachable),
    ...releasing(view, reachable),
    ...openingLines(view, reachable),
  ]
}

/** A hot reset is the wrong path for a VF: it takes the PF and all other VFs along. */
function virtualFunction(pf: PciAddress, { device, style }: DeviceView): string[] {
  return bullet(
    `This is a VF of ${pf}. FLR is its reset: a hot reset of ${device.address} would also hit the PF and its other VFs. No commands are given for that.`,
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

function permittedText({ device }: DeviceView): string {
  return device.hotReset.assumed.length > 0
    ? 'Nothing else stands in the way.'
    : 'Nothing stands in the way.'
}

/** Something that no binding removes. VFs at least can be switched off. */
function hopeless(verdict: Verdict, { device, style }: DeviceView): string[] {
  const reasons = reasonsOf(verdict, device)
  const structural = reasons.filter(isStructural)
  const hints = (structural.length > 0 ? structural : reasons).flatMap(
    (reason) => tellReason(reason).words.hint ?? [],
  )
  const isSplit = structural.some(({ kind }) => kind === 'vf-split')
  return [
    ...(structural.length > 0
      ? paragraph('Nothing that could be bound or owned makes this permitted.', style, { by: 2 })
      : []),
    ...[...new Set(hints)].flatMap((hint) => bullet(hint, style)),
    ...(isSplit && pfOf(device) === null ? switchOffCommands(device.address).map(command) : []),
  ]
}

/** Where a fact is missing, reading it comes first: the rest may be needless. */
function settling(verdicts: readonly Verdict[], { device, style }: DeviceView): string[] {
  const open = verdicts.filter(({ outcome }) => outcome === 'undetermined')
  const missing = open.flatMap((verdict) =>
    reasonsOf(verdict, device).filter(({ kind }) => kind === 'unread'),
  )
  if (missing.length === 0) return []
  const policies = listed(open.map(({ policy }) => policy))
  return bullet(`For ${policies}, first read what is missing: see Caveats.`, style)
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

function binding(view: DeviceView, verdicts: readonly Verdict[]): string[] {
  const { style } = view
  const wanted = distinct(verdicts.flatMap(({ requires }) => requires?.bind ?? []))
  const lost = new Set(wanted.flatMap((address) => virtualFunctionsOf(address, view)))
  const { kept, free } = sortOut(
    wanted.filter((address) => !lost.has(address)),
    view,
  )
  if (wanted.length === 0) return []
  return [
    ...keepLines(kept, view),
    ...(free.length === 0
      ? []
      : [
          ...bullet(
            `Bind ${listed(free)} to vfio-pci, as root and once nothing uses ${free.length === 1 ? 'it' : 'them'}. Until the next boot:`,
            style,
          ),
          ...bindCommands(free, view).map(command),
          ...paragraph('or for good:', style, { by: 4 }),
          ...lastingCommands(free).map(command),
          ...(lost.size === 0
            ? []
            : bullet(
                `That switches off ${counted(lost.size, 'VF')}: stop their users first, and ask again afterwards, since less is to be opened then.`,
                style,
              )),
        ]),
  ]
}

/** A PF with VFs cannot be bound: they go first. */
function virtualFunctionsOf(address: PciAddress, { index }: DeviceView): readonly PciAddress[] {
  const sriov = index.functions.get(address)?.sriov
  return sriov !== undefined && isStated(sriov) && sriov?.role === 'pf' ? sriov.vfs : []
}

/** Members of the group outside the reset: no driver is enough for them. */
function releasing(view: DeviceView, verdicts: readonly Verdict[]): string[] {
  const { style, device } = view
  const bound = new Set(verdicts.flatMap(({ requires }) => requires?.bind ?? []))
  const wanted = distinct(verdicts.flatMap(({ requires }) => requires?.release ?? []))
  const { kept, free } = sortOut(
    wanted.filter((address) => !bound.has(address)),
    view,
  )
  const group = isStated(device.iommuGroup) ? device.iommuGroup : null
  return [
    ...keepLines(kept, view),
    ...(free.length === 0
      ? []
      : [
          ...bullet(
            `Take ${listed(free)} off the driver: ${free.length === 1 ? 'it shares' : 'they share'} group ${group}. No driver is enough, since the reset does not hit ${free.length === 1 ? 'it' : 'them'}:`,
            style,
          ),
          ...releaseCommands(free).map(command),
        ]),
    ...strangers(view),
  ]
}

/** Members of the group that are no PCI functions. */
function strangers({ device, style }: DeviceView): string[] {
  const found = new Map<string, string>()
  for (const verdict of device.hotReset.verdicts) {
    for (const reason of verdict.reasons) {
      if (reason.kind === 'group-not-viable' && reason.address === null) {
        found.set(reason.member, reason.driver)
      }
    }
  }
  return [...found].flatMap(([member, driver]) =>
    bullet(
      `Take ${member}, which is no PCI function, off its driver ${driver}: it shares the group.`,
      style,
    ),
  )
}

/** What the host itself needs is not taken from it by a command that somebody copies at night. */
function sortOut(wanted: readonly PciAddress[], { index }: DeviceView) {
  const isNeeded = (address: PciAddress): boolean =>
    (index.warningsOf.get(address) ?? []).some((warning) => tellWarning(warning).words.hostNeeds)
  return {
    kept: wanted.filter(isNeeded),
    free: wanted.filter((address) => !isNeeded(address)),
  }
}

function keepLines(kept: readonly PciAddress[], { index, style }: DeviceView): string[] {
  return kept.flatMap((address) =>
    (index.warningsOf.get(address) ?? []).flatMap((warning) => {
      const { words, sentence } = tellWarning(warning)
      if (!words.hostNeeds) return []
      return bullet(`Stop: ${sentence} ${words.hint ?? ''} No command is given for it.`, style)
    }),
  )
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)]
}
