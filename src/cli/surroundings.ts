import type { HostTree } from '../host/tree/tree.js'
import type { KernelCalls } from '../uapi/kernel-calls.js'
import { CALL_DEADLINE_MS } from '../uapi/with-deadline.js'
import { type Ask, askOnTerminal } from './confirm.js'
import { openLiveHost } from './open-host.js'

/** All that stands between a command and the machine that it can harm; tests put something harmless in its place. */
export interface Surroundings {
  /** The host that the process runs on: no other has a kernel that could be asked. */
  readonly openLiveHost: () => HostTree
  readonly isRoot: () => boolean
  readonly ask: Ask
  readonly loadKernelCalls: () => Promise<KernelCalls>
  /** Longest wait for one call, in milliseconds. */
  readonly callDeadlineMs: number
}

export function thisMachine(packageRoot: string): Surroundings {
  return {
    openLiveHost: () => openLiveHost(packageRoot),
    isRoot: () => process.geteuid?.() === 0,
    ask: askOnTerminal,
    loadKernelCalls: async () => {
      // Loads the library of foreign calls: here and nowhere earlier.
      const { linuxCalls } = await import('../uapi/linux-calls.js')
      return linuxCalls()
    },
    callDeadlineMs: CALL_DEADLINE_MS,
  }
}
