import { errnoText } from '../../document/errno-text.js'
import type { PciAddress } from '../../host/pci-address.js'
import type { Verdict } from '../../policy/verdict.js'
import { lowerFirst } from '../../text/english.js'
import type { ResetAnswerReport } from './reset-document.js'

/** What a dry run says first. */
export function dryRunSummary(
  device: PciAddress,
  prediction: Verdict,
  state: 'bound' | 'as-if-bound',
): string {
  const text = predictionText(device, prediction)
  const told = state === 'bound' ? text : `Once ${device} is bound to vfio-pci, ${lowerFirst(text)}`
  return `DRY RUN: nothing was opened or reset. ${told}`
}

/** What the kernel should answer. */
export function predictionText(device: PciAddress, prediction: Verdict): string {
  const { outcome, at } = prediction
  const errno = errnoText(prediction)
  const where = errno === null ? '' : ` with ${errno}${at === null ? '' : ` at ${at}`}`
  return {
    permitted: `The kernel should permit a hot reset of ${device}.`,
    refused: `The kernel should refuse a hot reset of ${device}${where}.`,
    undetermined: `Whether the kernel permits a hot reset of ${device} is unknown.`,
  }[outcome]
}

/** How a reset went. */
export function outcomeSummary(device: PciAddress, actual: ResetAnswerReport | null): string {
  if (actual === null) return `${device} was not reset.`
  const { errno, durationMs, at } = actual
  if (at !== 'hot-reset') {
    const what = errno === null ? 'lists other functions than were predicted' : `answered ${errno}`
    return `The reset was not asked for: at ${at} the kernel ${what}. Whatever was opened is closed again, and was reset by itself.`
  }
  if (errno === null) return `${device} was hot-reset in ${durationMs} ms.`
  const meaning = ERRNO_WORDS.get(errno) ?? 'nothing was reset by it.'
  return `The kernel answered ${errno} after ${durationMs} ms: ${lowerFirst(meaning)}`
}

/** What the errnos of the moment mean for the functions (`docs/reference/hot-reset.md#hot_reset`, 8 to 10). */
const ERRNO_WORDS: ReadonlyMap<string, string> = new Map([
  ['ENOTTY', 'the reset was done, but the link or a function did not come back in time.'],
  ['EAGAIN', 'somebody holds a lock of the bus. Nothing was reset: try again.'],
  ['EBUSY', 'somebody holds the memory lock of a member. Nothing was reset: try again.'],
  [
    'ETIMEDOUT',
    'no answer yet. The call goes on in the kernel and cannot be cut short: what state the functions are in is unknown.',
  ],
])
