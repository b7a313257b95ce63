import type { Verdict } from '../policy/policy.js'
import { type DeviceView, listOf, named, realVerdicts, reasonsOf } from './device-view.js'
import { counted, listed, portWords } from './function-text.js'
import { paragraph } from './layout.js'
import type { DeviceReport, Stated } from './model.js'
import { isBridge } from './report-index.js'
import { ownResets } from './reset-text.js'
import { isStated } from './stated.js'
import { tellReason } from './words.js'

/** What a reset touches, and at once whether it matters: which reset a VM start really uses. */
export function leadLines(view: DeviceView): string[] {
  const { device, style } = view
  if (isBridge(device)) return paragraph(bridgeSentence(device), style, { tone: 'strong' })
  return [
    ...paragraph(scopeSentence(device), style, { tone: 'strong' }),
    ...paragraph([...outcomeSentence(device), ownResetSentence(view)].join(' '), style),
    ...paragraph(stateSentence(device), style),
  ]
}

function bridgeSentence(device: DeviceReport): string {
  return `${named(device)} is a bridge (${portWords(device)}): VFIO takes no bridge, so nobody can ask VFIO for its reset. Ask for a function below it.`
}

function scopeSentence(device: DeviceReport): string {
  const { scope, via, affected, unaccounted, groups } = device.hotReset
  const subject = named(device)
  if (scope === null) return `${subject} cannot be hot-reset: ${denial(device)}`
  if (!isStated(affected)) {
    return `What a hot reset of ${subject} hits cannot be told: a fact that decides was not read.`
  }
  const what =
    affected.length === 1
      ? 'resets that function alone'
      : `resets ${counted(affected.length, 'function')}${groupPhrase(listOf(groups).length)}`
  const port = isStated(via) && via !== null ? `, through ${scopePhrase(scope)} below ${via}` : ''
  const beyond = listOf(unaccounted).length
  const more =
    beyond > 0
      ? `; ${beyond} more ${beyond === 1 ? 'is' : 'are'} wiped that the kernel does not list`
      : ''
  return `A hot reset of ${subject} ${what}${port}${more}.`
}

function groupPhrase(groups: number): string {
  return groups === 0
    ? ', none of which has an IOMMU group'
    : ` in ${counted(groups, 'IOMMU group')}`
}

function scopePhrase(scope: Stated<'slot' | 'bus'>): string {
  if (!isStated(scope)) return 'the bus or slot'
  return scope === 'slot' ? 'its slot' : 'the bus'
}

function denial({ hotReset }: DeviceReport): string {
  const [blocker] = hotReset.blockers
  if (blocker === undefined) return 'there is neither a slot reset nor a bus reset.'
  return `${tellReason(blocker).words.meaning.replace(/^./, (letter) => letter.toLowerCase())}`
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
    ...(open.length > 0 ? [`the answer of ${listed(open)} cannot be told`] : []),
  ]
  const [reason] = verdicts.flatMap((verdict) =>
    verdict.outcome === 'refused' ? reasonsOf(verdict, device) : [],
  )
  return [
    `For a user who takes this function alone, ${listed(parts)}.`,
    ...(reason === undefined ? [] : [tellReason(reason).sentence]),
  ]
}

function askable(device: DeviceReport): readonly Verdict[] {
  return realVerdicts(device).filter(({ reasons }) =>
    reasons.every(({ kind }) => kind !== 'no-cdev'),
  )
}

function verb(subjects: readonly string[], word: string): string {
  return subjects.length === 1 ? `${word}s` : word
}

/** QEMU asks for the function's own reset first if that is FLR or stronger, then for the hot reset, then for PM. */
function ownResetSentence({ index, device }: DeviceView): string {
  const own = ownResets(device)
  const stated = (index.warningsOf.get(device.address) ?? []).find(
    ({ kind }) => kind === 'function-reset',
  )
  const names = own.known ? own.methods.join(', ') : (stated?.detail ?? '')
  const refused =
    device.hotReset.scope === null || askable(device).some(({ outcome }) => outcome !== 'permitted')
  if (own.strong || (!own.known && stated !== undefined)) {
    return refused
      ? `That does no harm: the function also has a reset of its own (${names}), and a VM start uses that one.`
      : `The function also has a reset of its own (${names}), which a VM start uses first.`
  }
  if (!own.known) {
    return 'Whether the function also has a reset of its own (such as FLR), which a VM start would prefer, is not known: reset_method was not read.'
  }
  if (own.methods.includes('bus')) {
    return `${refused ? 'That does little harm: the' : 'The'} function is alone on its bus, so the kernel resets that bus by itself whenever the function is opened (${names}).`
  }
  if (own.methods.length > 0) {
    return `${refused ? 'That matters: the' : 'The'} function has only a weak reset of its own (${names}), which may leave old state behind.`
  }
  const otherwise = refused
    ? 'a VM starts with whatever state the last user left'
    : 'only the hot reset clears its state'
  return `${refused ? 'That matters: the' : 'The'} function has no reset of its own${noMethods(device)}, so ${otherwise}.`
}

function noMethods({ resetMethods }: DeviceReport): string {
  if (!isStated(resetMethods) || resetMethods === null) return ''
  return resetMethods.length === 0
    ? ' (reset_method is empty: somebody switched its resets off)'
    : ' (reset_method names bus, which cannot work while others are on that bus)'
}

function stateSentence({ driver, iommuGroup, state, hotReset }: DeviceReport): string {
  const group = !isStated(iommuGroup)
    ? 'its IOMMU group was not read'
    : iommuGroup === null
      ? 'in no IOMMU group'
      : `in IOMMU group ${iommuGroup}`
  const on = !isStated(driver)
    ? 'its driver was not read'
    : driver === null
      ? 'without driver'
      : `on driver ${driver}`
  const holders = state.holders.map(({ command, pid }) => `${command} (pid ${pid})`)
  const held = holders.length > 0 ? `, held by ${listed([...new Set(holders)])}` : ''
  const assumed =
    hotReset.assumed.length > 0 ? ' The answers below are as if it were on vfio-pci.' : ''
  return `Now it is ${on}, ${group}${held}.${assumed}`
}
