import { requestNumber, VFIO_GROUP_GET_DEVICE_FD } from './abi.js'
import type { CallResult, Ioctl, KernelCalls } from './kernel-calls.js'

/** Errno of a call that was given up after its deadline: the call itself goes on in the kernel. */
export const DEADLINE_PASSED = 'ETIMEDOUT'

/**
 * Longest wait for one call. The kernel waits up to 60 s for each function to come back (`PCIE_RESET_READY_POLL_MS`), and
 * for the link before that; what takes longer than this is stuck.
 */
export const CALL_DEADLINE_MS = 180_000

export interface PatientCalls extends KernelCalls {
  /** A call was given up and did not return since: the process cannot end in the ordinary way. */
  readonly isStuck: () => boolean
}

/** The same calls, each waited for no longer than `deadlineMs` milliseconds. */
export function withDeadline(kernel: KernelCalls, deadlineMs: number): PatientCalls {
  let stuck = 0

  const wait = (
    call: Promise<CallResult>,
    tidyUp: (late: CallResult) => void,
  ): Promise<CallResult> =>
    new Promise((resolve, reject) => {
      let isGivenUp = false
      const timer = setTimeout(() => {
        isGivenUp = true
        stuck += 1
        resolve({ ok: false, errno: DEADLINE_PASSED })
      }, deadlineMs)
      call.then(
        (result) => {
          clearTimeout(timer)
          if (!isGivenUp) return resolve(result)
          stuck -= 1
          tidyUp(result)
        },
        (error: unknown) => {
          clearTimeout(timer)
          reject(error)
        },
      )
    })

  /** A file that arrives after nobody waits for it would stay open. */
  const closeLate = ({ request }: Ioctl, late: CallResult): void => {
    if (!late.ok || request !== requestNumber(VFIO_GROUP_GET_DEVICE_FD, kernel.arch)) return
    wait(kernel.close(late.value), ignore).catch(ignore)
  }

  return {
    ...kernel,
    ioctl: (call) => wait(kernel.ioctl(call), (late) => closeLate(call, late)),
    close: (fd) => wait(kernel.close(fd), ignore),
    isStuck: () => stuck > 0,
  }
}

function ignore(): void {
  // Nobody waits for the answer any more.
}
