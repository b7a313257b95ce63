import type { Envelope } from '../../document/envelope.js'
import type { Platform } from '../../explain/catalogue/platform.js'
import type { HostCheckId } from '../checks/index.js'
import type { HostOutcome } from '../host-check.js'
import type { DoctorReason } from '../reason.js'

/** Whether a machine is ready to give PCI functions to VMs. */
export interface DoctorReport extends Envelope<'doctor'> {
  /** What machine it is, on which remedies depend. */
  readonly platform: Platform
  /** The checks whose question arises, in the order in which a start of a VM meets them. */
  readonly checks: readonly HostCheckReport[]
  /** Whether functions can be given to VMs safely. */
  readonly verdict: 'pass' | 'fail' | 'cannot-tell'
}

/** What one check found of the machine: as in `preflight`, without a function. */
export interface HostCheckReport {
  /** Which check. */
  readonly id: HostCheckId
  /** Its name for people. */
  readonly title: string
  /** How it ended. */
  readonly outcome: HostOutcome
  /** The facts behind the outcome; a pass has none. */
  readonly reasons: readonly DoctorReason[]
  /** The outcome in a sentence. */
  readonly what: string
  /** What to do about it on this platform; null: nothing needs to be done, or nothing is known to help. */
  readonly remedy: string | null
  /** Kernel function, parameter or file that decides. */
  readonly decidedBy: string
}
