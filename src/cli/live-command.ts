import type { HostTree } from '../host/tree/tree.js'
import { watch } from '../host/watch/watch.js'
import { printableSentences } from '../text/printable.js'
import type { KernelCalls } from '../uapi/kernel-calls.js'
import { CALL_DEADLINE_MS, type PatientCalls, withDeadline } from '../uapi/with-deadline.js'
import { BaseCommand } from './base-command.js'
import { openLiveHost } from './input/open-host.js'
import { type Ask, askOnTerminal } from './output/permission.js'
import { TOOL } from './tool.js'

/** A command that can touch hardware. */
export abstract class LiveCommand extends BaseCommand {
  machine: LiveMachine = THIS_MACHINE

  /** Lets the command run somewhere else than on this machine. */
  on(machine: LiveMachine): this {
    this.machine = machine
    return this
  }

  /**
   * Lends the calls into the kernel to `use`, and notes whether one of them does not return. A signal to end is
   * acknowledged at once with `notice`; the work ends by itself at the next safe place.
   */
  async withKernel<T>(notice: string, use: (lent: LentKernel) => Promise<T>): Promise<T> {
    const { loadKernelCalls, callDeadlineMs } = this.machine
    const kernel = withDeadline(await loadKernelCalls(), callDeadlineMs)
    let interrupted = false
    const note = () => {
      // From a terminal it comes twice: to all of its processes, and from the one that waits for this one.
      if (interrupted) return
      interrupted = true
      void this.say(printableSentences(`${TOOL.name}: ${notice}`))
    }
    for (const signal of SIGNALS) process.on(signal, note)
    await watch().acting()
    try {
      return await use({ kernel, isInterrupted: () => interrupted })
    } finally {
      for (const signal of SIGNALS) process.off(signal, note)
      this.stuck ||= kernel.isStuck()
    }
  }
}

/** Signals by which people and service managers ask a process to end. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export interface LentKernel {
  readonly kernel: PatientCalls
  /** Whether the user asked to stop, while calls run that cannot be cut short. */
  readonly isInterrupted: () => boolean
}

/** All that stands between a command and the machine that it can harm; tests put something harmless in its place. */
export interface LiveMachine {
  /** The host that the process runs on: no other has a kernel that could be asked. */
  readonly openLiveHost: () => HostTree
  readonly isRoot: () => boolean
  readonly ask: Ask
  readonly loadKernelCalls: () => Promise<KernelCalls>
  /** Longest wait for one call, in milliseconds. */
  readonly callDeadlineMs: number
}

const THIS_MACHINE: LiveMachine = {
  openLiveHost,
  isRoot: () => process.geteuid?.() === 0,
  ask: askOnTerminal,
  loadKernelCalls: async () => {
    // Loads the library of foreign calls: here and nowhere earlier.
    const { linuxCalls } = await import('../uapi/linux-calls.js')
    return linuxCalls()
  },
  callDeadlineMs: CALL_DEADLINE_MS,
}
