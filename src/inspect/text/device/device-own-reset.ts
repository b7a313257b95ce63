import { isStated } from '../../../document/stated.js'
import { lowerFirst, upperFirst } from '../../../text/english.js'
import { isBusMethod, isStrong } from '../../../vfio/own-reset.js'
import type { DeviceReport } from '../../document.js'
import { askable, type DeviceView, maskingPort } from './device-view.js'

/** Whether a refused hot reset matters: `ownReset` of vfio/own-reset.ts has the argument. */
export function ownResetSentence(view: DeviceView): string {
  const { device } = view
  const { ownReset } = device
  const isMasked = maskingPort(view) !== null
  if (!isStated(ownReset)) return unknownSentence(device)
  const start = opening(device)
  if (ownReset === null) {
    const otherwise =
      isRefusable(device) || isMasked
        ? 'a VM starts with whatever state the last user left'
        : 'only the hot reset clears its state'
    return `${start('matters')} function has no reset of its own${whyNone(device)}, so ${otherwise}.`
  }
  const { methods, weak } = ownReset
  const [first] = methods
  const names = methods.join(', ')
  if (weak) {
    return `${start('matters')} function has only a weak reset of its own (${first}), which may leave old state behind.`
  }
  if (first === 'cxl_bus' && isMasked) {
    return `The kernel resets the link of the function whenever it is opened (${names}, which lifts the mask for that moment).`
  }
  return isBusMethod(first)
    ? `${start('does little harm')} function is alone ${place(device)} by itself whenever the function is opened (${names}).`
    : strongSentence(names, device)
}

/** Where the kernel's list was not read, registers and tables still tell what it would hold at boot. */
function unknownSentence(device: DeviceReport): string {
  const { functionResets, resetMethods } = device
  if (isStated(resetMethods)) {
    return 'Whether one of its own resets works, which a VM start would prefer, is unknown: a fact that decides was not read.'
  }
  if (!isStated(functionResets) || !functionResets.some(isStrong)) {
    return 'Whether the function also has a reset of its own (such as FLR), which a VM start would prefer, is unknown: reset_method was not read.'
  }
  const names = functionResets.filter(isStrong).join(', ')
  const found = `by its registers the function also has a reset of its own (${names})`
  const rest = 'unless that was switched off in reset_method, which was not read'
  return isRefusable(device)
    ? `Whether ${lowerFirst(subject(device))} does harm is unknown: ${found}, and a VM start uses that one, ${rest}.`
    : `${upperFirst(found)}, which a VM start uses first, ${rest}.`
}

function strongSentence(names: string, device: DeviceReport): string {
  return isRefusable(device)
    ? `${subject(device)} does no harm: the function also has a reset of its own (${names}), and a VM start uses that one.`
    : `The function also has a reset of its own (${names}), which a VM start uses first.`
}

/** Where it is alone, and what is reset then: on s390 its slot, where no bridge is above. */
function place({ hotReset: { scope, via } }: DeviceReport): string {
  return scope === 'slot' && via === null
    ? 'in its slot, so the kernel resets that slot'
    : 'on its bus, so the kernel resets that bus'
}

/** What the judgement is about; where nothing is refused, nothing is judged. */
function opening(device: DeviceReport): (judgement: string) => string {
  return (judgement) => (isRefusable(device) ? `${subject(device)} ${judgement}: the` : 'The')
}

function subject({ hotReset }: DeviceReport): string {
  return hotReset.scope === null ? 'That' : 'A refusal'
}

/** Whether a refusal is to be judged at all. */
export function isRefusable(device: DeviceReport): boolean {
  return (
    device.hotReset.scope === null || askable(device).some(({ outcome }) => outcome !== 'permitted')
  )
}

function whyNone({ resetMethods, hotReset: { affected } }: DeviceReport): string {
  if (!isStated(resetMethods) || resetMethods === null) return ''
  if (resetMethods.length === 0) return ' (reset_method is empty: somebody switched its resets off)'
  const cause =
    isStated(affected) && affected.length > 1 ? ' while others are on that bus' : ' here'
  return resetMethods.every(isBusMethod)
    ? ` (reset_method names ${resetMethods.join(' and ')}, which cannot work${cause})`
    : ''
}
