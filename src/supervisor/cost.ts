import { readFileSync } from 'node:fs'

/** What a process has cost so far. */
export interface Cost {
  readonly seconds: number
  readonly mebibytes: number
  /** It computes, or would if it got a processor: it waits for nothing. */
  readonly isRunning: boolean
}

/** The kernel counts processor time in `USER_HZ` for everyone, on all architectures that Node runs on. */
const TICKS = 100

/** What `proc(5)` tells of a process; null: this system does not tell. */
export function costOf(pid: number): Cost | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name may hold anything, a parenthesis too.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [user, system, pages] = [fields[11], fields[12], fields[21]].map(Number)
    if (user === undefined || system === undefined || pages === undefined) return null
    const seconds = (user + system) / TICKS
    if (!Number.isFinite(seconds)) return null
    return { seconds, mebibytes: (pages * 4096) / 1_048_576, isRunning: fields[0] === 'R' }
  } catch {
    return null
  }
}
