import { KERNEL_MESSAGES } from './catalogue-kernel.js'
import { MANAGER_MESSAGES } from './catalogue-managers.js'
import { OTHER_MESSAGES } from './catalogue-others.js'
import { QEMU_MESSAGES } from './catalogue-qemu.js'
import type { KnownMessage } from './message.js'

/**
 * Every text that `explain` knows. The order decides where two of them are found in one line: the more special stands
 * first, and texts that only wrap others give way to any other.
 */
export const CATALOGUE: readonly KnownMessage[] = [
  ...QEMU_MESSAGES,
  ...MANAGER_MESSAGES,
  ...OTHER_MESSAGES,
  ...KERNEL_MESSAGES,
]
