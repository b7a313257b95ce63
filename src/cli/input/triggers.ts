import { POLL, type Trigger } from '../../watching/trigger.js'
import { type Uevent, ueventReader } from '../../watching/uevent.js'

/** Several events come of one act: the host is read once they have been over for so long, in milliseconds. */
const QUIET_MS = 300
const MOST_QUIET_MS = 3_000

/** Says when the host is to be read again. */
export interface Triggers {
  /** Resolves after an event, or after `ms` without one. */
  next(ms: number): Promise<Trigger>
  close(): void
}

/** Listens to the kernel through `udevadm monitor`; without it (undefined) nothing is heard, and time alone says when. */
export async function openTriggers(udevadm: string | undefined): Promise<Triggers> {
  const heard = mailbox()
  const close = udevadm === undefined ? () => undefined : await listen(udevadm, heard.put)
  return {
    next: async (ms) => {
      const first = await heard.take(ms)
      if (first === undefined) return POLL
      const until = performance.now() + MOST_QUIET_MS
      while (performance.now() < until && (await heard.take(QUIET_MS)) !== undefined);
      return { source: 'uevent', ...first }
    },
    close,
  }
}

const ARGUMENTS = ['monitor', '--kernel', '--property', '--subsystem-match=pci']

/** Should it end, or not start, what it would have told is found by reading from time to time. */
async function listen(udevadm: string, put: (event: Uevent) => void): Promise<() => void> {
  const { execa } = await import('execa')
  const child = execa(udevadm, ARGUMENTS, {
    stdin: 'ignore',
    stderr: 'ignore',
    buffer: false,
    reject: false,
  })
  const read = ueventReader(put)
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', read)
  return () => {
    child.kill('SIGTERM')
  }
}

/** A queue that is waited at. */
function mailbox() {
  const events: Uevent[] = []
  let wake: (() => void) | null = null
  return {
    put(event: Uevent): void {
      events.push(event)
      wake?.()
    },
    async take(ms: number): Promise<Uevent | undefined> {
      if (events.length === 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, Math.max(0, ms))
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
        wake = null
      }
      return events.shift()
    },
  }
}
