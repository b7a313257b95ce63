import { errnoText } from '../../document/errno-text.js'
import { counted, listed } from '../../text/english.js'
import { paragraph } from '../../text/layout.js'
import type { Style, Tone } from '../../text/style.js'
import type { InfoForm } from '../machine.js'
import type { HotResetStep, StoryStep } from '../scenario/scenario.js'
import type { SimulatedStep } from '../simulated-step.js'
import type { Effect, InfoDevice, InfoFlag, MadeCall, ResetInfo } from '../step-result.js'

/** What a step does, in words, with whoever does it as the subject: `opens the container c0`. */
export function stepText(step: StoryStep): string {
  switch (step.do) {
    case 'open-container':
      return `opens the container ${step.as}`
    case 'open-iommufd':
      return `opens /dev/iommu as ${step.as}`
    case 'open-group':
      return step.container === null
        ? `opens the group file of ${step.device}, bare`
        : `opens the group file of ${step.device} into ${step.container}${step.iommu === false ? ', without SET_IOMMU' : ''}`
    case 'set-iommu':
      return `sets the IOMMU of ${step.container}`
    case 'open-device':
      return `opens ${step.device} through its group${tokenText(step.token)}`
    case 'bind-cdev': {
      const claim = step.claim ? ', claiming the reset group' : ''
      return `binds the device file of ${step.device} to ${step.iommufd ?? 'no context'}${tokenText(step.token)}${claim}`
    }
    case 'reset-info':
      return `asks what a hot reset of ${step.device} affects${argszText(step.argsz)}`
    case 'hot-reset':
      return `hot-resets ${step.device}, ${proofText(step)}${argszText(step.argsz)}`
    case 'device-reset':
      return `resets ${step.device} by itself`
    case 'close-device':
      return `closes ${step.device}`
    case 'close-group':
      return `closes the group file of ${step.device}`
    case 'close-container':
    case 'close-iommufd':
      return `closes ${step.name}`
    case 'set-vf-token':
      return `sets the VF token of ${step.device}`
    case 'take':
      return `takes ${step.device}`
    case 'reset':
      return `wants ${step.device} hot-reset`
    case 'release':
      return `gives ${step.device} back`
  }
}

/** The calls of an intent: `open-iommufd, bind-cdev of 0000:01:00.0 with the claim`. */
export function callsText(calls: readonly MadeCall[]): string {
  return calls.map(callText).join(', ')
}

function callText({ do: verb, device, claim, groups, deviceFds }: MadeCall): string {
  const about = device === null ? verb : `${verb} of ${device}`
  if (claim === true) return `${about} with the claim`
  if (groups !== undefined) {
    return `${about} passing the group ${groups.length === 1 ? 'file' : 'files'} of ${listed(groups)}`
  }
  if (deviceFds !== undefined) {
    return `${about} passing the device ${deviceFds.length === 1 ? 'fd' : 'fds'} of ${listed(deviceFds)}`
  }
  return verb === 'hot-reset' ? `${about} passing nothing` : about
}

function tokenText(token: string | null): string {
  return token === null ? '' : ', with a VF token'
}

function argszText(argsz: number | null): string {
  return argsz === null ? '' : ` (argsz ${argsz})`
}

/** What the array holds: `passing the group files of A and B`. */
function proofText(step: HotResetStep): string {
  const parts = [
    step.groups.length === 0
      ? null
      : `the group ${step.groups.length === 1 ? 'file' : 'files'} of ${listed(step.groups)}`,
    step.deviceFds.length === 0 ? null : `the device fds of ${listed(step.deviceFds)}`,
    step.iommufds.length + step.containers.length === 0
      ? null
      : listed([...step.iommufds, ...step.containers]),
    step.closedFds === 0 ? null : counted(step.closedFds, 'closed file'),
  ].flatMap((part) => part ?? [])
  const passed = parts.length === 0 ? 'passing nothing' : `passing ${listed(parts)}`
  const flags = step.flags === 0 ? '' : `, flags ${step.flags}`
  return `${passed}${flags}${step.count === null ? '' : `, count ${step.count}`}`
}

/** The answer in a word, and how it looks. */
export function answerText(step: SimulatedStep): { readonly text: string; readonly tone: Tone } {
  const { outcome, skipped } = step
  if (outcome === 'undetermined') return { text: '?', tone: 'unsure' }
  if (skipped !== undefined) return { text: 'no call', tone: 'faint' }
  return outcome === 'ok' ? { text: 'ok', tone: 'good' } : { text: refusalText(step), tone: 'bad' }
}

/** `possible` stands for the errno only where there is none: beside one it tells what else can happen at the moment. */
function refusalText({ errno, possible = [] }: SimulatedStep): string {
  return errnoText({ errno, possible }) ?? 'refused'
}

/** What INFO told, one line a function; versions of the series meant different things by the same numbers. */
export function infoLines(
  { flags, devices }: ResetInfo,
  form: InfoForm,
  style: Style,
  lead = '',
): readonly string[] {
  const count = counted(devices.length, 'function')
  const head =
    form === 'v2'
      ? `Of what it affects, the caller has ${count} open:`
      : `It affects ${count}${verdictText(flags)}:`
  return [
    ...paragraph(`${lead}${head}`, style, { by: 7 }),
    ...devices.flatMap((each) =>
      paragraph(`${each.address}  ${entryText(each, form)}`, style, { by: 9 }),
    ),
  ]
}

/** v3 had ids and no verdict; v1 and group callers have neither. */
function verdictText(flags: readonly InfoFlag[]): string {
  if (flags.includes('dev-id-owned') || flags.includes('resettable')) {
    return '; all of them are the caller’s'
  }
  return ''
}

function entryText({ group, devid }: InfoDevice, form: InfoForm): string {
  if (devid === null) {
    if (typeof group === 'number') return `group ${group}`
    return group === null ? 'no group' : 'group not read'
  }
  if (devid > 0) return 'the caller’s, by its own id'
  if (form === 'v3') return 'no id that the caller knows (0)'
  return devid === 0 ? 'the caller’s, through its group (0)' : 'not the caller’s (-1)'
}

/** A reset that comes with a call. */
export function effectText({ kind, devices, certain }: Effect): string {
  const verb = certain === false ? 'may be reset' : devices.length === 1 ? 'is reset' : 'are reset'
  const how = kind === 'function-reset' ? 'by itself' : 'together, silently'
  return `With it ${listed(devices)} ${verb} ${how}.`
}
