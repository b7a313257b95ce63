/** Signals by which people and service managers ask a process to end. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Whether the user asked to stop, while calls run that cannot be cut short. */
export interface Interruption {
  readonly isInterrupted: () => boolean
  /** Gives the signals back to the system. */
  readonly release: () => void
}

/** Takes the signals over: each is acknowledged at once, and the work ends by itself at the next safe place. */
export function watchInterruption(acknowledge: () => void): Interruption {
  let interrupted = false
  const note = () => {
    interrupted = true
    acknowledge()
  }
  for (const signal of SIGNALS) process.on(signal, note)
  return {
    isInterrupted: () => interrupted,
    release: () => {
      for (const signal of SIGNALS) process.off(signal, note)
    },
  }
}
