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
    const seconds = (Number(fields[11]) + Number(fields[12])) / TICKS
    if (!Number.isFinite(seconds)) return null
    return { seconds, mebibytes: mebibytesOf(pid), isRunning: fields[0] === 'R' }
  } catch {
    return null
  }
}

/** `stat` counts pages, whose size Node does not tell: 64 KiB on some arm64 and POWER kernels. `status` counts kB. */
function mebibytesOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1')
  // A process that has ended has no memory, and no such line.
  return Number(/^VmRSS:\s+(\d{1,15}) kB$/m.exec(status)?.[1] ?? 0) / 1024
}
