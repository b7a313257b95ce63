import { fileURLToPath } from 'node:url'
import { loadLab } from '../load-lab.mjs'

const SCRIPT = fileURLToPath(new URL('in-guest.mjs', import.meta.url))

/** Under emulation a process takes seconds, and strace makes a minute of them. */
const LIMIT_MS = 3_600_000

/**
 * The tool and `lspci -vvv` in turns on the real sysfs of a guest with more than 200 functions, and the system calls of both for each
 * function. Throws a sentence where no guest can be booted.
 */
export async function measureSysfs({ bin, kernel, runs }) {
  const { lab, host } = await loadLab('time-in-guest')
  const script = [SCRIPT, String(runs), bin]
  return lab.timeInGuest({ script, kernel, cache: host.defaultCache, limitMs: LIMIT_MS }, host)
}
