import type { MatterReason } from '../explain/report/document.js'

/** Whether it matters, in one sentence each. */
export const MATTER_WORDS = {
  fatal: 'Yes: what was asked for did not happen.',
  harmless: 'No.',
  'cannot-tell': 'That cannot be told from this text alone.',
  'no-host':
    'It depends on the function: with a reset of its own (FLR) it does no harm, since a VM start uses that one.',
  'no-host-hot-reset': 'It depends on whether VFIO can reset the function with its bus.',
  'try-again':
    'That cannot be told: something else held the function’s lock at that moment, such as another reset or an unbind. Try again; only if it stays does it matter.',
  'own-reset':
    'No, not for a start: the function has a strong reset of its own, which a VM start uses first. That the hot reset was tried at all means that the own reset had just failed (a lock, or an unbind under way) or that reset_method was changed since.',
  'own-reset-likely':
    'Most likely not: by its registers the function has a strong reset of its own (FLR), which a VM start uses first. Whether somebody has switched it off is not known: reset_method was not read.',
  'virtual-function':
    'No, not for a start: the function is a VF, and FLR is its reset. A hot reset is the wrong path, since it would need the PF and every other VF of it. That it was tried at all means that the FLR had just failed: a lock was taken, or the VF was being unbound.',
  'alone-on-bus':
    'Hardly: the function is alone on its bus, and the kernel resets that bus by itself whenever the function is opened.',
  'weak-reset':
    'Yes: the function has only a weak reset of its own (PM), which may leave old state behind.',
  'no-own-reset':
    'Yes: the function has no reset of its own, so the VM gets whatever state the last user left.',
  'own-reset-failed':
    'Yes: the reset of the function alone is what failed, and VFIO cannot reset it with its bus either, as things stand. The VM gets whatever state the last user left.',
  'own-reset-now':
    'That cannot be told: the kernel offers a strong reset of the function now (reset_method), which a VM start uses first. Either it was switched off then, or it is what failed.',
  'own-reset-left':
    'No, not for a start: the function has a strong reset of its own, which a VM start uses first, and which was not even tried here.',
  'hot-reset-instead':
    'Hardly: the reset of the function alone is what failed, and VFIO can still reset it with its bus, as things stand, which QEMU does next.',
  'reset-unread':
    'That cannot be told: the function’s own resets (reset_method) or a fact that decides were not read.',
  'hot-reset-works': 'No: VFIO can still reset the function with its bus, as things stand.',
  'hot-reset-impossible':
    'Yes: VFIO cannot reset the function with its bus either, so its state is not cleared.',
  'hot-reset-needs-more':
    'Yes, as things stand: VFIO’s hot reset would be refused too. It becomes harmless once that is permitted; see what to do.',
} as const satisfies Record<MatterReason, string>

/** Follows what depends on the host, where none was named. */
export const NAME_HOST = 'Name the host with --root or --capture, or run this on it.'
