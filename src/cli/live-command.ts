import type { HostTree } from '../host/tree/tree.js'
import type { KernelCalls } from '../uapi/kernel-calls.js'
import { CALL_DEADLINE_MS, type PatientCalls, withDeadline } from '../uapi/with-deadline.js'
import { BaseCommand } from './base-command.js'
import { openLiveHost } from './open-host.js'
import { type Ask, askOnTerminal } from './permission.js'
import { writeOut } from './write-out.js'

/** A command that can touch hardware. */
export abstract class LiveCommand extends BaseCommand {
  protected surroundings: Surroundings = thisMachine(this.config.root)

  /** Lets the command run somewhere else than on this machine. */
  within(surroundings: Surroundings): this {
    this.surroundings = surroundings
    return this
  }

  protected async kernelCalls(): Promise<PatientCalls> {
    const { loadKernelCalls, callDeadlineMs } = this.surroundings
    return withDeadline(await loadKernelCalls(), callDeadlineMs)
  }

  /** Tells the user something; stdout waits for the answer. */
  protected say(text: string): Promise<void> {
    return writeOut(process.stderr, text)
  }
}

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
