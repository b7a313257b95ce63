import { cellText, isBridge } from '../../../document/function-text.js'
import { isStated } from '../../../document/stated.js'
import type { Stated } from '../../../document/values.js'
import type { PciAddress } from '../../../host/pci-address.js'
import { tellReason } from '../../../policy/reason-words.js'
import type { Verdict } from '../../../policy/verdict.js'
import { counted, listed, lowerFirst, upperFirst } from '../../../text/english.js'
import { paragraph } from '../../../text/layout.js'
import { glyphsOf, type Style } from '../../../text/style.js'
import type { DeviceReport } from '../../document.js'
import { isAboutNeed } from '../../report-index.js'
import type { Warning } from '../../warning.js'
import { tellWarning } from '../../warning-words.js'
import { isRefusable, ownResetSentence } from './device-own-reset.js'
import {
  affectedFunctions,
  askable,
  type DeviceView,
  isFakeGroup,
  isStructural,
  listOf,
  maskingPort,
  named,
  ownGroup,
  reasonsOf,
  troublesOf,
  unknownGroupText,
} from './device-view.js'

type Trust = 'own-reset' | 'none'

/**
 * The answer, then what a reset touches. `trust`: whether the function's own reset may be relied on; where it is known to have
 * failed, it is no comfort, and the sentence that sums the function up is not told.
 */
export function leadLines(view: DeviceView, trust: Trust = 'own-reset'): string[] {
  const { device, style } = view
  if (isBridge(device)) return paragraph(device.summary, style, { tone: 'strong' })
  const details =
    trust === 'none'
      ? [
          ...paragraph(scopeSentence(view), style, { tone: 'strong' }),
          ...sentences(outcomeSentence(device), style),
        ]
      : [
          ...paragraph(device.summary, style, { tone: 'strong' }),
          ...sentences(
            [...deadSentence(device), scopeSentence(view), ...harmSentence(view)],
            style,
          ),
        ]
  return [
    ...details,
    ...paragraph(stateSentence(device), style),
    ...attentionTexts(view, trust).flatMap((text) => paragraph(text, style, { tone: 'bad' })),
  ]
}

/** What must not be overlooked: what the host needs, and what may not come back from the reset. */
export function attentionTexts(view: DeviceView, trust: Trust = 'own-reset'): readonly string[] {
  return [...hostNeeds(view), ...resetTroubles(view, trust)]
}

function deadSentence({ state }: DeviceReport): readonly string[] {
  return state.dead === true ? ['What follows would be so if it answered.'] : []
}

/** What the summary leaves out of the function's own reset: why there is none, or how far it goes. */
function harmSentence(view: DeviceView): readonly string[] {
  const { device } = view
  return device.hotReset.harmless === true && isRefusable(device) ? [] : [ownResetSentence(view)]
}

function sentences(texts: readonly string[], style: Style): string[] {
  return texts.length === 0 ? [] : paragraph(texts.join(' '), style)
}

/** What the host itself needs among the functions that the reset affects or that would have to change drivers. */
function hostNeeds(view: DeviceView): string[] {
  const { index, device } = view
  const concerned = new Set([...affectedFunctions(device), ...ownGroup(view), device.address])
  return [...concerned].flatMap((address) =>
    (index.warningsOf.get(address) ?? [])
      .filter(isAboutNeed)
      .map((warning) => attention(warning, view)),
  )
}

/** What may not come back from the reset; of what the summary has said only what helps. */
function resetTroubles(view: DeviceView, trust: Trust): string[] {
  return troublesOf(view).flatMap((warning) => {
    const isSaid = trust === 'own-reset' && warning.address === view.device.address
    return isSaid ? (tellWarning(warning).words.hint ?? []) : [attention(warning, view)]
  })
}

function attention(warning: Warning, { style }: DeviceView): string {
  const { words, sentence } = tellWarning(warning)
  return `${glyphsOf(style).attention} ${sentence} ${words.hint ?? ''}`
}

export function scopeSentence(view: DeviceView): string {
  const { device } = view
  const { scope, via, affected, unaccounted } = device.hotReset
  const subject = named(device)
  const masking = maskingPort(view)
  if (masking !== null) {
    return `A hot reset of ${subject} has no effect: the CXL port ${masking} masks it (Unmask SBR is 0), so the call succeeds and resets nothing.`
  }
  if (scope === null) return `${subject} cannot be hot-reset: ${denial(device)}`
  if (!isStated(affected)) {
    return `What a hot reset of ${subject} affects is unknown: a fact that decides was not read.`
  }
  const what =
    affected.length === 1
      ? 'resets that function alone'
      : `resets ${counted(affected.length, 'function')}${groupPhrase(view, affected)}`
  const port = isStated(via) ? throughPhrase(scope, via) : ''
  const beyond = listOf(unaccounted).length
  const more =
    beyond > 0
      ? `; ${beyond} more ${beyond === 1 ? 'is' : 'are'} reset that the kernel does not list`
      : ''
  return `A hot reset of ${subject} ${what}${port}${more}.`
}

function groupNoun({ isolation }: DeviceReport): string {
  return isFakeGroup(isolation) ? 'no-IOMMU group' : 'IOMMU group'
}

function groupPhrase({ index, device }: DeviceView, affected: readonly PciAddress[]): string {
  const isRead = affected.every((address) => {
    const each = index.functions.get(address)
    return each !== undefined && isStated(each.iommuGroup)
  })
  if (!isRead) return ', whose IOMMU groups were not all read'
  const groups = listOf(device.hotReset.groups).length
  if (groups === 0) return ', none of which has an IOMMU group'
  return ` in ${counted(groups, groupNoun(device))}`
}

/** A slot of s390 has no bridge above it. */
function throughPhrase(scope: Stated<'slot' | 'bus'>, via: PciAddress | null): string {
  if (via !== null) return `, through ${scopePhrase(scope)} below ${via}`
  return scope === 'slot' ? ', through its slot' : ''
}

function scopePhrase(scope: Stated<'slot' | 'bus'>): string {
  if (!isStated(scope)) return 'the bus or slot'
  return scope === 'slot' ? 'its slot' : 'the bus'
}

function denial({ hotReset }: DeviceReport): string {
  const [blocker] = hotReset.blockers
  if (blocker === undefined) return 'there is neither a slot reset nor a bus reset.'
  return lowerFirst(tellReason(blocker).words.meaning)
}

/** What this kernel would answer to one user who opens nothing but the function, and the first thing in the way. */
function outcomeSentence(device: DeviceReport): string[] {
  const verdicts = askable(device)
  if (verdicts.length === 0 || device.hotReset.scope === null) return []
  const by = (outcome: Verdict['outcome']): string[] =>
    verdicts.filter((verdict) => verdict.outcome === outcome).map(({ policy }) => policy)
  const [permitted, refused, open] = [by('permitted'), by('refused'), by('undetermined')]
  const parts = [
    ...(permitted.length > 0 ? [`${listed(permitted)} ${verb(permitted, 'permit')} it`] : []),
    ...(refused.length > 0 ? [`${listed(refused)} ${verb(refused, 'refuse')} it`] : []),
    ...(open.length > 0 ? [`the answer of ${listed(open)} is unknown`] : []),
  ]
  const reasons = verdicts.flatMap((verdict) =>
    verdict.outcome === 'refused' ? reasonsOf(verdict, device) : [],
  )
  const reason =
    reasons.find(isStructural) ?? reasons.find(({ kind }) => kind !== 'unread') ?? reasons[0]
  return [
    `For a user who takes this function alone, ${listed(parts)}.`,
    ...(reason === undefined ? [] : [tellReason(reason).sentence]),
  ]
}

function verb(subjects: readonly string[], word: string): string {
  return subjects.length === 1 ? `${word}s` : word
}

export function stateSentence(device: DeviceReport): string {
  const { driver, iommuGroup, hotReset } = device
  const known = stateParts(device)
  const isPending = !isStated(iommuGroup) && iommuGroup.unknown === 'pending'
  const unread = [
    ...(isStated(driver) ? [] : ['its driver']),
    ...(isStated(iommuGroup) || isPending ? [] : ['its IOMMU group']),
  ]
  const sentences = [
    ...(known.length > 0 ? [`Now it is ${known.join(', ')}`] : []),
    ...(unread.length > 0
      ? [`${listed(unread)} ${unread.length > 1 ? 'were' : 'was'} not read`]
      : []),
    ...(isPending ? [unknownGroupText(iommuGroup)] : []),
  ]
  const assumed =
    hotReset.assumed.length > 0 ? ' The answers below are as if it were bound to vfio-pci.' : ''
  return `${upperFirst(sentences.join('; '))}.${assumed}`
}

/** What is so now, as far as it was read. */
function stateParts(device: DeviceReport): readonly string[] {
  const { driver, iommuGroup, state } = device
  const holders = state.holders.map(({ command, pid }) => `${command} (pid ${pid})`)
  const bound = driver === null ? 'without driver' : `bound to ${cellText(driver)}`
  const group =
    iommuGroup === null ? 'in no IOMMU group' : `in ${groupNoun(device)} ${cellText(iommuGroup)}`
  return [
    ...(isStated(driver) ? [bound] : []),
    ...(isStated(iommuGroup) ? [group] : []),
    ...(holders.length > 0 ? [`held by ${listed([...new Set(holders)])}`] : []),
  ]
}
