import { isStated } from '../../document/stated.js'
import type { DeviceReport } from '../../inspect/document.js'
import { askable, isStructural, listOf } from '../../inspect/text/device/device-view.js'
import { isBusMethod, isStrong } from '../../vfio/own-reset.js'
import { DIAGNOSES } from '../catalogue/diagnosis.js'
import type { RecognisedMessage } from '../catalogue/message.js'
import type { MatterReason } from './document.js'

/** Whether a message matters to somebody who wants the VM to run, and why. */
export interface Mattering {
  readonly matters: boolean | null
  readonly why: MatterReason
}

/** `device`: the function that the message is about, as it is now; null: not known. */
export function matteringOf(
  { known, id, errno }: RecognisedMessage,
  device: DeviceReport | null,
): Mattering {
  if (id === 'reset-info-errno' && errno === 'ENOSPC') return { matters: false, why: 'harmless' }
  if (known.call === 'device-reset') return byFailedReset(errno, device)
  switch (DIAGNOSES[id].weight) {
    case 'fatal':
      return { matters: true, why: 'fatal' }
    case 'harmless':
      return { matters: false, why: 'harmless' }
    case 'cannot-tell':
      return { matters: null, why: 'cannot-tell' }
    case 'unless-own-reset':
      return device === null ? { matters: null, why: 'no-host' } : byOwnReset(device)
    case 'unless-hot-reset':
      return device === null
        ? { matters: null, why: 'no-host-hot-reset' }
        : byHotReset(errno, device)
  }
}

/**
 * The reset of the function alone is what failed, so that it is no comfort to have one: QEMU takes the hot reset then
 * (`vfio_pci_reset`). EAGAIN says nothing about the reset, only that somebody held the function's lock.
 */
function byFailedReset(errno: string | null, device: DeviceReport | null): Mattering {
  if (errno === 'EAGAIN') return { matters: null, why: 'try-again' }
  if (device === null) return { matters: null, why: 'no-host-hot-reset' }
  switch (hotResetNow(device)) {
    case 'permitted':
      return { matters: false, why: 'hot-reset-instead' }
    case 'unread':
      return { matters: null, why: 'reset-unread' }
    default:
      return { matters: true, why: 'own-reset-failed' }
  }
}

/**
 * QEMU takes a strong reset of the function alone before it thinks of a hot reset (`vfio_pci_reset` in its
 * hw/vfio/pci.c).
 */
function byOwnReset(device: DeviceReport): Mattering {
  const { ownReset } = device
  if (!isStated(ownReset)) return byCapabilities(device)
  if (ownReset === null) return { matters: true, why: 'no-own-reset' }
  if (ownReset.weak) return { matters: true, why: 'weak-reset' }
  if (isBusMethod(ownReset.methods[0])) return { matters: false, why: 'alone-on-bus' }
  return { matters: false, why: ownReason(device) }
}

/** Of a VF there is more to say: nobody should want its hot reset. */
function ownReason({ sriov }: DeviceReport): 'own-reset' | 'virtual-function' {
  return isStated(sriov) && sriov?.role === 'vf' ? 'virtual-function' : 'own-reset'
}

/**
 * Where reset_method was not read, the function's registers still tell what it can do; whether somebody has switched that
 * off they do not tell, so nothing is certain.
 */
function byCapabilities({ functionResets }: DeviceReport): Mattering {
  const isLikely = listOf(functionResets).some(isStrong)
  return { matters: null, why: isLikely ? 'own-reset-likely' : 'reset-unread' }
}

/** Of a reset through sysfs that was refused: a strong one now was switched off then, or is what failed. */
function byHotReset(errno: string | null, device: DeviceReport): Mattering {
  const { ownReset } = device
  const now = hotResetNow(device)
  if (now === 'permitted') return { matters: false, why: 'hot-reset-works' }
  if (isStated(ownReset) && ownReset !== null && isStrong(ownReset.methods[0])) {
    return errno !== null && UNTRIED.has(errno)
      ? { matters: false, why: 'own-reset-left' }
      : { matters: null, why: 'own-reset-now' }
  }
  switch (now) {
    case 'impossible':
      return { matters: true, why: 'hot-reset-impossible' }
    case 'refused':
      return { matters: true, why: 'hot-reset-needs-more' }
    case 'unread':
      return { matters: null, why: 'reset-unread' }
  }
}

/** Answers that come before any reset is tried: whoever wrote was not allowed to, or the function was locked. */
const UNTRIED: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EAGAIN'])

/** Whether VFIO may reset the function with its bus, for whoever has all that `askable` supposes. */
function hotResetNow(device: DeviceReport): 'permitted' | 'refused' | 'impossible' | 'unread' {
  if (device.hotReset.scope === null || device.hotReset.blockers.some(isStructural)) {
    return 'impossible'
  }
  const verdicts = askable(device)
  if (verdicts.some(({ outcome }) => outcome === 'permitted')) return 'permitted'
  return verdicts.length > 0 && verdicts.every(({ outcome }) => outcome === 'refused')
    ? 'refused'
    : 'unread'
}

/** Why it matters or not, behind the answer; null: the diagnosis's own words say it. */
export const MATTER_WORDS = {
  fatal: null,
  harmless: null,
  'cannot-tell': null,
  'no-host': 'A VM start uses a reset of the function itself before it tries a hot reset.',
  'no-host-hot-reset': 'VFIO resets the whole bus where the function cannot be reset alone.',
  'try-again':
    'Something else held the function’s lock at that moment, such as another reset or an unbind. Only if it stays does it matter.',
  'own-reset':
    'The function has a strong reset of its own, which a VM start uses first. That the hot reset was tried at all means that the own reset had just failed (a lock, or an unbind under way) or that reset_method was changed since.',
  'own-reset-likely':
    'By its registers the function has a strong reset of its own (FLR), which a VM start uses first. Whether somebody has switched it off is unknown: reset_method was not read.',
  'virtual-function':
    'The function is a VF, and FLR is its reset. A hot reset is the wrong path, since it would need the PF and every other VF of it. That it was tried at all means that the FLR had just failed: a lock was taken, or the VF was being unbound.',
  'alone-on-bus':
    'The function is alone on its bus, so that the kernel can reset the bus when the function is opened.',
  'weak-reset':
    'The function has only a weak reset of its own (PM), which may leave old state behind.',
  'no-own-reset':
    'The function has no reset of its own, so the VM gets whatever state the last user left.',
  'own-reset-failed':
    'The reset of the function alone is what failed, and VFIO cannot reset it with its bus either, as things stand. The VM gets whatever state the last user left.',
  'own-reset-now':
    'The kernel offers a strong reset of the function now (reset_method), which a VM start uses first. Either it was switched off then, or it is what failed.',
  'own-reset-left':
    'The function has a strong reset of its own, which a VM start uses first, and which was not even tried here.',
  'hot-reset-instead':
    'The reset of the function alone is what failed, and VFIO can still reset it with its bus, as things stand, which QEMU does next.',
  'reset-unread':
    'Unknown: the function’s own resets (reset_method) or a fact that decides were not read.',
  'hot-reset-works': 'VFIO can still reset the function with its bus, as things stand.',
  'hot-reset-impossible':
    'VFIO cannot reset the function with its bus either, so its state is not cleared.',
  'hot-reset-needs-more':
    'VFIO’s hot reset would be refused too, as things stand. It becomes harmless once that is permitted; see what to do.',
} as const satisfies Record<MatterReason, string | null>

/** Follows what depends on the host, where none was named. */
export const NAME_HOST = 'Name the host with --root or --capture, or run this on it.'
