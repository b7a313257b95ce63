import { isStated } from '../../document/stated.js'
import type { DeviceView } from '../../inspect/text/device/device-view.js'
import { listed } from '../../text/english.js'
import { paragraph } from '../../text/layout.js'
import type { DiagnosisId } from '../catalogue/diagnosis.js'
import type { ExplainedMessage } from './document.js'

/** What is true of the function now and settles messages that are not about a set: power, its resets. */
export function stateLines(about: readonly ExplainedMessage[], view: DeviceView): string[] {
  const texts = [powerText(view), ...(isAboutMethods(about) ? [methodsText(view)] : [])]
  return texts.flatMap((text) => (text === null ? [] : paragraph(text, view.style)))
}

/** Messages that ask which resets the kernel offers. */
const ABOUT_METHODS: ReadonlySet<DiagnosisId> = new Set([
  'unsupported-reset-method',
  'device-reset-errno',
  'sysfs-reset-enotty',
  'reset-ioctl-failed',
])

function isAboutMethods(about: readonly ExplainedMessage[]): boolean {
  return about.some(({ id }) => ABOUT_METHODS.has(id))
}

function powerText({ device: { state } }: DeviceView): string | null {
  const { power } = state
  if (!isStated(power) || power === null || power === 'D0' || power === 'unknown') return null
  return `Its power state is ${power}.`
}

function methodsText({ device: { resetMethods } }: DeviceView): string {
  if (!isStated(resetMethods))
    return 'Which resets the kernel offers is unknown: reset_method was not read.'
  if (resetMethods === null)
    return 'The kernel offers no reset of this function: it has no reset_method.'
  return resetMethods.length === 0
    ? 'Its reset_method is empty: somebody switched its resets off.'
    : `The kernel offers ${listed(resetMethods)} (reset_method): no other name can be written there.`
}
